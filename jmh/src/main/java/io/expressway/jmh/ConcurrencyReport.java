package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@link Concurrency} found. Used by one thread. */
final class ConcurrencyReport {
  static final String NAME = "concurrency";

  /** What is asked for at 5 ms is all that the service's latency lets through: a tie is no loss. */
  private static final double NO_SLOWER = 0.97;

  private static final double MOST_HEAP_BYTES = 1_000;

  private static final Pattern LINE =
      Pattern.compile(
          "\"latencyMillis\":(\\d+),\"kib\":(\\d+),\"inFlight\":(\\d+),\"client\":\"(\\w+)\","
              + "\"readsPerSecond\":\\[([^\\]]*)\\]");

  /**
   * What was asked for.
   *
   * @param latencyMillis of the service
   * @param kib of each read
   * @param inFlight reads at once
   */
  record Load(int latencyMillis, int kib, int inFlight) {
    private static final Comparator<Load> ORDER =
        Comparator.comparingInt(Load::latencyMillis)
            .thenComparingInt(Load::kib)
            .thenComparingInt(Load::inFlight);

    private String title() {
      return kib + " KiB, service latency " + latencyMillis + " ms";
    }
  }

  /**
   * One turn of one client.
   *
   * @param perSecond reads
   * @param p50 of a read, in microseconds, as p99
   * @param cpu of the client's process for each read, in microseconds
   * @param heap allocated for each read, in bytes
   */
  record Sample(double perSecond, double p50, double p99, double cpu, double heap) {
    static Sample of(String told) {
      double[] values =
          Arrays.stream(told.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
      return new Sample(values[0], values[1], values[2], values[3], values[4]);
    }

    /** As {@link #of} reads it. */
    String told() {
      return format("%.2f %.2f %.2f %.3f %.1f", perSecond, p50, p99, cpu, heap);
    }
  }

  private final int rounds;
  private final int millis;
  private final Map<Load, Map<RangeClients, List<Sample>>> samples = new TreeMap<>(Load.ORDER);

  ConcurrencyReport(int rounds, int millis) {
    this.rounds = rounds;
    this.millis = millis;
  }

  void add(Load load, RangeClients client, Sample sample) {
    samples
        .computeIfAbsent(load, each -> new EnumMap<>(RangeClients.class))
        .computeIfAbsent(client, each -> new ArrayList<>())
        .add(sample);
  }

  private List<Double> all(Load load, RangeClients client, ToDoubleFunction<Sample> of) {
    return samples.getOrDefault(load, Map.of()).getOrDefault(client, List.of()).stream()
        .map(of::applyAsDouble)
        .toList();
  }

  private double median(Load load, RangeClients client, ToDoubleFunction<Sample> of) {
    return Rounds.median(all(load, client, of));
  }

  void write(Path out) throws IOException {
    String text = markdown();
    Files.writeString(out.resolve(NAME + ".md"), text);
    Files.writeString(out.resolve(NAME + ".json"), json());
    for (Chart.Drawing chart : charts(json())) {
      Files.writeString(out.resolve(chart.name() + ".svg"), chart.svg());
    }
    Verdict.save(out, NAME, verdicts());
    System.out.print(text);
  }

  // What is told.

  private String markdown() {
    StringBuilder text = new StringBuilder("# Reads in flight\n\n");
    text.append(JmhRounds.environment("jmh/run concurrency"));
    text.append(
        format(
            "Each figure is the median of %d turns of %d ms, after one that is not counted; clients"
                + " take turns at every number of reads in flight, each in a process of its own on"
                + " one core, the server on another. A reader reads again as soon as its read has"
                + " ended. Every client may open %d connections, which is more than each one's own"
                + " default; raw and sdkApache hold a thread for each read. CPU is that of the"
                + " client's process, all threads. Loopback on a shared machine: read ratios.%n%n",
            rounds, millis, Concurrency.CONNECTIONS));
    for (Chart.Drawing chart : charts(json())) {
      text.append(format("![%s](%s.svg)%n%n", chart.title(), chart.name()));
    }
    text.append(Verdict.table("reads", verdicts()));
    String title = "";
    for (Map.Entry<Load, Map<RangeClients, List<Sample>>> each : samples.entrySet()) {
      Load load = each.getKey();
      if (!load.title().equals(title)) {
        title = load.title();
        text.append("\n## ").append(title).append("\n\n");
        text.append("| in flight | client | reads a second | × raw | p50 µs | p99 µs | CPU µs");
        text.append(" | heap B |\n|---|---|---|---|---|---|---|---|\n");
      }
      each.getValue().keySet().forEach(client -> line(text, load, client));
    }
    return text.toString();
  }

  private void line(StringBuilder text, Load load, RangeClients client) {
    double perSecond = median(load, client, Sample::perSecond);
    text.append(
        format(
            "| %d | %s | %.0f | %.2f | %.0f | %.0f | %.1f | %.0f |%n",
            load.inFlight,
            client,
            perSecond,
            perSecond / median(load, RangeClients.raw, Sample::perSecond),
            median(load, client, Sample::p50),
            median(load, client, Sample::p99),
            median(load, client, Sample::cpu),
            median(load, client, Sample::heap)));
  }

