package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RestTimeTest {
  private static final long LEAST = 400;
  private final RestTime rest = new RestTime();

  @Test
  void whoAnswersLateIsAskedOnceMoreAtOnceAndThenRests() {
    assertThat(rest.apply(1)).isGreaterThanOrEqualTo(LEAST);
    for (int i = 2; i < 10; i += 2) {
      rest.answeredLate();
      assertThat(rest.apply(i)).as("the first is late").isLessThan(10);
      rest.answeredLate();
      assertThat(rest.apply(i + 1)).as("so is the second").isGreaterThanOrEqualTo(LEAST);
    }
  }

  @Test
  void whoFailsRests() {
    assertThat(rest.apply(1)).isGreaterThanOrEqualTo(LEAST);
    rest.answeredLate();
    assertThat(rest.apply(2)).isLessThan(10);
    rest.failed();
    assertThat(rest.apply(3)).isGreaterThanOrEqualTo(LEAST);
    rest.answeredLate();
    assertThat(rest.apply(4)).as("a first late answer again").isLessThan(10);
  }

  @Test
  void whoCameBackRestsWhenItGoesDownAgain() {
    assertThat(rest.apply(1)).isGreaterThanOrEqualTo(LEAST);
    rest.answeredLate();
    rest.isUpSince(System.nanoTime());
    assertThat(rest.apply(1)).isGreaterThanOrEqualTo(LEAST);
  }
}
