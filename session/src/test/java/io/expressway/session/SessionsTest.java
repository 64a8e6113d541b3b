package io.expressway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.expressway.AccessDeniedException;
import io.expressway.AccessKey;
import io.expressway.BucketClosedException;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.CredentialsException;
import io.expressway.RequestSite;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import io.expressway.ZoneUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

final class SessionsTest {
  private static final BucketName LOGS = BucketName.directory("logs--usw2-az1--x-s3");
  private static final BucketName DATA = BucketName.directory("data--usw2-az3--x-s3");
  private static final Credentials IDENTITY = Credentials.of("AKID", "secret");

  private static final Duration HALF_LIFE = Duration.ofSeconds(150);

  private final ManualTime time = new ManualTime();
  private final FakeIssuer issuer = new FakeIssuer(time);
  private double jitter;
  private final Sessions sessions =
      new Sessions(IDENTITY, SessionOptions.defaults(), time, time, () -> jitter);
  private final BucketCredentials credentials = open(LOGS, issuer);

  private BucketCredentials open(BucketName bucket, SessionIssuer by) {
    return sessions.forBucket(bucket, SessionMode.READ_WRITE, by);
  }

  private static ZoneUnavailableException unavailable() {
    return new ZoneUnavailableException("no answer", RequestSite.UNKNOWN, null);
  }

  private static @Nullable Throwable failure(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    Throwable thrown = catchThrowable(future::join);
    return thrown == null ? null : thrown.getCause();
  }

  private AccessKey live() {
    credentials.current();
    return issuer.succeed();
  }

  // The first session.

  @Test
  void openingABucketMakesNoCall() {
    assertThat(issuer.calls()).isZero();
  }

  @Test
  void allFirstCallersWaitForOneCall() {
    List<CompletableFuture<AccessKey>> callers =
        IntStream.range(0, 100).mapToObj(i -> credentials.current()).toList();
    assertThat(issuer.calls()).isOne();
    assertThat(callers).noneMatch(CompletableFuture::isDone);
    AccessKey key = issuer.succeed();
    assertThat(callers).allMatch(caller -> caller.join() == key);
  }

  @Test
  void aLiveSessionIsTheSameCompletedFutureEveryTime() {
    live();
    CompletableFuture<AccessKey> first = credentials.current();
    assertThat(first).isCompleted();
    time.advance(Duration.ofMinutes(1));
    assertThat(credentials.current()).isSameAs(first);
    assertThat(issuer.calls()).isOne();
  }

  @Test
  void aFailedFirstCallFailsAllWaitersAndIsRememberedForASecond() {
    CompletableFuture<AccessKey> first = credentials.current();
    CompletableFuture<AccessKey> second = credentials.current();
    ZoneUnavailableException failure = unavailable();
    issuer.fail(failure);
    assertThat(failure(first)).isSameAs(failure);
    assertThat(failure(second)).isSameAs(failure);
    time.advance(Duration.ofMillis(999));
    assertThat(failure(credentials.current())).isSameAs(failure);
    assertThat(issuer.calls()).isOne();
    time.advance(Duration.ofMillis(1));
    assertThat(credentials.current()).isNotDone();
    assertThat(issuer.calls()).isEqualTo(2);
    assertThat(sessions.stats()).isEqualTo(new SessionStats(0, 1, 0));
  }

  @Test
  void anIssuerThatThrowsIsAFailureLikeAnyOther() {
    BucketCredentials broken =
        open(
            DATA,
            (mode, identity) -> {
              throw new IllegalStateException("broken");
            });
    assertThat(failure(broken.current())).hasMessage("broken");
  }

  // Refreshing.

  @Test
  void theRefreshBeginsInsideItsWindow() {
    for (double draw : List.of(0.0, 0.5, 0.999)) {
      jitter = draw;
      int before = issuer.calls();
      BucketCredentials own = open(BucketName.directory("b" + before + "--usw2-az1--x-s3"), issuer);
      own.current();
      issuer.succeed();
      long dueMillis = (long) (300_000 * (0.5 + 0.2 * draw));
      time.advance(Duration.ofMillis(dueMillis - 1));
      assertThat(issuer.calls()).isEqualTo(before + 1);
      time.advance(Duration.ofMillis(1));
      assertThat(issuer.calls()).isEqualTo(before + 2);
      own.release();
    }
  }

  @Test
  void nobodyWaitsForARefresh() {
    AccessKey old = live();
    time.advance(HALF_LIFE);
    assertThat(issuer.calls()).isEqualTo(2);
    assertThat(credentials.current().getNow(null)).isSameAs(old);
    AccessKey fresh = issuer.succeed();
    assertThat(credentials.current().getNow(null)).isSameAs(fresh);
    time.advance(HALF_LIFE);
    assertThat(issuer.calls()).isEqualTo(3);
  }

