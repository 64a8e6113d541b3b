package io.expressway.jmh;

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

  /** A claim about time, in milliseconds; missed on a noisy machine it is undecided. */
  static Verdict ofTime(String about, String claim, double bar, double measured, boolean isNoisy) {
    boolean holds = measured >= 0 && measured <= bar;
    return new Verdict(
        about,
        claim,
        String.format(java.util.Locale.ROOT, "≤ %.1f ms", bar),
        measured < 0 ? "never" : String.format(java.util.Locale.ROOT, "%.1f ms", measured),
        holds ? Outcome.PASS : isNoisy ? Outcome.UNDECIDED : Outcome.FAIL);
  }
}
