package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;

/**
 * Whether one claim holds.
 *
 * @param about what was done
 * @param claim what is claimed of it
 * @param bar what it was held against
 * @param measured what was seen
 * @param peer what others show of the same, in the same run; empty when nobody was asked
 * @param isTimed whether it is of time, which a short run on a shared machine cannot refuse
 * @param outcome whether it holds
 */
record Verdict(
    String about,
    String claim,
    String bar,
    String measured,
    String peer,
    boolean isTimed,
    Outcome outcome) {
  private static final String SUFFIX = ".verdicts";
  private static final int FIELDS = 7;

  /** What came of it. */
  enum Outcome {
    PASS,
    FAIL,
    /** Missed, on a machine that was too busy with other things to say so. */
    UNDECIDED
  }

  private Verdict(
      String about, String claim, String bar, String measured, boolean isTimed, Outcome outcome) {
    this(about, claim, bar, measured, "", isTimed, outcome);
  }

  private static Outcome outcome(boolean holds) {
    return holds ? Outcome.PASS : Outcome.FAIL;
  }

  /** The same, beside what a peer shows. */
  Verdict beside(String shown) {
    return new Verdict(about, claim, bar, measured, shown, isTimed, outcome);
  }

  /** A claim that holds on any machine or is false. */
  static Verdict of(String about, String claim, String bar, String measured, boolean holds) {
    return new Verdict(about, claim, bar, measured, false, outcome(holds));
  }

  /** The same of time, or of what depends on it. */
  static Verdict ofTime(String about, String claim, String bar, String measured, boolean holds) {
    return ofTime(about, claim, bar, measured, outcome(holds));
  }

  /** The same, where it may be undecided. */
  static Verdict ofTime(String about, String claim, String bar, String measured, Outcome outcome) {
    return new Verdict(about, claim, bar, measured, true, outcome);
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
    return ofTime(
        about,
        claim,
        format("≤ %.1f ms", bar),
        spread(measured, "ms"),
        held == measured.length ? Outcome.PASS : isUndecided ? Outcome.UNDECIDED : Outcome.FAIL);
  }

  /**
   * A claim measured in several rounds, one of which may meet a pause of the machine: it holds when
   * it does for the half of them in the middle, and is undecided when that half does not agree.
   *
   * @param unit what values are followed by, such as {@code "×"}
   */
  static Verdict ofRounds(
      String about,
      String claim,
      String bar,
      String unit,
      List<Double> rounds,
      DoublePredicate holds) {
    Rounds.Quartiles of = Rounds.quartiles(rounds);
    String measured =
        rounds.size() < 3
            ? format(
                "%.2f %s (%s)", of.median(), unit, rounds.size() == 1 ? "one round" : "two rounds")
            : format(
                "%.2f %s (quartiles %.2f and %.2f of %d rounds)",
                of.median(), unit, of.low(), of.high(), rounds.size());
    boolean lowHolds = holds.test(of.low());
    return ofTime(
        about,
        claim,
        bar,
        measured,
        lowHolds == holds.test(of.high()) ? outcome(lowHolds) : Outcome.UNDECIDED);
  }

  /** What it is when a few rounds are all: time that was missed may be others' fault. */
  Verdict ofShortRun() {
    return outcome == Outcome.FAIL && isTimed
        ? new Verdict(about, claim, bar, measured, peer, true, Outcome.UNDECIDED)
        : this;
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
        ? format("%.1f %s", median, unit)
        : format("%.1f %s (%.1f to %.1f)", median, unit, sorted[0], sorted[sorted.length - 1]);
  }

  /** Whether none of them is false. */
  static boolean noneFails(List<Verdict> verdicts) {
    return verdicts.stream().noneMatch(each -> each.outcome == Outcome.FAIL);
  }

  /** All of them, as Markdown, under a title for what they are about. */
  static String table(String about, List<Verdict> verdicts) {
    boolean hasPeers = verdicts.stream().anyMatch(each -> !each.peer.isEmpty());
    StringBuilder text = new StringBuilder("| " + about + " | claim | bar | measured | ");
    text.append(hasPeers ? "peers | |\n|---|---|---|---|---|---|\n" : "|\n|---|---|---|---|---|\n");
    for (Verdict verdict : verdicts) {
      text.append(
          format(
              "| %s | %s | %s | %s | %s%s |%n",
              verdict.about,
              verdict.claim,
              verdict.bar,
              verdict.measured,
              hasPeers ? verdict.peer + " | " : "",
              verdict.outcome.name().toLowerCase(Locale.ROOT)));
    }
    return text.toString();
  }

  /** As JSON. */
  String json() {
    return format(
        "{\"about\":\"%s\",\"claim\":\"%s\",\"bar\":\"%s\",\"measured\":\"%s\",\"peers\":\"%s\","
            + "\"outcome\":\"%s\"}",
        about, claim, bar, measured, peer, outcome);
  }

  /** Keeps them beside a report, for who puts all reports together. */
  static void save(Path directory, String name, List<Verdict> verdicts) throws IOException {
    Files.writeString(
        directory.resolve(name + SUFFIX),
        verdicts.stream()
            .map(
                each ->
                    String.join(
                        "\t",
                        each.about,
                        each.claim,
                        each.bar,
                        each.measured,
                        each.peer,
                        String.valueOf(each.isTimed),
                        each.outcome.name()))
            .collect(Collectors.joining("\n", "", "\n")));
  }

  /** What was kept there. */
  static List<Verdict> load(Path directory, String name) throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve(name + SUFFIX))) {
      String[] fields = line.split("\t", -1);
      if (fields.length != FIELDS) {
        throw new IOException("not a verdict: " + line);
      }
      verdicts.add(
          new Verdict(
              fields[0],
              fields[1],
              fields[2],
              fields[3],
              fields[4],
              Boolean.parseBoolean(fields[5]),
              Outcome.valueOf(fields[6])));
    }
    return verdicts;
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
