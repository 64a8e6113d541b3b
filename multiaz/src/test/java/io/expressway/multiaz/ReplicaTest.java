package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is learned of one zone. */
final class ReplicaTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private final Bucket bucket =
      ExpressBucket.open("logs--usw2-az1--x-s3", Credentials.of("AKID", "secret"));
  private final Replica replica = new Replica(0, bucket, "usw2-az1", 10 * MILLI);

  @AfterEach
  void close() {
    bucket.close();
  }

  private void answers(int count, long nanos) {
    answers(count, nanos, SizeClass.SMALL);
  }

  private void answers(int count, long nanos, SizeClass size) {
    for (int i = 0; i < count; i++) {
      long now = System.nanoTime();
      replica.heard(now - nanos, now, size);
    }
    replica.learn(0.95, false);
  }

  @Test
  void aZoneThatNeverAnsweredIsGivenTimeToConnect() {
    assertThat(replica.hedgeNanos(SizeClass.SMALL)).isEqualTo(100 * MILLI);
    answers(1, MILLI);
    assertThat(replica.hedgeNanos(SizeClass.SMALL)).isEqualTo(10 * MILLI);
    assertThat(replica.learnedNanos(SizeClass.SMALL)).isEqualTo(-1);
  }

  @Test
  void aZoneIsWaitedForAsLongAsItUsuallyTakes() {
    answers(100, 4 * MILLI);
    assertThat(replica.hedgeNanos(SizeClass.SMALL)).isBetween(4 * MILLI, 5 * MILLI);
    assertThat(replica.hedgeNanos(SizeClass.LARGE)).isEqualTo(10 * MILLI);
  }

  /** Its first answers pay for what the JVM has to load and the server to warm. */
  @Test
  void firstAnswersTeachNoLongerDelayThanWasSet() {
    for (int i = 0; i < 10; i++) {
      answers(100, 1_500 * MILLI);
      assertThat(replica.hedgeNanos(SizeClass.SMALL)).isEqualTo(10 * MILLI);
    }
    answers(19, 30 * MILLI);
    assertThat(replica.hedgeNanos(SizeClass.SMALL)).as("too few").isEqualTo(10 * MILLI);
    answers(1, 30 * MILLI);
    assertThat(replica.hedgeNanos(SizeClass.SMALL)).isBetween(30 * MILLI, 34 * MILLI);
  }

  private void hasAnsweredForAWhile() {
    for (int i = 0; i < 10; i++) {
      answers(20, MILLI);
    }
  }

  @Test
  void butNoLongerThanIsWorthIt() {
    hasAnsweredForAWhile();
    answers(100, 1_500 * MILLI);
    replica.limitHedge(SizeClass.SMALL, 8 * MILLI);
    assertThat(replica.hedgeNanos(SizeClass.SMALL)).isEqualTo(8 * MILLI);
    answers(100, 1_500 * MILLI);
    assertThat(replica.hedgeNanos(SizeClass.SMALL)).isGreaterThan(1_000 * MILLI);
  }

  private boolean waits(long from, long to, long usual) {
    return replica.isSilentSince(from, to, usual * MILLI);
  }

  @Test
  void aZoneIsSilentWhenSeveralInARowHearNothing() {
    answers(1, MILLI);
    long now = System.nanoTime();
    assertThat(waits(now, now + 10 * MILLI, 10)).isFalse();
    assertThat(waits(now, now + 50 * MILLI, 10)).isFalse();
    answers(1, MILLI);
    now = System.nanoTime();
    for (int i = 1; i <= 3; i++) {
      assertThat(waits(now + i * MILLI, now + 51 * MILLI, 10)).isEqualTo(i == 3);
    }
    replica.leave(now + 51 * MILLI);
    assertThat(replica.isUp()).isFalse();
    assertThat(replica.why()).contains("answered nothing for");
    assertThat(waits(now + 60 * MILLI, now + 70 * MILLI, 10)).as("again").isFalse();
  }

  @Test
  void aMomentThatManyAttemptsWaitInIsNoSilence() {
    answers(1, MILLI);
    long now = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      assertThat(waits(now, now + 49 * MILLI, 10)).isFalse();
      assertThat(waits(now, now + 59 * MILLI, 20)).isFalse();
    }
    assertThat(waits(now + MILLI, now + 60 * MILLI, 20)).isTrue();
  }

  /** A standby is asked so seldom that its few slow answers come one after the other. */
  @Test
  void whoAnswersWhatKeepsItWarmIsNotSilent() {
    answers(1, MILLI);
    long now = System.nanoTime();
    assertThat(waits(now, now + 20 * MILLI, 10)).isFalse();
    assertThat(waits(now + 4_000 * MILLI, now + 4_020 * MILLI, 10)).isFalse();
    replica.heardProbe(now + 4_020 * MILLI);
    assertThat(waits(now + 8_000 * MILLI, now + 8_020 * MILLI, 10)).isFalse();
  }

  /** What was given up early may have been about to be answered: only the waiting counts. */
  @Test
  void aFewShortWaitsFarApartAreNoSilence() {
    answers(1, MILLI);
    long now = System.nanoTime();
    for (long i = 0; i < 4; i++) {
      long at = now + i * 500 * MILLI;
      assertThat(waits(at, at + 12 * MILLI, 10)).isFalse();
    }
    assertThat(waits(now + 2_000 * MILLI, now + 2_012 * MILLI, 10)).isTrue();
  }

  @Test
  void anotherIsHeardSinceWhenItAnsweredAfterTheSilenceBegan() {
    Replica other = new Replica(1, bucket, "usw2-az3", 10 * MILLI);
    long now = System.nanoTime() + 1_000 * MILLI;
    assertThat(waits(now, now + 10 * MILLI, 10)).isFalse();
    assertThat(other.isHeardSince(replica)).isFalse();
    other.heardProbe(now + 5 * MILLI);
    assertThat(other.isHeardSince(replica)).isTrue();
  }

  /** Else a zone whose reads are all large would let anybody back, however slow. */
  @Test
  void whatAnAnswerUsuallyTakesIsKnownOfReadsOfAnySize() {
    assertThat(replica.usualNanos()).isEqualTo(-1);
    answers(20, 8 * MILLI, SizeClass.LARGE);
    assertThat(replica.usualNanos()).isBetween(8 * MILLI, 9 * MILLI);
    answers(20, 4 * MILLI);
    assertThat(replica.usualNanos()).as("of small ones first").isBetween(4 * MILLI, 5 * MILLI);
  }

  @Test
  void andElseOfWhatKeepsItWarmOfWhichOneSlowAnswerCountsForLittle() {
    replica.tookToProbe(200 * MILLI); // names, TLS, a session
    assertThat(replica.usualNanos()).isEqualTo(200 * MILLI);
    replica.tookToProbe(2 * MILLI);
    assertThat(replica.usualNanos()).isEqualTo(2 * MILLI);
    replica.tookToProbe(82 * MILLI);
    assertThat(replica.usualNanos()).isEqualTo(12 * MILLI);
    answers(20, 4 * MILLI);
    assertThat(replica.usualNanos()).as("of reads first").isBetween(4 * MILLI, 5 * MILLI);
  }

  private boolean comesBack(long nanos) {
    replica.leave(System.nanoTime());
    replica.breaker().transitionToHalfOpenState();
    return replica.probed(nanos, MILLI);
  }

  /** The first paid for names, TLS and a session: it tells nothing of later ones. */
  @Test
  void whoIsNoSlowerThanWhatKeptItWarmWasComesBack() {
    replica.tookToProbe(90 * MILLI);
    assertThat(comesBack(20 * MILLI)).as("quick for anybody").isTrue();
    assertThat(comesBack(21 * MILLI)).isFalse();
    assertThat(replica.isUp()).isFalse();
    replica.tookToProbe(60 * MILLI);
    assertThat(comesBack(121 * MILLI)).isFalse();
    assertThat(comesBack(120 * MILLI)).isTrue();
    assertThat(replica.isUp()).isTrue();
  }
}
