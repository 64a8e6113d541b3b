package io.expressway.jmh;

import io.expressway.jmh.JmhRounds.Metric;
import io.expressway.jmh.JmhRounds.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Joins the JSON of several JMH rounds to one Markdown table: medians over the rounds, ratios to
 * the floor, and what each read costs in CPU and heap.
 *
 * <p>{@code RangedReadReport DIRECTORY NAME ROUND.json...} writes {@code NAME.json} and {@code
 * NAME.md} there. {@code -Dexpressway.server} names a server that is not ours.
 */
public final class RangedReadReport {
  private static final Map<String, String> TITLES =
      Map.of(
          "a4KiB", "4 KiB",
          "b64KiB", "64 KiB",
          "c1MiB", "1 MiB",
          "d8MiB", "8 MiB",
          "e8MiBx16", "8 MiB × 16");
  private static final Map<String, Integer> BYTES =
      Map.of(
          "a4KiB", 4 << 10,
          "b64KiB", 64 << 10,
          "c1MiB", 1 << 20,
          "d8MiB", 8 << 20,
          "e8MiBx16", 8 << 20);
  private final JmhRounds rounds = new JmhRounds(RangedRead.class);
  private final String from;

  private RangedReadReport(String server) {
    this.from = server.isEmpty() ? "" : " from " + server;
  }

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    String name = args[1];
    RangedReadReport report = new RangedReadReport(System.getProperty("expressway.server", ""));
    for (int i = 2; i < args.length; i++) {
      report.rounds.add(Files.readString(Path.of(args[i])));
    }
    String table = report.render(args.length - 2);
    Files.writeString(directory.resolve(name + ".json"), report.rounds.json(TITLES));
    Files.writeString(directory.resolve(name + ".md"), table);
    Verdict.save(directory, name, report.verdicts());
    System.out.print(table);
  }

  private String render(int files) {
    StringBuilder text = new StringBuilder("# One ranged GET" + from + "\n\n");
    text.append(JmhRounds.environment(from.isEmpty() ? "jmh/run" : "jmh/run nginx"))
        .append(files)
        .append(" runs joined, medians over the rounds. ");
    text.append("Times in µs; × raw is the ratio to a blocking socket in the same run. CPU is");
    text.append(" the client process, all threads. Loopback on a shared machine: read ratios.");
    text.append(" Each client had a few seconds of each size to warm up, on the core that also");
    text.append(" compiles: what compiles slowly is slow here.\n\n");
    for (boolean tls : new boolean[] {false, true}) {
      for (String size : new TreeMap<>(TITLES).keySet()) {
        renderTable(text, size, tls);
      }
    }
    return text.toString();
  }

  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    beside(verdicts, "a4KiB", Metric.TIME, "p50 beside a blocking socket's", 1.3);
    beside(verdicts, "a4KiB", Metric.CPU, "CPU beside a blocking socket's", 2);
    heap(verdicts, "a4KiB", "heap", "≤ 1 KB", 1_000);
    beside(verdicts, "c1MiB", Metric.TIME, "p50 beside a blocking socket's", 1.3);
    heap(verdicts, "c1MiB", "heap for each byte of the body", "≤ 0.001 B", 0.001 * (1 << 20));
    beside(verdicts, "e8MiBx16", Metric.TIME, "time beside blocking sockets'", 1 / 0.95);
    beside(verdicts, "e8MiBx16", Metric.CPU, "CPU beside blocking sockets'", 1.2);
    overTls(verdicts);
    return verdicts;
  }

  private void beside(
      List<Verdict> verdicts, String size, Metric metric, String claim, double most) {
    List<Double> ratios = rounds.ratios(ours(size, false), row(size, false, "raw"), metric);
    if (!ratios.isEmpty()) {
      verdicts.add(
          Verdict.ofRounds(
                  "one ranged GET of " + TITLES.get(size) + from,
                  claim,
                  String.format(Locale.ROOT, "≤ %.2f ×", most),
                  "×",
                  ratios,
                  ratio -> ratio <= most)
              .beside(peers(size, metric)));
    }
  }

  private String peers(String size, Metric metric) {
    List<String> shown = new ArrayList<>();
    for (RangeClients client : RangeClients.values()) {
      List<Double> ratios =
          client == RangeClients.raw || client == RangeClients.expressway
              ? List.of()
              : rounds.ratios(row(size, false, client.name()), row(size, false, "raw"), metric);
      if (!ratios.isEmpty()) {
        double median = ratios.stream().sorted().toList().get(ratios.size() / 2);
        shown.add(String.format(Locale.ROOT, "%s %.2f ×", client, median));
      }
    }
    return String.join(", ", shown);
  }

  private void heap(
      List<Verdict> verdicts, String size, String claim, String bar, double mostBytes) {
    List<Double> bytes = rounds.all(ours(size, false), Metric.HEAP);
    if (!bytes.isEmpty()) {
      verdicts.add(
          Verdict.ofRounds(
              "one ranged GET of " + TITLES.get(size) + from,
              claim,
              bar,
              "B a read",
              bytes,
              value -> value <= mostBytes));
    }
  }

  /** Bytes for a second of CPU, beside the best of the SDK's. */
  private void overTls(List<Verdict> verdicts) {
    Row best = null;
    for (RangeClients client : RangeClients.values()) {
      Row row = row("e8MiBx16", true, client.name());
      boolean isPeer = client != RangeClients.raw && client != RangeClients.expressway;
      if (isPeer && rounds.has(row)) {
        boolean isBetter =
            best == null || rounds.median(row, Metric.CPU) < rounds.median(best, Metric.CPU);
        best = isBetter ? row : best;
      }
    }
    if (best != null && rounds.has(ours("e8MiBx16", true))) {
      verdicts.add(
          Verdict.ofRounds(
                  "8 MiB × 16 over TLS",
                  "bytes a CPU second beside the best SDK client's",
                  "≥ 1.5 ×",
                  "×",
                  rounds.ratios(best, ours("e8MiBx16", true), Metric.CPU),
                  ratio -> ratio >= 1.5)
              .beside("the best is " + best.client()));
    }
  }

  private static Row ours(String size, boolean tls) {
    return row(size, tls, RangeClients.expressway.name());
  }

  private static Row row(String size, boolean tls, String client) {
    return new Row(size, tls, client);
  }

  private void renderTable(StringBuilder text, String size, boolean tls) {
    Row floor = new Row(size, tls, "raw");
    List<RangeClients> present = new ArrayList<>();
    for (RangeClients client : RangeClients.values()) {
      if (rounds.has(new Row(size, tls, client.name()))) {
        present.add(client);
      }
    }
    if (present.isEmpty()) {
      return;
    }
    text.append("## ").append(TITLES.get(size)).append(tls ? ", TLS\n\n" : ", plain\n\n");
    text.append(
        "| client | time | × raw | p99 | CPU | × raw | MB per CPU s | heap B | heap B/byte |\n");
    text.append("|---|---|---|---|---|---|---|---|---|\n");
    for (RangeClients client : present) {
      renderRow(text, new Row(size, tls, client.name()), floor);
    }
    text.append('\n');
  }

  private void renderRow(StringBuilder text, Row row, Row floor) {
    int bytes = BYTES.getOrDefault(row.benchmark(), 1);
    double cpu = rounds.median(row, Metric.CPU);
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %.1f | %.2f | %.0f | %.1f | %.2f | %.0f | %.0f | %.5f |%n",
            row.client(),
            rounds.median(row, Metric.TIME),
            rounds.median(row, Metric.TIME) / rounds.median(floor, Metric.TIME),
            rounds.median(row, Metric.P99),
            cpu,
            cpu / rounds.median(floor, Metric.CPU),
            bytes / cpu,
            rounds.median(row, Metric.HEAP),
            rounds.median(row, Metric.HEAP) / bytes));
  }
}
