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
 * Joins the JSON of several JMH rounds of {@link MultipartWrite} to Markdown tables.
 *
 * <p>{@code MultipartWriteReport DIRECTORY ROUND.json...} writes {@code multipart-write.json} and
 * {@code multipart-write.md} there.
 */
public final class MultipartWriteReport {
  private static final Map<String, String> TITLES =
      Map.of(
          "a4KiB", "4 KiB, one PUT",
          "b64KiB", "64 KiB, one PUT",
          "c1GiBMemory", "1 GiB in memory",
          "d1GiBStream", "1 GiB written to a stream",
          "e1GiBFile", "1 GiB from a file");
  private static final Map<String, Integer> BYTES =
      Map.of(
          "a4KiB", 4 << 10,
          "b64KiB", 64 << 10,
          "c1GiBMemory", 1 << 30,
          "d1GiBStream", 1 << 30,
          "e1GiBFile", 1 << 30);

  private static final double LEAST_OF_RAW = 0.9;

  private final JmhRounds rounds = new JmhRounds(MultipartWrite.class);

  private MultipartWriteReport() {}

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    MultipartWriteReport report = new MultipartWriteReport();
    for (int i = 1; i < args.length; i++) {
      report.rounds.add(Files.readString(Path.of(args[i])));
    }
    String tables = report.render();
    Files.writeString(directory.resolve("multipart-write.json"), report.rounds.json(TITLES));
    Files.writeString(directory.resolve("multipart-write.md"), tables);
    Verdict.save(directory, "multipart-write", report.verdicts());
    System.out.print(tables);
  }

  private String render() {
    StringBuilder text = new StringBuilder("# Storing an object\n\n");
    text.append(JmhRounds.environment("jmh/run writes"));
    text.append("Medians over the rounds. Times in µs for one PUT, in ms for 1 GiB; × raw is the");
    text.append(" ratio to blocking sockets with gathering writes in the same run. Everybody sums");
    text.append(" CRC32C, and the server checks it, on its own core. CPU is the client process,");
    text.append(" all threads. Direct memory is the JDK's and Netty's; a native client's shows in");
    text.append(" what is resident, which counts the 1 GiB that is mapped, as far as it was read.");
    text.append(" Loopback on a shared machine: read ratios.\n\n");
    for (boolean tls : new boolean[] {false, true}) {
      for (String benchmark : new TreeMap<>(TITLES).keySet()) {
        table(text, benchmark, tls);
      }
    }
    return text.toString();
  }

  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    for (String benchmark : List.of("c1GiBMemory", "e1GiBFile")) {
      Row ours = new Row(benchmark, false, StoreClients.expressway.name());
      Row raw = new Row(benchmark, false, StoreClients.raw.name());
      List<Double> ratios = rounds.ratios(raw, ours, Metric.TIME);
      if (!ratios.isEmpty()) {
        verdicts.add(
            Verdict.ofRounds(
                "storing " + TITLES.get(benchmark),
                "throughput beside sockets with gathering writes and CRC32C",
                "≥ 0.9 ×",
                "×",
                ratios,
                ratio -> ratio >= LEAST_OF_RAW));
      }
    }
    return verdicts;
  }

  private void table(StringBuilder text, String benchmark, boolean tls) {
    StringBuilder lines = new StringBuilder();
    for (StoreClients client : StoreClients.values()) {
      Row row = new Row(benchmark, tls, client.name());
      if (rounds.has(row)) {
        line(lines, row, new Row(benchmark, tls, StoreClients.raw.name()));
      }
    }
    if (lines.length() > 0) {
      text.append("## ").append(TITLES.get(benchmark)).append(tls ? ", TLS\n\n" : ", plain\n\n");
      text.append("| client | time | × raw | p99 | CPU | × raw | MB per CPU s | heap B");
      text.append(" | heap B/byte | direct MiB | resident MiB |\n");
      text.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
      text.append(lines).append('\n');
    }
  }

  private void line(StringBuilder text, Row row, Row floor) {
    int bytes = BYTES.getOrDefault(row.benchmark(), 1);
    double unit = bytes == 1 << 30 ? 1000 : 1;
    double time = rounds.median(row, Metric.TIME);
    double cpu = rounds.median(row, Metric.CPU);
    double heap = rounds.median(row, Metric.HEAP);
    text.append("| ").append(row.client());
    cell(text, "%.1f", time / unit);
    cell(text, "%.2f", time / rounds.median(floor, Metric.TIME));
    cell(text, "%.0f", rounds.median(row, Metric.P99));
    cell(text, "%.1f", cpu / unit);
    cell(text, "%.2f", cpu / rounds.median(floor, Metric.CPU));
    cell(text, "%.0f", bytes / cpu);
    cell(text, "%.0f", heap);
    cell(text, "%.5f", heap / bytes);
    cell(text, "%.0f", rounds.median(row, Metric.DIRECT));
    cell(text, "%.0f", rounds.median(row, Metric.RESIDENT));
    text.append(" |\n");
  }

  private static void cell(StringBuilder text, String format, double value) {
    text.append(" | ").append(Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value));
  }
}
