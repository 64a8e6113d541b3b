package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Joins the JSON of several JMH rounds of {@link ReadPatterns} to Markdown tables.
 *
 * <p>{@code ReadPatternsReport DIRECTORY ROUND.json...} writes {@code read-patterns.json} and
 * {@code read-patterns.md} there.
 */
public final class ReadPatternsReport {
  private static final Pattern RUN =
      Pattern.compile("\"benchmark\"\\s*:\\s*\"[\\w.]+\\.ReadPatterns\\.(\\w+)\"");
  private static final List<String> CLIENTS =
      List.of("expressway", "expresswayCached", "expresswayWhole", "aalAsync", "aalSync");

  private static final double LEAST_OF_COLUMNS = 1.3;

  /** Heads of answers count as sent. */
  private static final double MOST_OF_ITS_BYTES = 1.005;

  /** What was read, and how. */
  private record Row(String pattern, int sizeMiB, int pieceKiB) {
    boolean isMany() {
      return pattern.isEmpty();
    }

    /** In the order that the patterns are declared in; one without a pattern is alone. */
    ReadPattern order() {
      return isMany() ? ReadPattern.SEQUENTIAL : ReadPattern.valueOf(pattern);
    }

    String title() {
      return isMany()
          ? "200 objects of 16 MiB, as many at once as cores, column chunks by a vectored read"
          : sizeMiB + " MiB, read " + pieceKiB + " KiB at a time";
    }

    String name() {
      return isMany() ? "200 objects" : pattern.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    long askedBytes() {
      if (isMany()) {
        return ReadPatterns.manyBytes();
      }
      return ReadPattern.valueOf(pattern).of((long) sizeMiB << 20).stream()
          .mapToLong(ReadPattern.Stretch::length)
          .sum();
    }
  }

  /** What one client did in one round. */
  private record Sample(double millis, double cpuMillis, double gets, double heads, double sent) {
    static Sample median(List<Sample> rounds) {
      return rounds.stream()
          .sorted(Comparator.comparingDouble(Sample::millis))
          .toList()
          .get(rounds.size() / 2);
    }
  }

  private final Map<Row, Map<String, List<Sample>>> samples =
      new TreeMap<>(
          Comparator.comparing(Row::isMany)
              .thenComparing(Row::sizeMiB)
              .thenComparing(Row::pieceKiB)
              .thenComparing(Row::order));

  /** How many runs came before those counted. */
  private final Set<String> warmUps = new TreeSet<>();

  private ReadPatternsReport() {}

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    ReadPatternsReport report = new ReadPatternsReport();
    for (int i = 1; i < args.length; i++) {
      report.add(Files.readString(Path.of(args[i])));
    }
    Report.publish(
        Path.of(args[0]),
        isPaced() ? "read-patterns-paced" : "read-patterns",
        report.render(),
        report.json(),
        report.verdicts());
  }

  private static boolean isPaced() {
    return ReadPatterns.LATENCY.equals(FileRead.PACED_LATENCY);
  }

  private void add(String json) {
    Matcher found = RUN.matcher(json);
    List<Integer> starts = new ArrayList<>();
    while (found.find()) {
      starts.add(found.start());
    }
    for (int i = 0; i < starts.size(); i++) {
      addOne(
          json.substring(starts.get(i), i + 1 < starts.size() ? starts.get(i + 1) : json.length()));
    }
  }

  private void addOne(String json) {
    warmUps.add(new JmhRun("", json).text("warmupIterations"));
    String pattern = text(json, "pattern");
    Row row =
        pattern.isEmpty()
            ? new Row("", 0, 0)
            : new Row(
                pattern,
                Integer.parseInt(text(json, "sizeMiB")),
                Integer.parseInt(text(json, "pieceKiB")));
    Sample sample =
        new Sample(
            median(json, "primaryMetric"),
            median(json, "cpu.per.op") / 1_000,
            median(json, "gets"),
            median(json, "heads"),
            median(json, "sentKiB") * 1_024);
    samples
        .computeIfAbsent(row, r -> new TreeMap<>())
        .computeIfAbsent(text(json, "client"), c -> new ArrayList<>())
        .add(sample);
  }

  private static String text(String json, String field) {
    Matcher found = Pattern.compile("\"" + field + "\"\\s*:\\s*\"(\\w+)\"").matcher(json);
    return found.find() ? found.group(1) : "";
  }

  /** The median over the runs of a round. */
  private static double median(String json, String metric) {
    int at = json.indexOf(metric + "\"");
    Matcher found =
        Pattern.compile("\"50\\.0\"\\s*:\\s*([-0-9.E]+)").matcher(json.substring(Math.max(at, 0)));
    return at >= 0 && found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
  }

