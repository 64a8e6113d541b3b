package io.expressway.jmh;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Whether one claim holds.
 *
 * @param about what was done
 * @param claim what is claimed of it
 * @param bar what it was held against
 * @param measured what was seen
 * @param outcome whether it holds
 */
record Verdict(String about, String claim, String bar, String measured, Outcome outcome) {
  /** What came of it. */
  enum Outcome {
    PASS,
    FAIL,
    /** Missed, on a machine that was too busy with other things to say so. */
    UNDECIDED
  }

  /** A claim that holds on any machine or is false. */
  static Verdict of(String about, String claim, String bar, String measured, boolean holds) {
    return new Verdict(about, claim, bar, measured, holds ? Outcome.PASS : Outcome.FAIL);
  }

  /**
   * A claim about time, measured several times, in milliseconds; negative where it never came to
   * that. It holds when all hold; when only some do, or all miss it on a noisy machine, it is
   * undecided.
   */
  static Verdict ofTimes(
      String about, String claim, double bar, double[] measured, boolean isNoisy) {
    long held = Arrays.stream(measured).filter(each -> each >= 0 && each <= bar).count();
    boolean isUndecided = isNoisy || 2 * held > measured.length;
    return new Verdict(
        about,
        claim,
        String.format(Locale.ROOT, "≤ %.1f ms", bar),
        spread(measured, "ms"),
        held == measured.length ? Outcome.PASS : isUndecided ? Outcome.UNDECIDED : Outcome.FAIL);
  }

  /** The median, and from where to where they are. */
  static String spread(double[] measured, String unit) {
    double[] sorted = measured.clone();
    Arrays.sort(sorted);
    if (sorted[0] < 0) {
      return "never, once at least";
    }
    double median = sorted[sorted.length / 2];
    return sorted.length == 1
        ? String.format(Locale.ROOT, "%.1f %s", median, unit)
        : String.format(
            Locale.ROOT,
            "%.1f %s (%.1f to %.1f)",
            median,
            unit,
            sorted[0],
            sorted[sorted.length - 1]);
  }

  /** All of them, as Markdown, under a title for what they are about. */
  static String table(String about, List<Verdict> verdicts) {
    StringBuilder text = new StringBuilder("| " + about + " | claim | bar | measured | |\n");
    text.append("|---|---|---|---|---|\n");
    for (Verdict verdict : verdicts) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s |%n",
              verdict.about,
              verdict.claim,
              verdict.bar,
              verdict.measured,
              verdict.outcome.name().toLowerCase(Locale.ROOT)));
    }
    return text.toString();
  }
}
