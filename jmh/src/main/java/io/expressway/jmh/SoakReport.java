package io.expressway.jmh;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What a soak found, as Markdown and as JSON. Used by one thread, after the last read. */
final class SoakReport {
  private static final double[] PERCENTILES = {50, 99, 99.9, 99.99};

  private final Setting setting;
  private final Counts counts;
  private final String example;
  private final JitterHistogram jitter;
  private final Histogram near = new Histogram(3);
  private final Histogram away = new Histogram(3);

  /** The slowest read in 10,000 near a refresh, to that away from it. */
  private static final double LARGEST_RATIO = 1.2;

  /** A shorter run has too few of the slowest reads to compare them. */
  private static final long ENOUGH_SECONDS = 600;

  /**
   * What was asked for.
   *
   * @param perSecond reads per second
   * @param sessionSeconds how long sessions live
   * @param seconds how long it went on
   */
  record Setting(int perSecond, int sessionSeconds, long seconds) {}

  /**
   * What was counted.
   *
   * @param reads reads begun, and ended
   * @param failedReads those that failed
   * @param waitedReads those that found no session at hand
   * @param createSessions requests for a session that the server read
   * @param refreshed sessions replaced while they were good
   * @param failedRefreshes refreshes that failed, the wire's own retries included in one
   * @param longestRefreshMillis the longest that one took
   */
  record Counts(
      long reads,
      long failedReads,
      long waitedReads,
      long createSessions,
      long refreshed,
      long failedRefreshes,
      long longestRefreshMillis) {}

  SoakReport(
      Setting setting,
      Counts counts,
      OpenLoop loop,
      RefreshTimes refreshes,
      JitterHistogram jitter) {
    this.setting = setting;
    this.counts = counts;
    this.example = loop.example();
    this.jitter = jitter;
    for (int i = 0; i < loop.count(); i++) {
      Histogram side = refreshes.isNear(loop.intended(i)) ? near : away;
      side.recordValue(Math.max(0, loop.latency(i)));
    }
  }

  List<Verdict> verdicts() {
    String about =
        String.format(
            Locale.ROOT,
            "sessions of %d s for %d s, two in five CreateSessions failing or slow",
            setting.sessionSeconds(),
            setting.seconds());
    return List.of(
        Verdict.of(
            about,
            "reads that failed or waited for a session",
            "0",
            counts.failedReads() + counts.waitedReads() + " of " + counts.reads(),
            hasNobodyWaited()));
  }

  private boolean hasNobodyWaited() {
    return counts.failedReads() == 0 && counts.waitedReads() == 0 && counts.refreshed() > 0;
  }

  boolean passed() {
    return hasNobodyWaited()
        && (setting.seconds() < ENOUGH_SECONDS || ratio(99.99) <= LARGEST_RATIO);
  }

  private static double micros(Histogram of, double percentile) {
    return of.getValueAtPercentile(percentile) / 1e3;
  }

  private double ratio(double percentile) {
    return micros(near, percentile) / micros(away, percentile);
  }

  String markdown() {
    StringBuilder text = new StringBuilder("# Sessions under a steady load\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "%d reads of 4 KiB a second for %d s, sessions of %d s, a fifth of the CreateSessions"
                + " failing with 500 and a fifth slow; %s %s, %d cores for the client, JDK %s;"
                + " server in a process of its own. Latency in µs from the moment a read was meant"
                + " to start. Near: a CreateSession was under way within one second of it.%n%n",
            setting.perSecond(),
            setting.seconds(),
            setting.sessionSeconds(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version")));
    appendCounts(text);
    appendLatencies(text);
    text.append("## First refresh of ").append(jitter.millis().size());
    text.append(" sessions made together\n\nSeconds after each was made, from a server that");
    text.append(" answers at once.\n\n```text\n").append(jitter.render()).append("```\n");
    return text.toString();
  }

  private void appendCounts(StringBuilder text) {
    text.append("| reads | failed | waited for a session | CreateSessions | refreshed ");
    text.append("| failed refreshes | longest refresh, ms |\n|---|---|---|---|---|---|---|\n");
    text.append(
        String.format(
            Locale.ROOT,
            "| %d | %d | %d | %d | %d | %d | %d |%n%n",
            counts.reads(),
            counts.failedReads(),
            counts.waitedReads(),
            counts.createSessions(),
            counts.refreshed(),
            counts.failedRefreshes(),
            counts.longestRefreshMillis()));
    if (!example.isEmpty()) {
      text.append("One of the failures: ").append(example).append("\n\n");
    }
  }

  private void appendLatencies(StringBuilder text) {
    text.append("| | reads | p50 | p99 | p99.9 | p99.99 | max |\n|---|---|---|---|---|---|---|\n");
    appendRow(text, "near a refresh", near);
    appendRow(text, "away from it", away);
    text.append("| ratio | ");
    for (double percentile : PERCENTILES) {
      text.append(String.format(Locale.ROOT, "| %.2f ", ratio(percentile)));
    }
    text.append("| |\n\n");
  }

  private static void appendRow(StringBuilder text, String title, Histogram of) {
    text.append("| ").append(title).append(" | ").append(of.getTotalCount()).append(' ');
    for (double percentile : PERCENTILES) {
      text.append(String.format(Locale.ROOT, "| %.0f ", micros(of, percentile)));
    }
    text.append(String.format(Locale.ROOT, "| %.0f |%n", of.getMaxValue() / 1e3));
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"passed\":%b,\"seconds\":%d,\"readsPerSecond\":%d,\"sessionSeconds\":%d,%n"
            + "\"reads\":%d,\"failedReads\":%d,\"waitedReads\":%d,%n"
            + "\"createSessions\":%d,\"refreshed\":%d,\"failedRefreshes\":%d,"
            + "\"longestRefreshMillis\":%d,%n\"nearMicros\":%s,%n\"awayMicros\":%s,%n"
            + "\"firstRefreshMillis\":%s}%n",
        passed(),
        setting.seconds(),
        setting.perSecond(),
        setting.sessionSeconds(),
        counts.reads(),
        counts.failedReads(),
        counts.waitedReads(),
        counts.createSessions(),
        counts.refreshed(),
        counts.failedRefreshes(),
        counts.longestRefreshMillis(),
        latencies(near),
        latencies(away),
        list(jitter.millis()));
  }

  private static String latencies(Histogram of) {
    StringBuilder text = new StringBuilder("{\"reads\":").append(of.getTotalCount());
    for (double percentile : PERCENTILES) {
      text.append(String.format(Locale.ROOT, ",\"p%s\":%.1f", percentile, micros(of, percentile)));
    }
    return text.append(String.format(Locale.ROOT, ",\"max\":%.1f}", of.getMaxValue() / 1e3))
        .toString();
  }

  private static String list(List<Long> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }
}
