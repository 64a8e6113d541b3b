package io.expressway.jmh;

import io.expressway.jmh.JmhRounds.Metric;
import io.expressway.jmh.JmhRounds.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Joins the JSON of several JMH rounds of {@link Sequential} to Markdown tables.
 *
 * <p>{@code SequentialReport DIRECTORY ROUND.json...} writes {@code sequential.json} and {@code
 * sequential.md} there.
 */
public final class SequentialReport {
  private static final double MOST_HEAP_BYTES = 1_000;

  private final JmhRounds rounds = new JmhRounds(Sequential.class, "latency");

  private SequentialReport() {}

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    SequentialReport report = new SequentialReport();
    report.rounds.addAll(args);
    Report.publish(
        Path.of(args[0]),
        "sequential",
        report.render(),
        report.rounds.json(SequentialReport::title),
        report.verdicts());
  }

  private static String title(String benchmark) {
    String latency = benchmark.substring(benchmark.indexOf('/') + 1);
    return latency.equals(PatternServer.EXPRESS)
        ? "modelled service, 80 MB/s a connection"
        : "service latency " + latency + " ms";
  }

  private String render() {
    StringBuilder text = new StringBuilder("# From the beginning to the end\n\n");
    text.append(JmhRounds.environment("jmh/run sequential"));
    text.append("One thread reads 256 MiB in pieces of 128 KiB into an array, every client at its");
    text.append(
        " defaults; medians over the rounds. raw, sdkApache, sdkUrlConnection and sdkNetty");
    text.append(" send one GET; the others send several. expressway is an ObjectReader");
    text.append(" without a cache, read as a channel and as a stream. s3Crt, transferManager and");
    text.append(" sdkNetty are read through the SDK's BlockingInputStream. Every client's bytes");
    text.append(" were compared once before it was measured. CPU is the client process, all");
    text.append(" threads. Loopback on a shared machine: read ratios.\n\n");
    List<String> clients = Arrays.stream(SequentialClients.values()).map(Enum::name).toList();
    ClientTable table =
        new ClientTable(rounds, clients)
            .column(
                "MB/s", "%.0f", row -> Sequential.OBJECT_BYTES / rounds.median(row, Metric.TIME))
            .besideFloor("time × raw", Metric.TIME)
            .column("CPU s/GB", "%.3f", row -> rounds.cpuOfGigabyte(row, Sequential.OBJECT_BYTES))
            .besideFloor("× raw", Metric.CPU)
            .column(
                "heap B/byte",
                "%.5f",
                row -> rounds.median(row, Metric.HEAP) / Sequential.OBJECT_BYTES)
            .column("direct MiB", "%.0f", Metric.DIRECT);
    rounds.benchmarks().forEach(each -> text.append(table.of(title(each), each, false)));
    return text.toString();
  }

  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    Peers peers =
        new Peers(
            rounds,
            Arrays.stream(SequentialClients.values())
                .filter(SequentialClients::isPeer)
                .map(Enum::name)
                .toList());
    for (String benchmark : rounds.benchmarks()) {
      String about = "256 MiB in their order, " + title(benchmark);
      Row ours = new Row(benchmark, false, SequentialClients.expressway.name());
      peers.atMostTheBest(verdicts, about, "time", ours, Metric.TIME);
      peers.atMostTheBest(verdicts, about, "CPU", ours, Metric.CPU);
      heap(verdicts, about, ours);
    }
    return verdicts;
  }

  /** The bar of a ranged GET: a piece may cost no more. */
  private void heap(List<Verdict> verdicts, String about, Row ours) {
    int pieces = Sequential.OBJECT_BYTES / Sequential.PIECE_BYTES;
    List<Double> bytes = rounds.all(ours, Metric.HEAP).stream().map(each -> each / pieces).toList();
    if (!bytes.isEmpty()) {
      verdicts.add(
          Verdict.ofRounds(
              about,
              "heap for each piece of 128 KiB",
              "≤ 1 KB",
              "B",
              bytes,
              each -> each <= MOST_HEAP_BYTES));
    }
  }
}
