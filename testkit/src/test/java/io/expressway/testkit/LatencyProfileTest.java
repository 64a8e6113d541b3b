package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Draws are seeded, so that these figures are the same in every run. */
class LatencyProfileTest {
  private static final int DRAWS = 100_000;
  private static final long MILLI = 1_000_000;

  private static long[] draws(LatencyProfile profile, String zone) {
    SplittableRandom random = profile.randomFor(zone);
    long[] drawn = new long[DRAWS];
    Arrays.setAll(drawn, i -> profile.firstByteNanos(Operation.GET_OBJECT, random));
    return drawn;
  }

  @Test
  void expressHasTheMedianAndThe95thPercentileThatItsDocumentationNames() {
    long[] sorted =
        draws(LatencyProfile.express().stragglers(0, Duration.ZERO, Duration.ZERO), "usw2-az1");
    Arrays.sort(sorted);
    Percentage one = Percentage.withPercentage(1);
    assertThat(sorted[DRAWS / 2]).isCloseTo((long) (4.5 * MILLI), one);
    assertThat(sorted[DRAWS * 95 / 100]).isCloseTo(6 * MILLI, one);
  }

  @Test
  void standardHasTheMedianAndThe95thPercentileThatWereMeasured() {
    long[] sorted = draws(LatencyProfile.standard(), "usw2-az1");
    Arrays.sort(sorted);
    Percentage two = Percentage.withPercentage(2);
    assertThat(sorted[DRAWS / 2]).isCloseTo(27 * MILLI, two);
    assertThat(sorted[DRAWS * 95 / 100]).isCloseTo(75 * MILLI, two);
  }

  @Test
  void oneRequestInAHundredStragglesWithinItsBounds() {
    long[] slow =
        Arrays.stream(draws(LatencyProfile.express(), "usw2-az1"))
            .filter(nanos -> nanos >= 20 * MILLI)
            .sorted()
            .toArray();
    assertThat(slow.length / (double) DRAWS).isCloseTo(0.01, within(0.001));
    assertThat(slow[slow.length - 1]).isLessThanOrEqualTo(100 * MILLI);
    assertThat(slow[slow.length / 2]).isCloseTo(60 * MILLI, Percentage.withPercentage(5));
  }

  @Test
  void everyRequestMayStraggle() {
    LatencyProfile all =
        LatencyProfile.express().stragglers(1, Duration.ofMillis(30), Duration.ofMillis(30));
    assertThat(draws(all, "usw2-az1")).containsOnly(30 * MILLI);
  }

  @Test
  void createSessionTakesItsOwnTimeAndNoDraw() {
    LatencyProfile profile = LatencyProfile.express();
    SplittableRandom drawn = profile.randomFor("usw2-az1");
    assertThat(profile.firstByteNanos(Operation.CREATE_SESSION, drawn)).isEqualTo(20 * MILLI);
    assertThat(drawn.nextLong()).isEqualTo(profile.randomFor("usw2-az1").nextLong());
  }

  @Test
  void fixedIsTheSameForEveryOperation() {
    LatencyProfile profile = LatencyProfile.fixed(Duration.ofMillis(7));
    assertThat(draws(profile, "usw2-az1")).containsOnly(7 * MILLI);
    assertThat(profile.firstByteNanos(Operation.CREATE_SESSION, profile.randomFor("usw2-az1")))
        .isEqualTo(7 * MILLI);
  }

  @Test
  void noneDelaysNothingAndLimitsNothing() {
    assertThat(draws(LatencyProfile.none(), "usw2-az1")).containsOnly(0);
    assertThat(LatencyProfile.none().bytesPerSecond()).isZero();
  }

  @Test
  void aSeedRepeatsARunAndZonesDifferUnderIt() {
    LatencyProfile profile = LatencyProfile.express().seed(42);
    assertThat(draws(profile, "usw2-az1"))
        .containsExactly(draws(LatencyProfile.express().seed(42), "usw2-az1"));
    assertThat(draws(profile, "usw2-az1")).isNotEqualTo(draws(profile, "usw2-az3"));
    assertThat(draws(profile, "usw2-az1")).isNotEqualTo(draws(profile.seed(43), "usw2-az1"));
  }

  @Test
  void changesOfOneKnobKeepTheOthers() {
    LatencyProfile limited = LatencyProfile.express().rate(1_000);
    assertThat(limited.bytesPerSecond()).isEqualTo(1_000);
    assertThat(draws(limited, "usw2-az1"))
        .containsExactly(draws(LatencyProfile.express(), "usw2-az1"));
    assertThat(limited.rate(80_000_000))
        .isEqualTo(LatencyProfile.express())
        .hasSameHashCodeAs(LatencyProfile.express());
    assertThat(limited).isNotEqualTo(LatencyProfile.express());
  }

  @Test
  void refusesWhatMakesNoSense() {
    LatencyProfile express = LatencyProfile.express();
    Duration from = Duration.ofMillis(20);
    assertThatThrownBy(() -> express.stragglers(1.1, from, from)).hasMessageContaining("1.1");
    assertThatThrownBy(() -> express.stragglers(Double.NaN, from, from))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> express.stragglers(0.5, from, Duration.ofMillis(19)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0.02S");
    assertThatThrownBy(() -> express.stragglers(0.5, Duration.ofMillis(-1), from))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> express.rate(-1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> LatencyProfile.fixed(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-0.001S");
  }
}
