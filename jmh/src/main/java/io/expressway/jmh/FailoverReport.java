package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What losing zones did to reads: verdicts, tables and a drawing. Used by one thread. */
final class FailoverReport {
  private static final double BACK_BAR_MILLIS = 30_000;
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
    add(failedReads("all healthy", figures));
    boolean holds = extra <= EXTRA_BAR;
    add(
        new Verdict(
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

  private static Verdict failedReads(String about, Episode.Figures figures) {
    long lost = figures.failed() + figures.unanswered();
    return Verdict.of(about, "failed reads", "0", lost + " of " + figures.reads(), lost == 0);
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

  void ours(Episode episode, OpenLoop loop, List<Served> served, double hedgeMillis, long downs) {
    String about = episode.title();
    Episode.Figures all = episode.all(loop);
    Episode.Figures near = episode.nearBegin(loop);
    Episode.Figures after = episode.nearEnd(loop);
    double first = episode.firstSuccessMillis(loop);
    boolean isNoisy = isNoisy(loop);
    double bar = 2 * hedgeMillis + healthyP99;
    rows.add(new Row(about, "Expressway", near, all, first));
    chart.add(episode, List.of("Expressway"), List.of(loop));
    zoneRows.add(
        format(
            "| %s | %d | %s | %.1f | %.1f | %.2f |",
            about,
            downs,
            episode.isBack() ? format("%.1f", episode.backMillis() / 1e3) : "never",
            after.millis(99),
            after.maxMillis(),
            Episode.lagMillis(loop)));
    add(failedReads(about, all));
    if (episode.trouble == Trouble.PAUSED) {
      add(notLeft(about, downs, isNoisy));
      return;
    }
    add(
        Verdict.of(
            about,
            "reads are back on the primary",
            "≤ 30 s",
            episode.isBack() ? format("%.1f s", episode.backMillis() / 1e3) : "never",
            episode.isBack() && episode.backMillis() <= BACK_BAR_MILLIS));
    add(Verdict.ofTime(about, "p99 around its beginning", bar, near.millis(99), isNoisy));
    add(Verdict.ofTime(about, "p99 around its end", bar, after.millis(99), isNoisy));
    if (episode.trouble == Trouble.SILENT || episode.trouble == Trouble.STOPPED) {
      add(
          Verdict.ofTime(
              about, "first success", episode.zones * hedgeMillis + healthyP99, first, isNoisy));
    }
  }

  private static Verdict notLeft(String about, long downs, boolean isNoisy) {
    return new Verdict(
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
            FailoverClaim.RATE,
            healthy,
            FailoverClaim.PEER_RATE));
    text.append("![the slowest read of each tenth of a second](failover.svg)\n\n");
    text.append("| what happens | claim | bar | measured | |\n|---|---|---|---|---|\n");
    for (Verdict verdict : verdicts) {
      text.append(
          format(
              "| %s | %s | %s | %s | %s |%n",
              verdict.about(),
              verdict.claim(),
              verdict.bar(),
              verdict.measured(),
              verdict.outcome().name().toLowerCase(Locale.ROOT)));
    }
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
        verdicts.stream().map(FailoverReport::json).collect(Collectors.joining(",\n")),
        rows.stream().map(FailoverReport::json).collect(Collectors.joining(",\n")));
  }

  private static String json(Verdict verdict) {
    return format(
        "{\"about\":\"%s\",\"claim\":\"%s\",\"bar\":\"%s\",\"measured\":\"%s\",\"outcome\":\"%s\"}",
        verdict.about(), verdict.claim(), verdict.bar(), verdict.measured(), verdict.outcome());
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
