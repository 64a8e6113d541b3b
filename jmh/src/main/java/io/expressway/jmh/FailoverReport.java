package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What losing zones did to reads: verdicts, tables and a drawing. Used by one thread. */
final class FailoverReport {
  private static final double BACK_BAR_SECONDS = 30;
  private static final double EXTRA_BAR = 0.05;

  /** Twice the median is more than the model of the service has at p99: the rest is the machine. */
  private static final double NOISY_RATIO = 2;

  private static final double NOISY_LAG_MILLIS = 2;

  /** Reads of one client through one trouble. */
  private record Row(
      String about,
      String client,
      Episode.Figures near,
      Episode.Figures all,
      double firstSuccess) {}

  private final boolean isQuick;
  private final List<Verdict> verdicts = new ArrayList<>();
  private final List<String> zoneRows = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();
  private final TimelineChart chart = new TimelineChart();
  private double healthyP99;
  private boolean isNoisyAnyway;
  private String healthy = "";

  FailoverReport(boolean isQuick) {
    this.isQuick = isQuick;
  }

  void healthy(OpenLoop loop, long serverReads, double hedgeMillis) {
    Episode.Figures figures = Episode.figures(loop, loop.startedAt(), Long.MAX_VALUE / 2);
    healthyP99 = figures.millis(99);
    isNoisyAnyway = healthyP99 > NOISY_RATIO * figures.millis(50);
    rows.add(new Row("all healthy", "Expressway", figures, figures, -1));
    healthy =
        format(
            "Healthy: p50 %.1f ms, p99 %.1f ms; a read is hedged after %.1f ms.",
            figures.millis(50), healthyP99, hedgeMillis);
    double extra = (double) (serverReads - loop.count()) / loop.count();
    add(failedReads("all healthy", List.of(figures)));
    boolean holds = extra <= EXTRA_BAR;
    add(
        Verdict.ofTime(
            "all healthy",
            "requests beyond one a read",
            format("≤ %.0f %%", 100 * EXTRA_BAR),
            format("%.1f %%", 100 * extra),
            holds
                ? Verdict.Outcome.PASS
                : isNoisy(loop) ? Verdict.Outcome.UNDECIDED : Verdict.Outcome.FAIL));
  }

  private boolean isNoisy(OpenLoop loop) {
    return isQuick || isNoisyAnyway || Episode.lagMillis(loop) > NOISY_LAG_MILLIS;
  }

  private static Verdict failedReads(String about, List<Episode.Figures> figures) {
    long lost = figures.stream().mapToLong(each -> each.failed() + each.unanswered()).sum();
    long reads = figures.stream().mapToLong(Episode.Figures::reads).sum();
    return Verdict.of(about, "failed reads", "0", lost + " of " + reads, lost == 0);
  }

  private void add(Verdict verdict) {
    verdicts.add(verdict);
    System.out.println(
        format(
            "%-9s  %-42s %-32s %10s  %s",
            verdict.outcome(),
            verdict.about(),
            verdict.claim(),
            verdict.bar(),
            verdict.measured()));
  }

  /**
   * One time that a trouble came.
   *
   * @param hedgeMillis how long a read was left before it was hedged, when it came
   * @param inTurnMillis how long one was left in all zones that were lost, one after the other
   * @param downs how often a zone was believed to be down meanwhile
   */
  record Round(
      Episode episode, OpenLoop loop, double hedgeMillis, double inTurnMillis, long downs) {
    double backSeconds() {
      return episode.isBack() ? episode.backMillis() / 1e3 : -1;
    }
  }

  /** All times that one trouble came. */
  void ours(List<Round> rounds) {
    Round first = rounds.get(0);
    String about = first.episode().title();
    for (Round round : rounds) {
      Episode episode = round.episode();
      OpenLoop loop = round.loop();
      Episode.Figures after = episode.nearEnd(loop);
      rows.add(
          new Row(
              about,
              "Expressway",
              episode.nearBegin(loop),
              episode.all(loop),
              episode.firstSuccessMillis(loop)));
      zoneRows.add(
          format(
              "| %s | %d | %s | %.1f | %.1f | %.2f |",
              about,
              round.downs(),
              episode.isBack() ? format("%.1f", round.backSeconds()) : "never",
              after.millis(99),
              after.maxMillis(),
              Episode.lagMillis(loop)));
    }
    chart.add(first.episode(), List.of("Expressway"), List.of(first.loop()));
    add(failedReads(about, rounds.stream().map(each -> each.episode().all(each.loop())).toList()));
    for (Round round : rounds) {
      if (!round.loop().example().isEmpty()) {
        System.out.println("  such as " + round.loop().example());
      }
    }
    boolean isNoisy = rounds.stream().anyMatch(round -> isNoisy(round.loop()));
    if (first.episode().trouble == Trouble.PAUSED) {
      add(notLeft(about, rounds.stream().mapToLong(Round::downs).sum(), isNoisy));
      return;
    }
    double[] back = rounds.stream().mapToDouble(Round::backSeconds).toArray();
    boolean isBack = Arrays.stream(back).allMatch(each -> each >= 0 && each <= BACK_BAR_SECONDS);
    add(
        Verdict.ofTime(
            about,
            "reads are back on the primary",
            format("≤ %.0f s", BACK_BAR_SECONDS),
            Verdict.spread(back, "s"),
            isBack));
    double hedge = rounds.stream().mapToDouble(Round::hedgeMillis).min().orElseThrow();
    double bar = 2 * hedge + healthyP99;
    add(
        Verdict.ofTimes(
            about,
            "p99 around its beginning",
            bar,
            times(rounds, round -> round.episode().nearBegin(round.loop()).millis(99)),
            isNoisy));
    add(
        Verdict.ofTimes(
            about,
            "p99 around its end",
            bar,
            times(rounds, round -> round.episode().nearEnd(round.loop()).millis(99)),
            isNoisy));
    if (first.episode().trouble == Trouble.SILENT || first.episode().trouble == Trouble.STOPPED) {
      add(
          Verdict.ofTimes(
              about,
              "first success",
              rounds.stream().mapToDouble(Round::inTurnMillis).min().orElseThrow() + healthyP99,
              times(rounds, round -> round.episode().firstSuccessMillis(round.loop())),
              isNoisy));
    }
  }