  private String render() {
    StringBuilder text = new StringBuilder("# Reading like a file\n\n");
    text.append(JmhRounds.environment((isPaced() ? "LATENCY=paced " : "") + "jmh/run patterns"));
    text.append("The service answers after 5 ms");
    if (isPaced()) {
      text.append(
          ", and a connection carries 80 MB/s: what would be one request is several there,");
      text.append(" of as much as comes in 25 ms each (docs/decisions/0030)");
    }
    text.append(". Each run begins with nothing in memory and warm");
    text.append(" connections, after runs that are not counted (");
    text.append(String.join(" or ", warmUps));
    text.append("); medians over the runs, the median round. AAL is the Analytics");
    text.append(
        " Accelerator 1.3.1, every setting at its default, on the SDK's async client (Netty)");
    text.append(
        " and its sync client (Apache 5). × is the quicker of the two divided by the row's");
    text.append(" own time: above 1 is quicker than it. CPU is the client process, all threads.");
    text.append(
        " expresswayWhole fetches objects of up to 8 MiB in one request, as the Accelerator does");
    text.append(
        " (ReaderOptions.wholeAtOnce); the others of ours have every setting at its default.");
    text.append(" Sent ÷ asked is what the server sent, heads and all, for each byte wanted.");
    text.append(
        " The patterns are those of the Accelerator's own suite, but that skipping backward");
    text.append(" really goes backward. Loopback on a shared machine: read ratios.\n");
    String title = "";
    for (Map.Entry<Row, Map<String, List<Sample>>> entry : samples.entrySet()) {
      Row row = entry.getKey();
      if (!row.title().equals(title)) {
        title = row.title();
        text.append("\n## ").append(title).append("\n\n");
        text.append("| pattern | client | ms | × | CPU ms | GETs | HEADs | sent ÷ asked |\n");
        text.append("|---|---|---|---|---|---|---|---|\n");
      }
      Map<String, List<Sample>> rounds = entry.getValue();
      for (String client : CLIENTS) {
        if (rounds.containsKey(client)) {
          line(text, row, client, rounds);
        }
      }
    }
    return text.toString();
  }

  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    samples.forEach(
        (row, rounds) -> {
          if (rounds.containsKey("expressway") && best(rounds) != null) {
            verdicts.addAll(verdicts(row, rounds));
          }
        });
    return verdicts;
  }

  private static @Nullable Sample best(Map<String, List<Sample>> rounds) {
    return rounds.entrySet().stream()
        .filter(each -> each.getKey().startsWith("aal"))
        .map(each -> Sample.median(each.getValue()))
        .min(Comparator.comparingDouble(Sample::millis))
        .orElse(null);
  }

  /** Against the quicker of the Accelerator's two. */
  private static List<Verdict> verdicts(Row row, Map<String, List<Sample>> rounds) {
    Sample best = Objects.requireNonNull(best(rounds));
    String about = row.isMany() ? row.title() : row.name() + " of " + row.title();
    List<Verdict> verdicts = new ArrayList<>();
    for (String client : List.of("expressway", "expresswayCached")) {
      if (rounds.containsKey(client)) {
        boolean isCached = client.endsWith("Cached");
        Sample ours = Sample.median(rounds.get(client));
        verdicts.addAll(verdicts(row, isCached ? about + ", over a cache" : about, ours, best));
      }
    }
    if (isPaced()) {
      return verdicts; // requests buy time there
    }
    List<Sample> whole =
        rounds.getOrDefault("expresswayWhole", rounds.getOrDefault("expressway", List.of()));
    Sample few = Sample.median(whole);
    double most = best.gets() + best.heads();
    verdicts.add(
        Verdict.of(
                rounds.containsKey("expresswayWhole") ? about + ", whole at once" : about,
                "requests, no more than it sends",
                format("≤ %.0f", most),
                format("%.0f", few.gets() + few.heads()),
                few.gets() + few.heads() <= most)
            .beside(format("%.0f GETs, %.0f HEADs", best.gets(), best.heads())));
    return verdicts;
  }

  private static List<Verdict> verdicts(Row row, String about, Sample ours, Sample best) {
    double least = row.isMany() || row.name().contains("chunks") ? LEAST_OF_COLUMNS : 1;
    double quicker = best.millis() / ours.millis();
    return List.of(
        Verdict.ofTime(
                about,
                "as quick as the Analytics Accelerator",
                format("≥ %.1f ×", least),
                format("%.2f ×", quicker),
                quicker >= least)
            .beside(format("%.0f ms", best.millis())),
        Verdict.of(
            about,
            "bytes, no more than it fetches",
            format("≤ %.2f × asked", best.sent() / row.askedBytes()),
            format("%.2f ×", ours.sent() / row.askedBytes()),
            ours.sent() <= MOST_OF_ITS_BYTES * best.sent()));
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }

  private static void line(
      StringBuilder text, Row row, String client, Map<String, List<Sample>> rounds) {
    Sample sample = Sample.median(rounds.getOrDefault(client, List.of()));
    Sample best = best(rounds);
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %s | %.1f | %.2f | %.1f | %.0f | %.0f | %.3f |%n",
            row.name(),
            client,
            sample.millis(),
            best == null ? Double.NaN : best.millis() / sample.millis(),
            sample.cpuMillis(),
            sample.gets(),
            sample.heads(),
            sample.sent() / row.askedBytes()));
  }

  private String json() {
    return samples.entrySet().stream()
        .flatMap(
            row ->
                row.getValue().entrySet().stream()
                    .map(client -> json(row.getKey(), client.getKey(), client.getValue())))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private static String json(Row row, String client, List<Sample> rounds) {
    return String.format(
        Locale.ROOT,
        "{\"pattern\":\"%s\",\"sizeMiB\":%d,\"pieceKiB\":%d,\"client\":\"%s\",\"askedBytes\":%d,"
            + "\"millis\":%s,\"cpuMillis\":%s,\"gets\":%s,\"heads\":%s,\"sentBytes\":%s}",
        row.name(),
        row.sizeMiB(),
        row.pieceKiB(),
        client,
        row.askedBytes(),
        array(rounds, Sample::millis),
        array(rounds, Sample::cpuMillis),
        array(rounds, Sample::gets),
        array(rounds, Sample::heads),
        array(rounds, Sample::sent));
  }

  private static String array(List<Sample> rounds, ToDoubleFunction<Sample> value) {
    return rounds.stream()
        .map(sample -> String.format(Locale.ROOT, "%.1f", value.applyAsDouble(sample)))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
