package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What several JMH rounds measured, read from their JSON. Used by one thread. */
final class JmhRounds {
  /**
   * What is compared: benchmark and encryption, then client.
   *
   * @param benchmark the method and, after a {@code /} each, the parameters that belong to it
   * @param tls whether it was encrypted
   * @param client who did it
   */
  record Row(String benchmark, boolean tls, String client) {
    private static final Comparator<Row> ORDER =
        Comparator.comparing(Row::benchmark).thenComparing(Row::tls).thenComparing(Row::client);

    Row by(String other) {
      return new Row(benchmark, tls, other);
    }
  }

  /** What is measured of each operation. */
  enum Metric {
    /** The median where every operation is timed, else the mean, in µs. */
    TIME("medianMicros"),
    /** In µs, where every operation is timed. */
    P99("p99Micros"),
    /** Of the client's process, all threads, in µs. */
    CPU("cpuMicros"),
    /** Allocated, in bytes. */
    HEAP("heapBytes"),
    /** The most direct memory in use at once, in MiB. */
    DIRECT("peakDirectMiB"),
    /** The most of the process that was ever resident, in MiB. */
    RESIDENT("peakResidentMiB"),
    /** Requests that the server read. */
    REQUESTS("requests");

    private final String field;

    Metric(String field) {
      this.field = field;
    }
  }

  private final Pattern benchmark;
  private final List<String> parameters;
  private final Map<Row, List<Map<Metric, Double>>> samples = new TreeMap<>(Row.ORDER);

  /**
   * Of one benchmark class.
   *
   * @param parameters those that are part of what is measured, beside encryption and client
   */
  JmhRounds(Class<?> suite, String... parameters) {
    this.parameters = List.of(parameters);
    benchmark =
        Pattern.compile(
            "\"benchmark\"\\s*:\\s*\"[\\w.]+\\." + suite.getSimpleName() + "\\.(\\w+)\"");
  }

  /** The rounds of the JSON files that {@code args} names after its first. */
  JmhRounds addAll(String... args) throws IOException {
    for (int i = 1; i < args.length; i++) {
      add(Files.readString(Path.of(args[i])));
    }
    return this;
  }

  /** Takes in the JSON of a round. */
  void add(String json) {
    Matcher name = benchmark.matcher(json);
    List<Integer> starts = new ArrayList<>();
    while (name.find()) {
      starts.add(name.start());
    }
    for (int i = 0; i < starts.size(); i++) {
      int end = i + 1 < starts.size() ? starts.get(i + 1) : json.length();
      addOne(json.substring(starts.get(i), end));
    }
  }

  private void addOne(String json) {
    Matcher name = benchmark.matcher(json);
    if (!name.find()) {
      return;
    }
    StringBuilder what = new StringBuilder(name.group(1));
    for (String parameter : parameters) {
      what.append('/').append(text(json, parameter));
    }
    Row row = new Row(what.toString(), text(json, "tls").equals("true"), text(json, "client"));
    boolean isSampled = json.contains("\"50.0\"") && json.contains("\"sample\"");
    Map<Metric, Double> values = new EnumMap<>(Metric.class);
    values.put(Metric.TIME, isSampled ? number(json, "\"50.0\"") : number(json, "\"score\""));
    values.put(Metric.P99, isSampled ? number(json, "\"99.0\"") : Double.NaN);
    values.put(Metric.CPU, secondary(json, "cpu.per.op"));
    values.put(Metric.HEAP, secondary(json, "gc.alloc.rate.norm"));
    values.put(Metric.DIRECT, secondary(json, "peak.direct"));
    values.put(Metric.RESIDENT, secondary(json, "peak.resident"));
    values.put(Metric.REQUESTS, secondary(json, "requests.per.op"));
    samples.computeIfAbsent(row, each -> new ArrayList<>()).add(values);
  }

  /** What was measured, in order, each once. */
  List<String> benchmarks() {
    return samples.keySet().stream().map(Row::benchmark).distinct().toList();
  }

  private static String text(String json, String field) {
    Matcher found = Pattern.compile("\"" + field + "\"\\s*:\\s*\"(\\w+)\"").matcher(json);
    return found.find() ? found.group(1) : "";
  }

  private static double number(String json, String quoted) {
    Matcher found = Pattern.compile(quoted + "\\s*:\\s*([-0-9.E]+)").matcher(json);
    return found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
  }

  private static double secondary(String json, String metric) {
    int at = json.indexOf(metric + "\"");
    return at < 0 ? Double.NaN : number(json.substring(at), "\"score\"");
  }

  boolean has(Row row) {
    return samples.containsKey(row);
  }

  private static double value(Map<Metric, Double> values, Metric metric) {
    return values.getOrDefault(metric, Double.NaN);
  }

  /** Each round's; empty when it was not measured. */
  List<Double> all(Row row, Metric metric) {
    return samples.getOrDefault(row, List.of()).stream()
        .map(values -> value(values, metric))
        .filter(value -> !Double.isNaN(value))
        .toList();
  }

  /** One's over the other's, round by round. */
  List<Double> ratios(Row row, Row floor, Metric metric) {
    return Rounds.ratios(all(row, metric), all(floor, metric));
  }

  /** The median over the rounds; NaN when it was not measured. */
  double median(Row row, Metric metric) {
    double[] sorted =
        samples.getOrDefault(row, List.of()).stream()
            .mapToDouble(values -> value(values, metric))
            .sorted()
            .toArray();
    return sorted.length == 0
        ? Double.NaN
        : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** CPU seconds for each GB, where an operation moves so many bytes. */
  double cpuOfGigabyte(Row row, double bytes) {
    return 1e3 * median(row, Metric.CPU) / bytes;
  }

  /** One line for each client, benchmark and encryption, one value for each round. */
  String json(Function<String, String> title) {
    List<String> lines = new ArrayList<>();
    samples.forEach((row, rounds) -> lines.add(line(row, rounds, title)));
    return "[\n" + String.join(",\n", lines) + "\n]\n";
  }

  private static String line(
      Row row, List<Map<Metric, Double>> rounds, Function<String, String> title) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "{\"size\":\"%s\",\"tls\":%s,\"client\":\"%s\"",
            title.apply(row.benchmark()),
            row.tls(),
            row.client()));
    for (Metric metric : Metric.values()) {
      if (rounds.stream().anyMatch(values -> !Double.isNaN(value(values, metric)))) {
        line.append(",\"").append(metric.field).append("\":").append(array(rounds, metric));
      }
    }
    return line.append('}').toString();
  }

  private static String array(List<Map<Metric, Double>> rounds, Metric metric) {
    return rounds.stream()
        .map(values -> value(values, metric))
        .map(value -> Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.2f", value))
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** Where and with what it was measured. */
  static String environment(String command) {
    return String.format(
        Locale.ROOT,
        "`%s` on %s %s, %d cores, JDK %s. ",
        command,
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"));
  }
}
