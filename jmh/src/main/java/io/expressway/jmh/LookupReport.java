package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@link SessionLookup} on one and on two threads as one Markdown table.
 *
 * <p>{@code LookupReport DIRECTORY ONE_THREAD.json TWO_THREADS.json} prints it and writes {@code
 * sessions-lookup.md} and {@code sessions-lookup.json} there; exits with 1 when our lookup
 * allocates, takes more than 10 ns longer than a volatile read, or two threads do less than 1.9
 * times the work of one.
 */
public final class LookupReport {
  private static final Pattern RUN =
      Pattern.compile(
          "\"benchmark\"\\s*:\\s*\"[\\w.]+\\.SessionLookup\\.(\\w+)\".*?"
              + "\"primaryMetric\".*?\"score\"\\s*:\\s*([-0-9.E]+).*?"
              + "gc\\.alloc\\.rate\\.norm\"\\s*:\\s*\\{\\s*\"score\"\\s*:\\s*([-0-9.E]+)",
          Pattern.DOTALL);
  private static final List<String> ROWS = List.of("volatileRead", "expressway", "sdk");
  private static final double MOST_OVER_A_FIELD_NANOS = 10;
  private static final double LEAST_SPEED_UP = 1.9;

  /** JMH counts what the run itself allocates, by its duration: a thousandth of a byte. */
  private static final double NOTHING_BYTES = 0.01;

  private record Score(double nanos, double bytes) {}

  private LookupReport() {}

  /** Reads both and writes the table. */
  public static void main(String[] args) throws IOException {
    Map<String, Score> one = scores(Path.of(args[1]));
    Map<String, Score> two = scores(Path.of(args[2]));
    StringBuilder text = new StringBuilder("# Finding the session of a request\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "`jmh/sessions lookup` on %s %s, %d cores, JDK %s. Times of one lookup on one thread;"
                + " the speed-up is the work of two threads over that of one.%n%n",
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version")));
    text.append("| lookup | ns, 1 thread | ns, 2 threads | speed-up | B, 1 thread ");
    text.append("| B, 2 threads |\n|---|---|---|---|---|---|\n");
    for (String row : ROWS) {
      Score single = score(one, row);
      Score both = score(two, row);
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %.2f | %.2f | %.3f | %.3f |%n",
              row,
              single.nanos(),
              both.nanos(),
              speedUp(single, both),
              single.bytes(),
              both.bytes()));
    }
    Path directory = Path.of(args[0]);
    Files.writeString(directory.resolve("sessions-lookup.md"), text);
    Files.writeString(directory.resolve("sessions-lookup.json"), json(one, two));
    List<Verdict> verdicts = verdicts(one, two);
    Verdict.save(directory, "sessions-lookup", verdicts);
    System.out.print(text);
    System.exit(Verdict.noneFails(verdicts) ? 0 : 1);
  }

  private static String json(Map<String, Score> one, Map<String, Score> two) {
    return ROWS.stream()
        .flatMap(row -> Stream.of(json(row, 1, score(one, row)), json(row, 2, score(two, row))))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private static String json(String row, int threads, Score score) {
    return String.format(
        Locale.ROOT,
        "{\"lookup\":\"%s\",\"threads\":%d,\"nanos\":%.3f,\"heapBytes\":%.3f}",
        row,
        threads,
        score.nanos(),
        score.bytes());
  }

  private static double speedUp(Score single, Score both) {
    return 2 * single.nanos() / both.nanos();
  }

  private static List<Verdict> verdicts(Map<String, Score> one, Map<String, Score> two) {
    Score single = score(one, "expressway");
    Score both = score(two, "expressway");
    double bytes = Math.max(single.bytes(), both.bytes());
    double over = single.nanos() - score(one, "volatileRead").nanos();
    Score sdk = score(one, "sdk");
    return List.of(
        Verdict.of(
                "the session of a request",
                "heap",
                "0 B",
                String.format(Locale.ROOT, "%.3f B", bytes),
                bytes < NOTHING_BYTES)
            .beside(String.format(Locale.ROOT, "SDK %.0f B", sdk.bytes())),
        Verdict.ofTime(
                "the session of a request",
                "time over a volatile read's",
                "≤ 10 ns",
                String.format(Locale.ROOT, "%.1f ns", over),
                over <= MOST_OVER_A_FIELD_NANOS)
            .beside(String.format(Locale.ROOT, "SDK %.0f ns", sdk.nanos())),
        Verdict.ofTime(
            "the session of a request",
            "work of two threads beside one's",
            "≥ 1.9 ×",
            String.format(Locale.ROOT, "%.2f ×", speedUp(single, both)),
            speedUp(single, both) >= LEAST_SPEED_UP));
  }

  private static Score score(Map<String, Score> scores, String row) {
    Score score = scores.get(row);
    if (score == null) {
      throw new IllegalArgumentException("no " + row + " among " + scores.keySet());
    }
    return score;
  }

  private static Map<String, Score> scores(Path json) throws IOException {
    Map<String, Score> scores = new TreeMap<>();
    Matcher run = RUN.matcher(Files.readString(json));
    while (run.find()) {
      double nanos = Double.parseDouble(run.group(2));
      scores.put(run.group(1), new Score(nanos, Double.parseDouble(run.group(3))));
    }
    return scores;
  }
}
