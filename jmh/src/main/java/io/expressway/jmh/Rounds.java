package io.expressway.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Collectors;

/** What one or two sides measured, round by round. */
final class Rounds {
  private Rounds() {}

  /** The middle half of what was measured and its middle; NaN of nothing. */
  record Quartiles(double low, double median, double high) {}

  /** The first, second and third quartile. */
  static Quartiles quartiles(List<Double> rounds) {
    int count = rounds.size();
    if (count == 0) {
      return new Quartiles(Double.NaN, Double.NaN, Double.NaN);
    }
    List<Double> sorted = rounds.stream().sorted().toList();
    return new Quartiles(
        sorted.get(count / 4), sorted.get(count / 2), sorted.get(count - 1 - count / 4));
  }

  static double median(List<Double> rounds) {
    return quartiles(rounds).median();
  }

  /** An array of JSON. */
  static String json(List<Double> rounds) {
    return rounds.stream()
        .map(value -> String.format(Locale.ROOT, "%.2f", value))
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** One's over the other's, round by round, as far as both go. */
  static List<Double> ratios(List<Double> above, List<Double> below) {
    return paired(above, below, (one, other) -> one / other);
  }

  /** Both of each round together, as far as both go. */
  static List<Double> paired(List<Double> one, List<Double> other, DoubleBinaryOperator together) {
    List<Double> paired = new ArrayList<>();
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      paired.add(together.applyAsDouble(one.get(i), other.get(i)));
    }
    return paired;
  }
}
