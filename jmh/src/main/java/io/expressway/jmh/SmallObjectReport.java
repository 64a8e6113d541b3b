package io.expressway.jmh;

import io.expressway.jmh.JmhRounds.Metric;
import io.expressway.jmh.JmhRounds.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Joins the JSON of several JMH rounds of {@link SmallObject} to Markdown tables.
 *
 * <p>{@code SmallObjectReport DIRECTORY ROUND.json...} writes {@code small-object.json} and {@code
 * small-object.md} there.
 */
public final class SmallObjectReport {
  private static final Map<String, String> TITLES =
      Map.of(
          "aPut", "PUT",
          "bGet", "GET",
          "cPutx64", "PUT × 64",
          "dGetx64", "GET × 64");

  private final JmhRounds rounds = new JmhRounds(SmallObject.class, "bytes");

  private SmallObjectReport() {}

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    SmallObjectReport report = new SmallObjectReport();
    report.rounds.addAll(args);
    Report.publish(
        Path.of(args[0]),
        "small-object",
        report.render(),
        report.rounds.json(SmallObjectReport::title),
        report.verdicts());
  }

  private static String title(String benchmark) {
    String[] parts = benchmark.split("/", -1);
    return TITLES.get(parts[0]) + " of " + Integer.parseInt(parts[1]) / 1024 + " KiB";
  }

  private List<String> inOrder() {
    return rounds.benchmarks().stream()
        .sorted(
            Comparator.comparingInt(
                each -> Integer.parseInt(each.substring(each.indexOf('/') + 1))))
        .toList();
  }

  private String render() {
    StringBuilder text = new StringBuilder("# Small objects, stored and fetched whole\n\n");
    text.append(JmhRounds.environment("jmh/run small"));
    text.append(
        "Medians over the rounds, in µs; × 64 are sixty-four at once, and the time is that");
    text.append(" of all divided by 64. Everybody sends a CRC32C and, but for raw, checks the one");
    text.append(" that it is sent. Requests are those that the server read for each operation.");
    text.append(" CPU is the client process, all threads. Loopback on a shared machine: read");
    text.append(" ratios.\n\n");
    List<String> clients = Arrays.stream(ObjectClients.values()).map(Enum::name).toList();
    ClientTable table =
        new ClientTable(rounds, clients)
            .column("time", "%.1f", Metric.TIME)
            .besideFloor("× raw", Metric.TIME)
            .column("p99", "%.0f", Metric.P99)
            .column("CPU", "%.1f", Metric.CPU)
            .besideFloor("× raw", Metric.CPU)
            .column("heap B", "%.0f", Metric.HEAP)
            .column("requests", "%.3f", Metric.REQUESTS);
    inOrder().forEach(each -> text.append(table.of(title(each), each, false)));
    return text.toString();
  }

  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    Peers peers =
        new Peers(
            rounds,
            Arrays.stream(ObjectClients.values())
                .filter(ObjectClients::isPeer)
                .map(Enum::name)
                .toList());
    for (String benchmark : inOrder()) {
      Row ours = new Row(benchmark, false, ObjectClients.expressway.name());
      peers.atMostTheBest(verdicts, title(benchmark), "time", ours, Metric.TIME);
      peers.atMostTheBest(verdicts, title(benchmark), "CPU", ours, Metric.CPU);
      peers.atMostTheBest(verdicts, title(benchmark), "heap", ours, Metric.HEAP);
      rounds.all(ours, Metric.REQUESTS).stream()
          .max(Comparator.naturalOrder())
          .ifPresent(most -> verdicts.add(requests(title(benchmark), most)));
    }
    return verdicts;
  }

  private static Verdict requests(String about, double most) {
    return Verdict.of(
        about,
        "requests for each, the most of any round",
        "1",
        String.format(Locale.ROOT, "%.4f", most),
        most <= 1);
  }
}
