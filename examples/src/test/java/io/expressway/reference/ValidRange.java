package io.expressway.reference;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/**
 * Which values an option takes, found by asking it: a value is valid when it is not refused.
 * Between the default and the first refusal on either side.
 */
final class ValidRange {
  private static final long DAY_NANOS = 86_400_000_000_000L;

  private ValidRange() {}

  static String of(Class<?> type, Object usual, Predicate<Object> takes, boolean bytes) {
    if (type == double.class) {
      return ofShares((Double) usual, takes);
    }
    if (type == Duration.class) {
      long from = ((Duration) usual).toNanos();
      long most = 100_000L * DAY_NANOS;
      long least = edge(from, -DAY_NANOS, nanos -> takes.test(Duration.ofNanos(nanos)));
      String shortest =
          least == 1 ? "more than 0" : "from " + Written.duration(Duration.ofNanos(least));
      return between(
          shortest,
          edge(from, most, nanos -> takes.test(Duration.ofNanos(nanos))),
          most,
          nanos -> Written.duration(Duration.ofMillis(nanos / 1_000_000)));
    }
    long most = type == int.class ? Integer.MAX_VALUE : Long.MAX_VALUE;
    Predicate<Long> test =
        value -> type == int.class ? takes.test((int) (long) value) : takes.test(value);
    long from = ((Number) usual).longValue();
    return between(
        "from " + Written.number(edge(from, -1_000_000, test), bytes),
        edge(from, most, test),
        most,
        value -> Written.number(value, bytes));
  }

  private static String between(String least, long most, long end, LongFunction<String> written) {
    return most == end ? least : least.replaceFirst("^from ", "") + " to " + written.apply(most);
  }

  /** The last value from {@code inside} towards {@code outside} that is taken. */
  private static long edge(long inside, long outside, Predicate<Long> takes) {
    if (!takes.test(inside)) {
      throw new IllegalStateException("the default " + inside + " is refused");
    }
    if (takes.test(outside)) {
      return outside;
    }
    long taken = inside;
    long refused = outside;
    while (Math.abs(refused - taken) > 1) {
      long middle = taken + (refused - taken) / 2;
      if (takes.test(middle)) {
        taken = middle;
      } else {
        refused = middle;
      }
    }
    return taken;
  }

  private static String ofShares(double usual, Predicate<Object> takes) {
    double scale = 1e6;
    long least = edge(Math.round(usual * scale), (long) -scale, each -> takes.test(each / scale));
    long most =
        edge(Math.round(usual * scale), (long) (2 * scale), each -> takes.test(each / scale));
    return rounded(least, takes.test(least / scale)) + " to " + rounded(most, true);
  }

  /** A border a millionth away from a round number is that number, not reached. */
  private static String rounded(long millionths, boolean taken) {
    BigDecimal exact = BigDecimal.valueOf(millionths, 6);
    BigDecimal round = exact.setScale(2, RoundingMode.HALF_UP);
    boolean reached = taken && round.compareTo(exact) == 0;
    return (reached ? "" : round.compareTo(exact) > 0 ? "below " : "above ")
        + round.stripTrailingZeros().toPlainString();
  }
}
