package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @Test
  void aFewAnswersTeachNothing() {
    for (int i = 0; i < 19; i++) {
      latencies.record(5_000_000);
    }
    assertThat(latencies.quantile(0.95)).isEqualTo(-1);
    latencies.record(5_000_000);
    assertThat(latencies.quantile(0.95)).isBetween(5_000_000L, 5_700_000L);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.9, 0.95, 0.99, 1})
  void quantilesAreNeverTooShortAndAnEighthTooLongAtMost(double share) {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    long[] all = new long[10_000];
    for (int i = 0; i < all.length; i++) {
      all[i] = (long) (5_000_000 * Math.exp(random.nextGaussian()));
      latencies.record(all[i]);
    }
    Arrays.sort(all);
    long exact = all[(int) Math.ceil(share * all.length) - 1];
    assertThat(latencies.quantile(share))
        .as("seed %d", seed)
        .isBetween(exact, exact + exact / 8 + 1);
  }

  @Test
  void everyLengthFallsIntoABucketThatHoldsIt() {
    for (long nanos = 1; nanos < 120_000_000_000L; nanos += 1 + nanos / 100) {
      int bucket = Latencies.bucket(nanos);
      if (nanos < 60_000_000_000L) {
        assertThat(Latencies.nanos(bucket)).isGreaterThanOrEqualTo(nanos);
      }
      if (bucket > 0 && nanos > 1 << 15) {
        assertThat(Latencies.nanos(bucket - 1)).isLessThanOrEqualTo(nanos);
      }
    }
  }

  @Test
  void whatIsTwoWindowsOldIsForgotten() {
    for (int i = 0; i < 100; i++) {
      latencies.record(100_000_000);
    }
    latencies.turn();
    for (int i = 0; i < 100; i++) {
      latencies.record(1_000_000);
    }
    assertThat(latencies.quantile(0.95)).isGreaterThan(90_000_000);
    latencies.turn();
    assertThat(latencies.quantile(0.95)).isLessThan(2_000_000);
    latencies.turn();
    assertThat(latencies.quantile(0.95)).isEqualTo(-1);
  }
}