  @Test
  void aFailedRefreshIsRetriedWhileTheOldSessionServes() {
    AccessKey old = live();
    time.advance(HALF_LIFE);
    for (int attempt = 2; attempt < 12; attempt++) {
      assertThat(issuer.calls()).isEqualTo(attempt);
      issuer.fail(unavailable());
      assertThat(issuer.calls()).as("backs off").isEqualTo(attempt);
      assertThat(credentials.current().getNow(null)).isSameAs(old);
      time.advance(Duration.ofSeconds(10));
    }
    AccessKey fresh = issuer.succeed();
    assertThat(credentials.current().getNow(null)).isSameAs(fresh);
    assertThat(sessions.stats()).isEqualTo(new SessionStats(2, 10, 1));
  }

  @Test
  void backOffDoublesFromAQuarterSecondToTen() {
    live();
    time.advance(HALF_LIFE);
    for (long delay : List.of(125, 250, 500, 1000, 2000, 4000, 5000, 5000)) {
      int calls = issuer.calls();
      issuer.fail(unavailable());
      time.advance(Duration.ofMillis(delay - 1));
      assertThat(issuer.calls()).isEqualTo(calls);
      time.advance(Duration.ofMillis(1));
      assertThat(issuer.calls()).isEqualTo(calls + 1);
    }
  }

  @Test
  void callersJoinTheRefreshWhenTheOldSessionEnds() {
    live();
    time.advance(Duration.ofSeconds(297));
    assertThat(credentials.current()).isCompleted();
    time.advance(Duration.ofSeconds(1));
    CompletableFuture<AccessKey> waiting = credentials.current();
    assertThat(waiting).as("2 s before its end").isNotDone();
    assertThat(issuer.calls()).isEqualTo(2);
    AccessKey fresh = issuer.succeed();
    assertThat(waiting.join()).isSameAs(fresh);
    assertThat(credentials.current().getNow(null)).isSameAs(fresh);
  }

  @Test
  void refreshingEndsWithTheSessionAndTheNextCallerFetches() {
    live();
    time.advance(Duration.ofMinutes(5));
    issuer.fail(unavailable());
    time.advance(Duration.ofMinutes(5));
    assertThat(issuer.calls()).isEqualTo(2);
    assertThat(time.scheduled()).isZero();
    assertThat(credentials.current()).isNotDone();
    assertThat(issuer.calls()).isEqualTo(3);
  }

  @Test
  void shortSessionsKeepAFifthOfTheirLifeAsMargin() {
    credentials.current();
    issuer.succeed(Duration.ofSeconds(5));
    time.advance(Duration.ofMillis(2499));
    assertThat(issuer.calls()).isOne();
    time.advance(Duration.ofMillis(1500));
    assertThat(credentials.current()).isCompleted();
    time.advance(Duration.ofMillis(1));
    assertThat(credentials.current()).isNotDone();
  }

  @Test
  void aClockThatIsWrongDoesNotEndSessionsEarlyOrLate() {
    for (Duration skew : List.of(Duration.ofHours(-1), Duration.ofHours(1))) {
      BucketCredentials own =
          open(BucketName.directory("s" + issuer.calls() + "--usw2-az1--x-s3"), issuer);
      own.current();
      issuer.succeed(Duration.ofMinutes(5).plus(skew));
      int calls = issuer.calls();
      time.advance(Duration.ofMillis(149_999));
      assertThat(own.current()).isCompleted();
      assertThat(issuer.calls()).isEqualTo(calls);
      time.advance(Duration.ofMillis(1));
      assertThat(issuer.calls()).isEqualTo(calls + 1);
      own.release();
    }
  }

  // Rejection.

  @Test
  void aRejectedKeyIsReplacedByOneCall() {
    AccessKey refused = live();
    credentials.reject(refused);
    CompletableFuture<AccessKey> waiting = credentials.current();
    credentials.reject(refused);
    assertThat(credentials.current()).isSameAs(waiting);
    AccessKey fresh = issuer.succeed();
    assertThat(waiting.join()).isSameAs(fresh);
    assertThat(issuer.calls()).isEqualTo(2);
  }

  @Test
  void onlyTheKeyAtHandCanBeRejected() {
    AccessKey old = live();
    credentials.reject(FakeIssuer.key(old.id(), time.instant()));
    assertThat(credentials.current().getNow(null)).isSameAs(old);
    credentials.reject(old);
    credentials.current();
    AccessKey fresh = issuer.succeed();
    credentials.reject(old);
    assertThat(credentials.current().getNow(null)).isSameAs(fresh);
  }

