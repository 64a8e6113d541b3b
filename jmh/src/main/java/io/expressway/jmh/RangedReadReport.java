package io.expressway.jmh;

import io.expressway.jmh.JmhRounds.Metric;
import io.expressway.jmh.JmhRounds.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Joins the JSON of several JMH rounds to one Markdown table: medians over the rounds, ratios to
 * the floor, and what each read costs in CPU and heap.
 *
 * <p>{@code RangedReadReport DIRECTORY ROUND.json...} writes {@code ranged-read.json} and {@code
 * ranged-read.md} there; {@code -Dexpressway.report} gives them another name, and {@code
 * -Dexpressway.server} names a server that is not ours.
 */
public final class RangedReadReport {
  static final Map<String, String> TITLES =
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
  private static final double LEAST_BESIDE_SDK = 1.5;

  private final JmhRounds rounds = new JmhRounds(RangedRead.class);
  private final Peers peers = new Peers(rounds, RangeClients.peers());
  private final String from;

  private RangedReadReport(String server) {
    this.from = server.isEmpty() ? "" : " from " + server;
  }

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    String name = System.getProperty("expressway.report", "ranged-read");
    RangedReadReport report = new RangedReadReport(System.getProperty("expressway.server", ""));
    report.rounds.addAll(args);
    Report.publish(
        Path.of(args[0]),
        name,
        report.render(args.length - 1),
        report.rounds.json(TITLES::get),
        report.verdicts());
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
    ClientTable table = table(rounds);
    for (boolean tls : new boolean[] {false, true}) {
      new TreeMap<>(TITLES)
          .forEach(
              (size, title) ->
                  text.append(table.of(title + (tls ? ", TLS" : ", plain"), size, tls)));
    }
    return text.toString();
  }

  /** What one read takes and costs, client by client. */
  static ClientTable table(JmhRounds rounds) {
    List<String> clients = Arrays.stream(RangeClients.values()).map(Enum::name).toList();
    return new ClientTable(rounds, clients)
        .column("time", "%.1f", Metric.TIME)
        .besideFloor("× raw", Metric.TIME)
        .column("p99", "%.0f", Metric.P99)
        .column("CPU", "%.1f", Metric.CPU)
        .besideFloor("× raw", Metric.CPU)
        .column("MB per CPU s", "%.0f", row -> bytes(row) / rounds.median(row, Metric.CPU))
        .column("heap B", "%.0f", Metric.HEAP)
        .column("heap B/byte", "%.5f", row -> rounds.median(row, Metric.HEAP) / bytes(row));
  }

  /** What one read brings. */
  static double bytes(Row row) {
    return BYTES.getOrDefault(row.benchmark(), 1);
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
    besideTheSdk(verdicts, peers);
    return verdicts;
  }

  private void beside(
      List<Verdict> verdicts, String size, Metric metric, String claim, double most) {
    Row raw = new Row(size, false, RangeClients.raw.name());
    List<Double> ratios = rounds.ratios(ours(size, false), raw, metric);
    if (!ratios.isEmpty()) {
      verdicts.add(
          Verdict.ofRounds(
                  "one ranged GET of " + TITLES.get(size) + from,
                  claim,
                  String.format(Locale.ROOT, "≤ %.2f ×", most),
                  "×",
                  ratios,
                  ratio -> ratio <= most)
              .beside(peers.besideFloor(raw, metric)));
    }
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
  static void besideTheSdk(List<Verdict> verdicts, Peers peers) {
    peers.beside(
        verdicts,
        "8 MiB × 16 over TLS",
        "bytes a CPU second beside the best SDK client's",
        "≥ 1.5 ×",
        ours("e8MiBx16", true),
        Metric.CPU,
        true,
        ratio -> ratio >= LEAST_BESIDE_SDK);
  }

  static Row ours(String size, boolean tls) {
    return new Row(size, tls, RangeClients.expressway.name());
  }
}
