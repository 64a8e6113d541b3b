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
 * <p>{@code RangedReadReport DIRECTORY ROUND.json...} writes {@code ranged-read.json} and {@code
 * ranged-read.md} there.
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

  private RangedReadReport() {}

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    RangedReadReport report = new RangedReadReport();
    for (int i = 1; i < args.length; i++) {
      report.rounds.add(Files.readString(Path.of(args[i])));
    }
    String table = report.render(args.length - 1);
    Files.writeString(directory.resolve("ranged-read.json"), report.rounds.json(TITLES));
    Files.writeString(directory.resolve("ranged-read.md"), table);
    System.out.print(table);
  }

  private String render(int files) {
    StringBuilder text = new StringBuilder("# One ranged GET\n\n");
    text.append(JmhRounds.environment("jmh/run"))
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
