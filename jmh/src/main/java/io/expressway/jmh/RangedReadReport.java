package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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
  private static final Pattern BENCHMARK =
      Pattern.compile("\"benchmark\"\\s*:\\s*\"[\\w.]+\\.RangedRead\\.(\\w+)\"");

  /** What is compared: size and encryption, then client. */
  private record Row(String size, boolean tls, String client) {}

  private final Map<String, List<double[]>> samples = new TreeMap<>();

  private RangedReadReport() {}

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    RangedReadReport report = new RangedReadReport();
    for (int i = 1; i < args.length; i++) {
      report.add(Files.readString(Path.of(args[i])));
    }
    String table = report.render(args.length - 1);
    Files.writeString(directory.resolve("ranged-read.json"), report.json());
    Files.writeString(directory.resolve("ranged-read.md"), table);
    System.out.print(table);
  }

  private void add(String json) {
    Matcher name = BENCHMARK.matcher(json);
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
    Matcher name = BENCHMARK.matcher(json);
    if (!name.find()) {
      return;
    }
    Row row = new Row(name.group(1), text(json, "tls").equals("true"), text(json, "client"));
    double[] values = {
      json.contains("\"50.0\"") ? number(json, "\"50.0\"") : number(json, "\"score\""),
      json.contains("\"99.0\"") ? number(json, "\"99.0\"") : Double.NaN,
      secondary(json, "cpu.per.op"),
      secondary(json, "gc.alloc.rate.norm")
    };
    samples.computeIfAbsent(key(row), k -> new ArrayList<>()).add(values);
  }

  private static String key(Row row) {
    return row.size() + " " + row.tls() + " " + row.client();
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

  /** One line for each client, size and encryption, one value for each round. */
  private String json() {
    List<String> lines = new ArrayList<>();
    samples.forEach(
        (key, rounds) -> {
          String[] row = key.split(" ", -1);
          lines.add(
              String.format(
                  Locale.ROOT,
                  "{\"size\":\"%s\",\"tls\":%s,\"client\":\"%s\",\"medianMicros\":%s,"
                      + "\"p99Micros\":%s,\"cpuMicros\":%s,\"heapBytes\":%s}",
                  TITLES.get(row[0]),
                  row[1],
                  row[2],
                  array(rounds, 0),
                  array(rounds, 1),
                  array(rounds, 2),
                  array(rounds, 3)));
        });
    return "[\n" + String.join(",\n", lines) + "\n]\n";
  }

  private static String array(List<double[]> rounds, int index) {
    return rounds.stream()
        .map(values -> values[index])
        .map(value -> value.isNaN() ? "null" : String.format(Locale.ROOT, "%.2f", value))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private double median(Row row, int index) {
    double[] sorted =
        samples.getOrDefault(key(row), List.of()).stream()
            .mapToDouble(values -> values[index])
            .sorted()
            .toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private String render(int files) {
    StringBuilder text = new StringBuilder("# One ranged GET\n\n");
    text.append(environment()).append(files).append(" runs joined, medians over the rounds. ");
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

  private static String environment() {
    return String.format(
        Locale.ROOT,
        "`jmh/run` on %s %s, %d cores, JDK %s. ",
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"));
  }

  private void renderTable(StringBuilder text, String size, boolean tls) {
    Row floor = new Row(size, tls, "raw");
    List<RangeClients> present = new ArrayList<>();
    for (RangeClients client : RangeClients.values()) {
      if (samples.containsKey(key(new Row(size, tls, client.name())))) {
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
    int bytes = BYTES.getOrDefault(row.size(), 1);
    double cpu = median(row, 2);
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %.1f | %.2f | %.0f | %.1f | %.2f | %.0f | %.0f | %.5f |%n",
            row.client(),
            median(row, 0),
            median(row, 0) / median(floor, 0),
            median(row, 1),
            cpu,
            cpu / median(floor, 2),
            bytes / cpu,
            median(row, 3),
            median(row, 3) / bytes));
  }
}
