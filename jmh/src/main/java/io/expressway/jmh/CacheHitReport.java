package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Rounds of {@link CacheHit} on one and on two threads as one Markdown table.
 *
 * <p>{@code CacheHitReport DIRECTORY ROUND-THREADS.json...} prints it and writes {@code
 * cache-hit.md} and {@code cache-hit.json} there; exits with 1 when a hit of ours takes more than
 * three of Caffeine's look-ups or 96 bytes of heap, or asks the server or another thread for
 * anything. What two threads do beside one is {@link HitScaling}'s question.
 */
public final class CacheHitReport {
  private static final double MOST_OF_CAFFEINE = 3;
  private static final double MOST_BYTES = 96;
  private static final String OURS = "expressway";

  /** What is measured: the benchmark, the bytes of a read and what is believed of objects. */
  private record Row(String method, int bytes, String freshness) {
    String title() {
      return switch (method) {
        case "expressway" -> "expressway, lent" + ("minute".equals(freshness) ? ", aged" : "");
        case "expresswayCopied" -> "expressway, copied to an array";
        case "aal" -> "Analytics Accelerator, copied to an array";
        case "caffeine" -> "Caffeine's getIfPresent";
        default -> "ConcurrentHashMap's get";
      };
    }

    String size() {
      return bytes == 0 ? "" : bytes < 1 << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }
  }

  private final Map<Row, List<JmhRun>> one = new TreeMap<>(order());
  private final Map<Row, List<JmhRun>> two = new TreeMap<>(order());

  private CacheHitReport() {}

  private static Comparator<Row> order() {
    List<String> methods = List.of("map", "caffeine", OURS, "expresswayCopied", "aal");
    return Comparator.<Row>comparingInt(row -> methods.indexOf(row.method))
        .thenComparing(Row::freshness)
        .thenComparing(Row::bytes);
  }

  /** Reads the rounds and writes the table. */
  public static void main(String[] args) throws IOException {
    CacheHitReport report = new CacheHitReport();
    for (int i = 1; i < args.length; i++) {
      report.add(Files.readString(Path.of(args[i])));
    }
    Report.publish(
        Path.of(args[0]), "cache-hit", report.render(), report.json(), report.verdicts());
    System.exit(report.passed() ? 0 : 1);
  }

  private void add(String json) {
    for (JmhRun run : JmhRun.of(CacheHit.class, json)) {
      Row row = new Row(run.method(), run.number("bytes"), run.text("freshness"));
      (run.number("threads") == 1 ? one : two)
          .computeIfAbsent(row, r -> new ArrayList<>())
          .add(run);
    }
  }

