package io.expressway.jmh;

import io.expressway.jmh.JmhRounds.Metric;
import io.expressway.jmh.JmhRounds.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/**
 * Ours beside those that others wrote, in the same rounds.
 *
 * @param rounds what was measured
 * @param names whom to hold ours against
 */
record Peers(JmhRounds rounds, List<String> names) {
  /** Whoever needs least of a metric; null when nobody was measured. */
  @Nullable Row best(Row ours, Metric metric) {
    return names.stream()
        .map(ours::by)
        .filter(row -> !rounds.all(row, metric).isEmpty())
        .min(Comparator.comparingDouble(row -> rounds.median(row, metric)))
        .orElse(null);
  }

  /** Each peer's multiple of the floor's; empty when none was measured. */
  String besideFloor(Row floor, Metric metric) {
    List<String> shown = new ArrayList<>();
    for (String name : names) {
      List<Double> ratios = rounds.ratios(floor.by(name), floor, metric);
      if (!ratios.isEmpty()) {
        double median = ratios.stream().sorted().toList().get(ratios.size() / 2);
        shown.add(String.format(Locale.ROOT, "%s %.2f ×", name, median));
      }
    }
    return String.join(", ", shown);
  }

  /** Adds whether ours needs as little as the best of them, unless one side was not measured. */
  void atMostTheBest(List<Verdict> verdicts, String about, String what, Row ours, Metric metric) {
    beside(
        verdicts,
        about,
        what + " beside the best peer's",
        "≤ 1 ×",
        ours,
        metric,
        false,
        ratio -> ratio <= 1);
  }

  /**
   * Adds a verdict on the ratio to the best of them, unless one side was not measured.
   *
   * @param isPerUnit whether the ratio is of what a unit of the metric gives: the peer's over ours
   */
  void beside(
      List<Verdict> verdicts,
      String about,
      String claim,
      String bar,
      Row ours,
      Metric metric,
      boolean isPerUnit,
      DoublePredicate holds) {
    Row best = best(ours, metric);
    if (best == null || rounds.all(ours, metric).isEmpty()) {
      return;
    }
    List<Double> ratios =
        isPerUnit ? rounds.ratios(best, ours, metric) : rounds.ratios(ours, best, metric);
    verdicts.add(
        Verdict.ofRounds(about, claim, bar, "×", ratios, holds)
            .beside("the best is " + best.client()));
  }
}
