package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@link MultiAzOverhead} as one Markdown table, the median of its rounds.
 *
 * <p>{@code OverheadReport DIRECTORY ROUND.json...} prints it and writes {@code
 * multi-az-overhead.md} and {@code multi-az-overhead.json} there; exits with 1 when the set costs
 * more than 3 µs or 500 B over the primary alone, from memory.
 */
public final class OverheadReport {
  private static final Pattern RUN =
      Pattern.compile(
          "\"benchmark\"\\s*:\\s*\"[\\w.]+\\.MultiAzOverhead\\.(\\w+)\".*?"
              + "\"primaryMetric\".*?\"score\"\\s*:\\s*([-0-9.E]+).*?"
              + "gc\\.alloc\\.rate\\.norm\"\\s*:\\s*\\{\\s*\"score\"\\s*:\\s*([-0-9.E]+)",
          Pattern.DOTALL);
  private static final double MOST_NANOS = 3_000;
  private static final double MOST_BYTES = 500;

  private record Score(double nanos, double bytes) {}

  private final Map<String, List<Score>> scores = new TreeMap<>();

  private OverheadReport() {}

  /** Reads the rounds and writes the table. */
  public static void main(String[] args) throws IOException {
    OverheadReport report = new OverheadReport();
    for (int i = 1; i < args.length; i++) {
      Matcher run = RUN.matcher(Files.readString(Path.of(args[i])));
      while (run.find()) {
        report
            .scores
            .computeIfAbsent(run.group(1), name -> new ArrayList<>())
            .add(new Score(Double.parseDouble(run.group(2)), Double.parseDouble(run.group(3))));
      }
    }
    Path directory = Path.of(args[0]);
    Files.writeString(directory.resolve("multi-az-overhead.md"), report.markdown(args.length - 1));
    Files.writeString(directory.resolve("multi-az-overhead.json"), report.json());
    Verdict.save(directory, "multi-az-overhead", report.verdicts());
    System.out.print(report.markdown(args.length - 1));
    System.exit(report.holds() ? 0 : 1);
  }

  private Score median(String name) {
    List<Score> rounds = scores.getOrDefault(name, List.of());
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("no " + name + " among " + scores.keySet());
    }
    double[] nanos = rounds.stream().mapToDouble(Score::nanos).sorted().toArray();
    double[] bytes = rounds.stream().mapToDouble(Score::bytes).sorted().toArray();
    return new Score(nanos[nanos.length / 2], bytes[bytes.length / 2]);
  }

  private Score over(String from) {
    Score set = median(from + "Set");
    Score alone = median(from + "Alone");
    return new Score(set.nanos() - alone.nanos(), set.bytes() - alone.bytes());
  }

  private List<Verdict> verdicts() {
    String about = "a read through several zones, all well";
    Score over = over("memory");
    return List.of(
        Verdict.ofTime(
            about,
            "time over the primary alone",
            "≤ 3 µs",
            format("%.2f µs", over.nanos() / 1e3),
            over.nanos() <= MOST_NANOS),
        Verdict.of(
            about,
            "heap over the primary alone",
            "≤ 500 B",
            format("%.0f B", over.bytes()),
            over.bytes() <= MOST_BYTES));
  }

  private boolean holds() {
    return Verdict.noneFails(verdicts());
  }

  private String markdown(int rounds) {
    StringBuilder text = new StringBuilder("# What several zones cost while all are well\n\n");
    text.append(JmhRounds.environment("jmh/run overhead"));
    text.append(
        format(
            "4 KiB, one reader, median of %d rounds in turns. From memory: a bucket that answers"
                + " at once, so that no socket hides the difference. From a server: one in the same"
                + " process, whose own work is in the figures of both. The bar is 3 µs and 500 B"
                + " over the primary alone, from memory: %s.%n%n",
            rounds, holds() ? "kept" : "missed"));
    text.append("| from | primary alone, µs | the set, µs | more, µs | more, B |\n");
    text.append("|---|---|---|---|---|\n");
    for (String from : List.of("memory", "server")) {
      text.append(
          format(
              "| %s | %.2f | %.2f | %.2f | %.0f |%n",
              from,
              median(from + "Alone").nanos() / 1e3,
              median(from + "Set").nanos() / 1e3,
              over(from).nanos() / 1e3,
              over(from).bytes()));
    }
    return text.toString();
  }

  private String json() {
    return scores.entrySet().stream()
        .map(
            entry ->
                format(
                    "{\"read\":\"%s\",\"nanos\":%s,\"heapBytes\":%s}",
                    entry.getKey(),
                    list(entry.getValue().stream().mapToDouble(Score::nanos).toArray()),
                    list(entry.getValue().stream().mapToDouble(Score::bytes).toArray())))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private static String list(double... values) {
    return Arrays.stream(values)
        .mapToObj(value -> format("%.1f", value))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