  private static double median(List<JmhRun> rounds, ToDoubleFunction<JmhRun> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private double nanos(Row row) {
    return median(one.getOrDefault(row, List.of()), JmhRun::score);
  }

  private double caffeineNanos() {
    return nanos(new Row("caffeine", 0, ""));
  }

  private static List<Double> nanos(Map<Row, List<JmhRun>> runs, Row row) {
    return runs.getOrDefault(row, List.of()).stream().map(JmhRun::score).toList();
  }

  private double bytes(Row row) {
    return median(one.getOrDefault(row, List.of()), run -> run.score("gc.alloc.rate.norm"));
  }

  private double sum(Row row, String counter) {
    return one.getOrDefault(row, List.of()).stream().mapToDouble(run -> run.score(counter)).sum();
  }

  /** Hits of all rounds on one thread; an iteration is a second. */
  private double hits(Row row) {
    return one.getOrDefault(row, List.of()).stream()
        .mapToDouble(run -> run.number("measurementIterations") * 1e9 / run.score())
        .sum();
  }

  private String render() {
    StringBuilder text = new StringBuilder("# A hit in memory\n\n");
    text.append(JmhRounds.environment("jmh/run hits"));
    text.append(
        "From the call to the closed slice, of 128 MiB in eight objects. Medians over the rounds;"
            + " in each, one thread and two follow each other. × is the ratio to Caffeine's look-up of a string. Aged: objects"
            + " are believed for a while, not for ever, which costs a look at the clock. Handed"
            + " over: reads that were not complete when the call returned. Core given up: how"
            + " often the thread blocked or parked, by the kernel's count, in a million hits;"
            + " garbage collections make it. The Analytics Accelerator 1.3.1 reads what it has in"
            + " its memory, which is the heap, kept for an hour, else every setting at its"
            + " default.\n\n");
    text.append("| hit | bytes | ns | × | ns, 2 threads | heap B | round trips ");
    text.append("| handed over | core given up |\n|---|---|---|---|---|---|---|---|---|\n");
    one.keySet().forEach(row -> line(text, row));
    return text.toString();
  }

  private void line(StringBuilder text, Row row) {
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %s | %.1f | %.2f | %.1f | %.0f | %s |%n",
            row.title(),
            row.size(),
            nanos(row),
            nanos(row) / caffeineNanos(),
            median(two.getOrDefault(row, List.of()), JmhRun::score),
            bytes(row),
            row.method.equals(OURS)
                ? String.format(
                    Locale.ROOT,
                    "%.0f | %.0f | %.3f",
                    sum(row, "roundTrips"),
                    sum(row, "handOffs"),
                    sum(row, "coreGivenUp") / hits(row) * 1e6)
                : " | | "));
  }

  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    for (Row row : one.keySet()) {
      if (!row.method.equals(OURS)) {
        continue;
      }
      String about = "a hit in memory, " + row.size() + row.title().substring(OURS.length() + 6);
      List<Double> ratios = Rounds.ratios(nanos(one, row), nanos(one, new Row("caffeine", 0, "")));
      String aal =
          String.format(Locale.ROOT, "AAL %.0f ns", nanos(new Row("aal", row.bytes, "immutable")));
      if (!ratios.isEmpty()) {
        verdicts.add(
            Verdict.ofRounds(
                    about,
                    "time beside Caffeine's look-up",
                    "≤ 3 ×",
                    "×",
                    ratios,
                    ratio -> ratio <= MOST_OF_CAFFEINE)
                .beside(aal.contains("NaN") ? "" : aal));
      }
      verdicts.add(
          Verdict.of(
              about,
              "heap",
              "≤ 96 B",
              String.format(Locale.ROOT, "%.0f B", bytes(row)),
              bytes(row) <= MOST_BYTES));
      double given = sum(row, "roundTrips") + sum(row, "handOffs");
      verdicts.add(
          Verdict.of(
              about,
              "round trips and hand-offs to other threads",
              "0",
              String.format(Locale.ROOT, "%.0f", given),
              given == 0));
    }
    return verdicts;
  }

  private boolean passed() {
    return one.keySet().stream()
        .filter(row -> row.method.equals(OURS))
        .allMatch(
            row ->
                nanos(row) <= MOST_OF_CAFFEINE * caffeineNanos()
                    && bytes(row) <= MOST_BYTES
                    && sum(row, "roundTrips") == 0
                    && sum(row, "handOffs") == 0);
  }

  private String json() {
    List<String> lines = new ArrayList<>();
    one.forEach((row, rounds) -> lines.add(json(row, 1, rounds)));
    two.forEach((row, rounds) -> lines.add(json(row, 2, rounds)));
    return lines.stream().collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private static String json(Row row, int threads, List<JmhRun> rounds) {
    return String.format(
        Locale.ROOT,
        "{\"hit\":\"%s\",\"bytes\":%d,\"freshness\":\"%s\",\"threads\":%d,\"nanos\":%s,"
            + "\"heapBytes\":%s}",
        row.method,
        row.bytes,
        row.freshness,
        threads,
        array(rounds, JmhRun::score),
        array(rounds, run -> run.score("gc.alloc.rate.norm")));
  }

  private static String array(List<JmhRun> rounds, ToDoubleFunction<JmhRun> value) {
    return rounds.stream()
        .map(run -> String.format(Locale.ROOT, "%.2f", value.applyAsDouble(run)))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