  private static double[] times(List<Round> rounds, ToDoubleFunction<Round> millis) {
    return rounds.stream().mapToDouble(millis).toArray();
  }

  private static Verdict notLeft(String about, long downs, boolean isNoisy) {
    return Verdict.ofTime(
        about,
        "zones believed to be down",
        "0",
        String.valueOf(downs),
        downs == 0
            ? Verdict.Outcome.PASS
            : isNoisy ? Verdict.Outcome.UNDECIDED : Verdict.Outcome.FAIL);
  }

  void peers(Episode episode, OpenLoop alone, OpenLoop byHand) {
    List<String> names = List.of("SDK, primary only", "SDK, three clients by hand");
    List<OpenLoop> loops = List.of(alone, byHand);
    for (int i = 0; i < names.size(); i++) {
      Row row =
          new Row(
              episode.title(),
              names.get(i),
              episode.nearBegin(loops.get(i)),
              episode.all(loops.get(i)),
              episode.firstSuccessMillis(loops.get(i)));
      rows.add(row);
      System.out.println(line(row));
    }
    chart.add(episode, names, loops);
  }

  boolean holds() {
    return verdicts.stream().noneMatch(each -> each.outcome() == Verdict.Outcome.FAIL);
  }

  void write(Path directory) throws IOException {
    Files.writeString(directory.resolve("failover.md"), markdown());
    Files.writeString(directory.resolve("failover.json"), json());
    Files.writeString(directory.resolve("failover.svg"), chart.svg());
    Verdict.save(directory, "failover", verdicts);
    System.out.println(
        (holds() ? "holds" : "DOES NOT HOLD") + "; see " + directory.resolve("failover.md"));
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# Losing zones\n\n");
    text.append("`java -jar jmh/target/claims.jar failover").append(isQuick ? " --quick" : "");
    text.append(
        format(
            "` on %s %s, %d cores, JDK %s. Three zones in three processes, each with the model of"
                + " the service without its stragglers (median 4.5 ms, p95 6 ms, 80 MB/s a"
                + " connection); %d reads of 64 KiB of an object of 1 MiB a second in another"
                + " process, at fixed moments; half of them into the caller's own memory. A read's"
                + " time counts from the moment it was meant to start. %s The SDK's clients read"
                + " %d times a second each.%n%n",
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version"),
            Failover.RATE,
            healthy,
            Failover.PEER_RATE));
    text.append("![the slowest read of each tenth of a second](failover.svg)\n\n");
    text.append(Verdict.table("what happens", verdicts));
    text.append(
        format(
            "%n## Reads%n%nMilliseconds, of reads meant to start within %d s from the beginning;"
                + " the failed ones and those without an answer at the end are of all.%n%n",
            isQuick ? 3 : 10));
    text.append("| what happens | client | reads | failed | no answer | p50 | p99 | max ");
    text.append("| first success |\n|---|---|---|---|---|---|---|---|---|\n");
    rows.forEach(row -> text.append(line(row)).append('\n'));
    text.append("\n## Going back\n\nHow often a zone was believed to be down, seconds until the");
    text.append(" primary answered nine reads of ten again, the reads around the end of the");
    text.append(" trouble in milliseconds, and how late the reading thread itself was at p99.\n\n");
    text.append("| what happened | zones down | back after, s | p99 | max | own lag |\n");
    text.append("|---|---|---|---|---|---|\n");
    zoneRows.forEach(row -> text.append(row).append('\n'));
    return text.toString();
  }

  private static String line(Row row) {
    return format(
        "| %s | %s | %d | %d | %d | %.1f | %.1f | %.1f | %s |",
        row.about(),
        row.client(),
        row.near().reads(),
        row.all().failed(),
        row.all().unanswered(),
        row.near().millis(50),
        row.near().millis(99),
        row.near().maxMillis(),
        row.firstSuccess() < 0 ? "" : format("%.1f", row.firstSuccess()));
  }

  private String json() {
    return format(
        "{\"quick\":%b,\"holds\":%b,\"healthyP99Millis\":%.2f,%n\"verdicts\":[%n%s],%n\"reads\":[%n%s]}%n",
        isQuick,
        holds(),
        healthyP99,
        verdicts.stream().map(Verdict::json).collect(Collectors.joining(",\n")),
        rows.stream().map(FailoverReport::json).collect(Collectors.joining(",\n")));
  }

  private static String json(Row row) {
    return format(
        "{\"about\":\"%s\",\"client\":\"%s\",\"reads\":%d,\"failed\":%d,\"unanswered\":%d,"
            + "\"p50Millis\":%.2f,\"p99Millis\":%.2f,\"maxMillis\":%.2f,\"firstSuccessMillis\":%.2f}",
        row.about(),
        row.client(),
        row.near().reads(),
        row.all().failed(),
        row.all().unanswered(),
        row.near().millis(50),
        row.near().millis(99),
        row.near().maxMillis(),
        row.firstSuccess());
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
