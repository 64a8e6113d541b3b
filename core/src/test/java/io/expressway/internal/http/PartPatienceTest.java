package io.expressway.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PartPatienceTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private final PartPatience patience = new PartPatience(2000 * MILLI);

  private void answers(int count, long millis) {
    for (int i = 0; i < count; i++) {
      patience.answered(millis * MILLI);
    }
  }

  @Test
  void itWaitsLongUntilItKnows() {
    answers(15, 50);
    assertThat(patience.nanos()).isEqualTo(2000 * MILLI);
    answers(1, 50);
    assertThat(patience.nanos()).isEqualTo(750 * MILLI);
  }

  @Test
  void itFollowsTheAnswersUpToItsLimit() {
    answers(16, 50);
    answers(200, 500);
    assertThat(patience.nanos()).isBetween(1190 * MILLI, 1200 * MILLI);
    answers(200, 1900);
    assertThat(patience.nanos()).isEqualTo(2000 * MILLI);
  }

  @Test
  void aPartSentAgainMakesItPatientForAWhile() {
    answers(16, 50);
    patience.sentAgain();
    assertThat(patience.nanos()).isEqualTo(1450 * MILLI);
    answers(200, 50);
    assertThat(patience.nanos()).isBetween(750 * MILLI, 751 * MILLI);
  }
}