  @Test
  void aKeyRejectedDuringItsRefreshWaitsForThatRefresh() {
    AccessKey old = live();
    time.advance(HALF_LIFE);
    credentials.reject(old);
    CompletableFuture<AccessKey> waiting = credentials.current();
    assertThat(waiting).isNotDone();
    assertThat(issuer.calls()).isEqualTo(2);
    assertThat(issuer.succeed()).isSameAs(waiting.join());
  }

  @Test
  void anIdentityThatIsRefusedIsLookedUpAgain() throws Exception {
    AtomicInteger resolved = new AtomicInteger();
    AwsCredentialsProvider provider =
        () -> AwsBasicCredentials.create("AKID" + resolved.incrementAndGet(), "secret");
    BlockingQueue<AccessKey> signers = new LinkedBlockingQueue<>();
    SessionOptions forgetful = SessionOptions.defaults().failureMemory(Duration.ZERO);
    try (Sessions own =
        new Sessions(Credentials.of(provider), forgetful, time, time, () -> jitter)) {
      BucketCredentials refused =
          own.forBucket(
              LOGS,
              SessionMode.READ_WRITE,
              (mode, signer) -> {
                signers.add(signer);
                return CompletableFuture.failedFuture(
                    new AccessDeniedException("refused", RequestSite.UNKNOWN, null));
              });
      for (String expected : List.of("AKID1", "AKID2")) {
        assertThat(refused.current()).failsWithin(Duration.ofSeconds(30));
        AccessKey signer = signers.poll(30, TimeUnit.SECONDS);
        assertThat(signer).isNotNull().extracting(AccessKey::id).isEqualTo(expected);
      }
    }
  }

  // Sharing.

  @Test
  void bucketsOfOneNameShareASession() {
    FakeIssuer other = new FakeIssuer(time);
    BucketCredentials second = open(LOGS, other);
    AccessKey key = live();
    assertThat(second.current().getNow(null)).isSameAs(key);
    assertThat(other.calls()).isZero();
    assertThat(sessions.stats()).isEqualTo(new SessionStats(1, 0, 1));
  }

  @Test
  void otherBucketsAndModesHaveTheirOwn() {
    live();
    assertThat(open(DATA, issuer).current()).isNotDone();
    assertThat(sessions.forBucket(LOGS, SessionMode.READ_ONLY, issuer).current()).isNotDone();
    assertThat(issuer.calls()).isEqualTo(3);
  }

  @Test
  void aClosedBucketIsNotAskedAgain() {
    FakeIssuer other = new FakeIssuer(time);
    BucketCredentials second = open(LOGS, other);
    AccessKey key = live();
    credentials.release();
    time.advance(HALF_LIFE);
    assertThat(issuer.calls()).isOne();
    assertThat(other.calls()).isOne();
    assertThat(second.current().getNow(null)).isSameAs(key);
  }

  @Test
  void aFetchGoesOnWithAnotherBucketWhenItsOwnCloses() {
    FakeIssuer other = new FakeIssuer(time);
    BucketCredentials second = open(LOGS, other);
    CompletableFuture<AccessKey> waiting = second.current();
    assertThat(issuer.calls()).isOne();
    issuer.fail(new BucketClosedException("closed", RequestSite.UNKNOWN, null));
    assertThat(waiting).isNotDone();
    assertThat(other.succeed()).isSameAs(waiting.join());
  }

  @Test
  void theLastReleaseEndsTheSession() {
    CompletableFuture<AccessKey> waiting = credentials.current();
    credentials.release();
    assertThat(failure(waiting)).isInstanceOf(BucketClosedException.class);
    issuer.succeed();
    assertThat(time.scheduled()).isZero();
    assertThat(sessions.stats().live()).isZero();
    assertThat(failure(credentials.current())).isInstanceOf(BucketClosedException.class);
    FakeIssuer next = new FakeIssuer(time);
    CompletableFuture<AccessKey> reopened = open(LOGS, next).current();
    assertThat(next.succeed()).isSameAs(reopened.join());
  }

  @Test
  void closeFailsWaitersAndEndsRefreshes() {
    live();
    CompletableFuture<AccessKey> waiting = open(DATA, issuer).current();
    sessions.close();
    sessions.close();
    assertThat(failure(waiting))
        .isInstanceOf(CredentialsException.class)
        .hasMessageContaining(DATA.toString());
    assertThat(time.scheduled()).isZero();
    assertThat(failure(credentials.current())).isInstanceOf(CredentialsException.class);
    assertThatThrownBy(() -> open(LOGS, issuer)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void secretsStayOutOfTexts() {
    live();
    assertThat(credentials.toString() + sessions + sessions.stats())
        .doesNotContain("secret", "token");
  }
}
