package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Draws are seeded, so that these figures are the same in every run. */
class LatencyProfileTest {
  private static final int DRAWS = 100_000;
  private static final long MILLI = 1_000_000;
  private static final double SIGMA = Math.log(6 / 4.5) / 1.6448536269514722;

  private static long[] draws(LatencyProfile profile, String zone) {
    EvenDraws from = profile.drawsFor(zone);
    long[] drawn = new long[DRAWS];
    Arrays.setAll(drawn, i -> profile.firstByteNanos(Operation.GET_OBJECT, from));
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

  private static int latest(long[] delays) {
    int latest = 0;
    for (int i = 1; i < delays.length; i++) {
      latest = delays[i] > delays[latest] ? i : latest;
    }
    return latest;
  }

  @Test
  void ofEveryHundredAnswersAsManyStraggleAndAsManyAreQuickerThanTheMedian() {
    for (double share : new double[] {0.01, 0.05}) {
      LatencyProfile profile =
          LatencyProfile.express().stragglers(share, Duration.ofMillis(20), Duration.ofMillis(100));
      double median = 4.5 * MILLI * Math.exp(SIGMA * NormalQuantile.at(0.5 / (1 - share)));
      long[] drawn = draws(profile, "usw2-az1");
      Set<Integer> places = new HashSet<>();
      for (int from = 0; from < DRAWS; from += 100) {
        long[] hundred = Arrays.copyOfRange(drawn, from, from + 100);
        assertThat(Arrays.stream(hundred).filter(nanos -> nanos >= 20 * MILLI).count())
            .isEqualTo((long) (100 * share));
        assertThat(Arrays.stream(hundred).filter(nanos -> nanos < median).count()).isEqualTo(50);
        places.add(latest(hundred));
      }
      assertThat(places).as("where a hundred's latest is").hasSize(100);
    }
  }

  @Test
  void normalQuantilesAreThoseOfTheTables() {
    assertThat(NormalQuantile.at(0.5)).isZero();
    assertThat(NormalQuantile.at(0.75)).isCloseTo(0.67448975, within(1e-6));
    assertThat(NormalQuantile.at(0.95)).isCloseTo(1.64485363, within(1e-6));
    assertThat(NormalQuantile.at(0.01)).isCloseTo(-2.32634787, within(1e-6));
    assertThat(NormalQuantile.at(0.999)).isCloseTo(3.09023231, within(1e-6));
    assertThat(NormalQuantile.at(1e-9)).isCloseTo(-5.99780702, within(1e-5));
    assertThat(NormalQuantile.at(1e-12)).isCloseTo(-7.03448383, within(1e-5));
    assertThat(NormalQuantile.at(0)).isEqualTo(Double.NEGATIVE_INFINITY);
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
    EvenDraws drawn = profile.drawsFor("usw2-az1");
    assertThat(profile.firstByteNanos(Operation.CREATE_SESSION, drawn)).isEqualTo(20 * MILLI);
    assertThat(drawn.next()).isEqualTo(profile.drawsFor("usw2-az1").next());
  }

  @Test
  void fixedIsTheSameForEveryOperation() {
    LatencyProfile profile = LatencyProfile.fixed(Duration.ofMillis(7));
    assertThat(draws(profile, "usw2-az1")).containsOnly(7 * MILLI);
    assertThat(profile.firstByteNanos(Operation.CREATE_SESSION, profile.drawsFor("usw2-az1")))
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
