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
    assertThat(latencies.quantile(0.95)).isBetween(5_000_000L, 5_200_000L);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.9, 0.95, 0.99, 1})
  void quantilesAreNeverTooShortAndAThirtySecondTooLongAtMost(double share) {
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
        .isBetween(exact, exact + exact / 32 + 1);
  }

  @Test
  void everyLengthFallsIntoABucketThatHoldsIt() {
    for (long nanos = 1; nanos < 120_000_000_000L; nanos += 1 + nanos / 300) {
      int bucket = Latencies.bucket(nanos);
      if (nanos < 60_000_000_000L) {
        assertThat(Latencies.nanos(bucket)).isGreaterThanOrEqualTo(nanos);
      }
      if (bucket > 0 && nanos > 1 << 15) {
        assertThat(Latencies.nanos(bucket - 1)).isLessThanOrEqualTo(nanos);
      }
    }
  }

  private void record(int count, long millis) {
    for (int i = 0; i < count; i++) {
      latencies.record(millis * 1_000_000);
    }
  }

  @Test
  void whatIsTwoWindowsOldIsForgotten() {
    record(100, 1);
    latencies.turn();
    record(100, 100);
    assertThat(latencies.quantile(0.95)).isLessThan(2_000_000);
    latencies.turn();
    record(100, 100);
    assertThat(latencies.quantile(0.95)).isGreaterThan(90_000_000);
    latencies.turn();
    record(100, 1);
    assertThat(latencies.quantile(0.95)).isLessThan(2_000_000);
  }

  /** All that waited while a machine held its breath are slow, and soon outnumbered. */
  @Test
  void aPauseTeachesNothing() {
    record(2_000, 5);
    latencies.turn();
    record(40, 5);
    record(30, 90);
    assertThat(latencies.quantile(0.97)).isLessThan(6_000_000);
    record(1_000, 5);
    latencies.turn();
    record(30, 90);
    assertThat(latencies.quantile(0.97)).isLessThan(6_000_000);
  }

  /** Nor does one after a time without reads, when nothing recent is known. */
  @Test
  void whatWasKnownOutlastsAPauseInReading() {
    record(2_000, 5);
    for (int turn = 0; turn < 6; turn++) {
      latencies.turn();
      record(3, 5);
    }
    record(30, 90);
    assertThat(latencies.quantile(0.97)).isLessThan(6_000_000);
  }

  @Test
  void whatIsAMinuteOldIsForgottenAllTheSame() {
    record(2_000, 5);
    for (int turn = 0; turn < 20; turn++) {
      latencies.turn();
    }
    assertThat(latencies.quantile(0.97)).isEqualTo(-1);
  }

  @Test
  void fewAnswersOfTwoWindowsTeachTogether() {
    record(15, 5);
    latencies.turn();
    record(10, 5);
    assertThat(latencies.quantile(0.97)).isLessThan(6_000_000);
    latencies.forget();
    assertThat(latencies.quantile(0.97)).isEqualTo(-1);
  }
}
