package io.expressway.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/** What two sides measured in the same rounds. */
final class Rounds {
  private Rounds() {}

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
