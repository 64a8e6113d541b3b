package io.expressway.jmh;

import io.expressway.jmh.JmhRounds.Metric;
import io.expressway.jmh.JmhRounds.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    MultipartWriteReport report = new MultipartWriteReport();
    report.rounds.addAll(args);
    Report.publish(
        Path.of(args[0]),
        "multipart-write",
        report.render(),
        report.rounds.json(TITLES::get),
        report.verdicts());
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
      new TreeMap<>(TITLES)
          .forEach(
              (benchmark, title) ->
                  text.append(
                      table(benchmark).of(title + (tls ? ", TLS" : ", plain"), benchmark, tls)));
    }
    return text.toString();
  }

  private ClientTable table(String benchmark) {
    double bytes = BYTES.getOrDefault(benchmark, 1);
    double unit = bytes == 1 << 30 ? 1000 : 1;
    List<String> clients = Arrays.stream(StoreClients.values()).map(Enum::name).toList();
    return new ClientTable(rounds, clients)
        .column("time", "%.1f", row -> rounds.median(row, Metric.TIME) / unit)
        .besideFloor("× raw", Metric.TIME)
        .column("p99", "%.0f", Metric.P99)
        .column("CPU", "%.1f", row -> rounds.median(row, Metric.CPU) / unit)
        .besideFloor("× raw", Metric.CPU)
        .column("MB per CPU s", "%.0f", row -> bytes / rounds.median(row, Metric.CPU))
        .column("heap B", "%.0f", Metric.HEAP)
        .column("heap B/byte", "%.5f", row -> rounds.median(row, Metric.HEAP) / bytes)
        .column("direct MiB", "%.0f", Metric.DIRECT)
        .column("resident MiB", "%.0f", Metric.RESIDENT);
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
}