  private String json() {
    return samples.entrySet().stream()
        .flatMap(
            load ->
                load.getValue().entrySet().stream()
                    .map(client -> json(load.getKey(), client.getKey(), client.getValue())))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private static String json(Load load, RangeClients client, List<Sample> turns) {
    return format(
        "{\"latencyMillis\":%d,\"kib\":%d,\"inFlight\":%d,\"client\":\"%s\",\"readsPerSecond\":%s,"
            + "\"p50Micros\":%s,\"p99Micros\":%s,\"cpuMicros\":%s,\"heapBytes\":%s}",
        load.latencyMillis,
        load.kib,
        load.inFlight,
        client,
        array(turns, Sample::perSecond),
        array(turns, Sample::p50),
        array(turns, Sample::p99),
        array(turns, Sample::cpu),
        array(turns, Sample::heap));
  }

  private static String array(List<Sample> turns, ToDoubleFunction<Sample> value) {
    return turns.stream()
        .map(turn -> format("%.1f", value.applyAsDouble(turn)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** Throughput by reads in flight, a drawing for each latency; of the smallest reads. */
  static List<Chart.Drawing> charts(String json) {
    Map<String, Map<String, Map<Double, Double>>> drawings = new TreeMap<>();
    int least = Integer.MAX_VALUE;
    for (Matcher line = LINE.matcher(json); line.find(); ) {
      least = Math.min(least, Integer.parseInt(line.group(2)));
    }
    for (Matcher line = LINE.matcher(json); line.find(); ) {
      if (Integer.parseInt(line.group(2)) == least) {
        List<Double> turns =
            Arrays.stream(line.group(5).split(",", -1)).map(Double::valueOf).toList();
        drawings
            .computeIfAbsent(line.group(1), latency -> new LinkedHashMap<>())
            .computeIfAbsent(line.group(4), client -> new TreeMap<>())
            .put(Double.valueOf(line.group(3)), Rounds.median(turns));
      }
    }
    List<Chart.Drawing> charts = new ArrayList<>();
    for (Map.Entry<String, Map<String, Map<Double, Double>>> each : drawings.entrySet()) {
      String title =
          format("Reads of %d KiB in flight, service latency %s ms", least, each.getKey());
      charts.add(
          new Chart.Drawing(
              NAME + "-" + each.getKey() + "ms",
              title,
              Chart.lines(title, "reads in flight", "reads a second", each.getValue())));
    }
    return charts;
  }

  // What it is held to.

  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    Map<String, List<Load>> titled = new LinkedHashMap<>();
    samples
        .keySet()
        .forEach(load -> titled.computeIfAbsent(load.title(), t -> new ArrayList<>()).add(load));
    titled.forEach(
        (title, loads) -> {
          add(
              verdicts,
              loads,
              "reads a second beside the best peer's",
              format("≥ %.2f ×", NO_SLOWER),
              Sample::perSecond,
              true);
          add(verdicts, loads, "CPU of a read beside the best peer's", "≤ 1 ×", Sample::cpu, false);
          heap(verdicts, loads);
        });
    return verdicts;
  }

  /** Of the number in flight at which ours does worst. */
  private void add(
      List<Verdict> verdicts,
      List<Load> loads,
      String claim,
      String bar,
      ToDoubleFunction<Sample> of,
      boolean isMoreBetter) {
    Comparator<Load> byRatio =
        Comparator.comparingDouble(load -> Rounds.median(besideBest(load, of, isMoreBetter)));
    Load worst =
        loads.stream()
            .filter(load -> !besideBest(load, of, isMoreBetter).isEmpty())
            .min(isMoreBetter ? byRatio : byRatio.reversed())
            .orElse(null);
    if (worst != null) {
      verdicts.add(
          Verdict.ofRounds(
                  about(worst, loads),
                  claim + ", at " + worst.inFlight + " where it is worst",
                  bar,
                  "×",
                  besideBest(worst, of, isMoreBetter),
                  ratio -> isMoreBetter ? ratio >= NO_SLOWER : ratio <= 1)
              .beside("the best is " + best(worst, of, isMoreBetter)));
    }
  }

  /** The bar of one read alone. */
  private void heap(List<Verdict> verdicts, List<Load> loads) {
    Load worst =
        Collections.max(
            loads,
            Comparator.comparingDouble(
                load -> median(load, RangeClients.expressway, Sample::heap)));
    List<Double> bytes = all(worst, RangeClients.expressway, Sample::heap);
    if (!bytes.isEmpty()) {
      verdicts.add(
          Verdict.ofRounds(
              about(worst, loads),
              "heap of a read, at " + worst.inFlight + " where it is most",
              "≤ 1 KB",
              "B",
              bytes,
              each -> each <= MOST_HEAP_BYTES));
    }
  }

  private static String about(Load load, List<Load> loads) {
    return "reads of " + load.title() + ", 1 to " + last(loads).inFlight + " in flight";
  }

  private static Load last(List<Load> loads) {
    return loads.get(loads.size() - 1);
  }

  private List<Double> besideBest(Load load, ToDoubleFunction<Sample> of, boolean isMoreBetter) {
    RangeClients best = best(load, of, isMoreBetter);
    return best == null
        ? List.of()
        : Rounds.ratios(all(load, RangeClients.expressway, of), all(load, best, of));
  }

  private @Nullable RangeClients best(
      Load load, ToDoubleFunction<Sample> of, boolean isMoreBetter) {
    Comparator<RangeClients> byMedian =
        Comparator.comparingDouble(client -> median(load, client, of));
    return samples.getOrDefault(load, Map.of()).keySet().stream()
        .filter(RangeClients::isPeer)
        .min(isMoreBetter ? byMedian.reversed() : byMedian)
        .orElse(null);
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
