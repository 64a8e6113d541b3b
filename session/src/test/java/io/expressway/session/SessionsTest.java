package io.expressway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import io.expressway.AccessDeniedException;
import io.expressway.AccessKey;
import io.expressway.Bucket;
import io.expressway.BucketClosedException;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.CredentialsException;
import io.expressway.Encryption;
import io.expressway.ExpressBucket;
import io.expressway.RequestSite;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import io.expressway.ZoneUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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

  private static AccessDeniedException denied() {
    return new AccessDeniedException("denied", RequestSite.UNKNOWN, null);
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
  void aFailedFirstCallFailsAllWaitersAtOnce() {
    List<CompletableFuture<AccessKey>> callers =
        IntStream.range(0, 100).mapToObj(i -> credentials.current()).toList();
    ZoneUnavailableException failure = unavailable();
    issuer.fail(failure);
    assertThat(callers).allMatch(caller -> failure(caller) == failure);
    assertThat(sessions.stats().failed()).isOne();
    assertThat(sessions.stats().waited()).isEqualTo(100);
    assertThat(sessions.stats().waiting()).isZero();
  }

  /** Fails the first call again and again; how long each failure was remembered, in ms. */
  private List<Long> memories(Throwable failure, int rounds) {
    List<Long> memories = new ArrayList<>();
    credentials.current();
    for (int round = 0; round < rounds; round++) {
      int calls = issuer.calls();
      issuer.fail(failure);
      assertThat(failure(credentials.current())).isSameAs(failure);
      long millis = 0;
      while (issuer.calls() == calls) {
        time.advance(Duration.ofMillis(1));
        millis++;
      }
      memories.add(millis);
    }
    return memories;
  }

  @Test
  void aDenialIsRememberedForASecondDoublingToThirty() {
    assertThat(memories(denied(), 7))
        .containsExactly(1000L, 2000L, 4000L, 8000L, 16_000L, 30_000L, 30_000L);
  }

  @Test
  void whatPassesByItselfIsRememberedForATenthOfASecondDoublingToFive() {
    assertThat(memories(unavailable(), 8))
        .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L);
  }

  @Test
  void aFailureNobodyAskedAboutAgainIsForgottenWithoutACall() {
    credentials.current();
    issuer.fail(denied());
    time.advance(Duration.ofSeconds(1));
    assertThat(issuer.calls()).isOne();
    assertThat(credentials.current()).isNotDone();
    assertThat(issuer.calls()).isEqualTo(2);
  }

  @Test
  void theRecoveryIsSeenByTheCallMadeWhenTheMemoryEnds() {
    credentials.current();
    issuer.fail(denied());
    failure(credentials.current());
    time.advance(Duration.ofSeconds(1));
    AccessKey key = issuer.succeed();
    assertThat(credentials.current().getNow(null)).as("nobody had to wait").isSameAs(key);
  }

  @Test
  void aWarmUpAsksAgainAtOnce() {
    credentials.current();
    issuer.fail(denied());
    try (Bucket logs = ExpressBucket.open(LOGS.toString(), IDENTITY);
        Bucket other = ExpressBucket.open(DATA.toString(), IDENTITY)) {
      CompletableFuture<Void> warm = sessions.warmUp(logs);
      assertThat(issuer.calls()).isEqualTo(2);
      assertThat(warm).isNotDone();
      AccessKey key = issuer.succeed();
      assertThat(warm).isCompleted();
      assertThat(credentials.current().getNow(null)).isSameAs(key);
      assertThatThrownBy(() -> sessions.warmUp(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(DATA.toString());
    }
  }

  @Test
  void aBucketOpenedAnewAsksAgainAtOnce() {
    credentials.current();
    issuer.fail(denied());
    open(LOGS, issuer).current();
    assertThat(issuer.calls()).isEqualTo(2);
  }

  @Test
  void aSessionThatHadEndedWhenItCameIsAFailure() {
    CompletableFuture<AccessKey> first = credentials.current();
    issuer.succeed(Duration.ofSeconds(-1));
    assertThat(failure(first))
        .isInstanceOf(CredentialsException.class)
        .hasMessageContaining("clocks")
        .hasMessageContaining(LOGS.toString());
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
    assertThat(sessions.stats())
        .extracting(SessionStats::created, SessionStats::refreshed, SessionStats::failed)
        .containsExactly(2L, 1L, 10L);
    assertThat(sessions.stats().waited()).as("only the first call").isOne();
  }

  @Test
  void backOffDoublesFromATenthOfASecondToFiveWithJitter() {
    live();
    time.advance(HALF_LIFE);
    for (long delay : List.of(50, 100, 200, 400, 800, 1600, 2500, 2500)) {
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
    assertThat(time.scheduled()).as("the look-round only").isOne();
    assertThat(credentials.current()).isNotDone();
    assertThat(issuer.calls()).isEqualTo(3);
  }

  @Test
  void shortSessionsKeepATwentiethOfTheirLifeAsMargin() {
    credentials.current();
    issuer.succeed(Duration.ofSeconds(5));
    time.advance(Duration.ofMillis(2499));
    assertThat(issuer.calls()).isOne();
    time.advance(Duration.ofMillis(2250));
    assertThat(credentials.current()).isCompleted();
    time.advance(Duration.ofMillis(1));
    assertThat(credentials.current()).isNotDone();
  }

  @Test
  void noSessionIsBelievedToLiveLongerThanSessionsDo() {
    credentials.current();
    issuer.succeed(Duration.ofHours(1));
    time.advance(Duration.ofMillis(149_999));
    assertThat(issuer.calls()).isOne();
    time.advance(Duration.ofMillis(1));
    assertThat(issuer.calls()).isEqualTo(2);
  }

  @Test
  void aWallClockThatJumpsEndsNoSession() {
    AccessKey key = live();
    for (Duration jump : List.of(Duration.ofHours(3), Duration.ofHours(-6))) {
      time.jump(jump);
      time.advance(Duration.ofSeconds(1));
      assertThat(credentials.current().getNow(null)).isSameAs(key);
    }
    assertThat(issuer.calls()).isOne();
    time.advance(HALF_LIFE);
    AccessKey fresh = issuer.succeed();
    time.advance(Duration.ofSeconds(100));
    assertThat(credentials.current().getNow(null)).isSameAs(fresh);
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
  void sessionsRefusedAtBirthDoNotMakeAStorm() {
    for (int i = 0; i < 1000; i++) {
      CompletableFuture<AccessKey> key = credentials.current();
      if (!key.isDone()) {
        issuer.succeed();
      }
      key = credentials.current();
      if (!key.isCompletedExceptionally()) {
        credentials.reject(key.join());
      }
    }
    assertThat(issuer.calls()).isEqualTo(3);
    assertThat(failure(credentials.current())).hasMessageContaining("clocks");
    time.advance(Duration.ofSeconds(1));
    AccessKey key = issuer.succeed();
    assertThat(issuer.calls()).isEqualTo(4);
    time.advance(Duration.ofSeconds(3));
    credentials.reject(key);
    credentials.current();
    assertThat(issuer.calls()).as("a session that was good is replaced at once").isEqualTo(5);
  }

  // Denial, which may be the session's fault.

  @Test
  void aDeniedKeyIsReplacedBesideItsUse() {
    AccessKey old = live();
    CompletableFuture<AccessKey> other = credentials.another(old);
    assertThat(other).isNotDone();
    assertThat(credentials.another(old)).isSameAs(other);
    assertThat(credentials.current().getNow(null)).as("others go on").isSameAs(old);
    AccessKey fresh = issuer.succeed();
    assertThat(other.join()).isSameAs(fresh);
    assertThat(credentials.another(old).join()).isSameAs(fresh);
    assertThat(issuer.calls()).isEqualTo(2);
  }

  @Test
  void denialsThatNewKeysDoNotCureMakeNoStorm() {
    live();
    for (int second = 0; second < 60; second++) {
      CompletableFuture<AccessKey> other = credentials.another(credentials.current().join());
      if (!other.isDone()) {
        issuer.succeed();
      }
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(issuer.calls()).as("the first, and one each 30 s").isEqualTo(3);
  }

  @Test
  void anIdentityThatIsRefusedIsLookedUpAgain() throws Exception {
    AtomicInteger resolved = new AtomicInteger();
    AwsCredentialsProvider provider =
        () -> AwsBasicCredentials.create("AKID" + resolved.incrementAndGet(), "secret");
    BlockingQueue<AccessKey> signers = new LinkedBlockingQueue<>();
    try (Sessions own =
        new Sessions(
            Credentials.of(provider), SessionOptions.defaults(), time, time, () -> jitter)) {
      BucketCredentials refused =
          own.forBucket(
              LOGS,
              SessionMode.READ_WRITE,
              (mode, signer) -> {
                signers.add(signer);
                return CompletableFuture.failedFuture(
                    new AccessDeniedException("refused", RequestSite.UNKNOWN, null));
              });
      assertThat(refused.current()).failsWithin(Duration.ofSeconds(30));
      for (String expected : List.of("AKID1", "AKID2")) {
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
    assertThat(sessions.stats().created()).isOne();
    assertThat(sessions.stats().live()).isOne();
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
    assertThat(time.scheduled()).as("the look-round only").isOne();
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

  // Idle sessions, too many of them, and a rotated identity.

  @Test
  void anIdleSessionIsLetGoAndComesBackOnUse() {
    live();
    int refreshes = 0;
    for (int minute = 0; minute < 20; minute++) {
      int calls = issuer.calls();
      time.advance(Duration.ofMinutes(1));
      if (issuer.calls() > calls) {
        issuer.succeed();
        refreshes++;
      }
    }
    assertThat(refreshes).as("every 150 s for 10 minutes").isBetween(3, 4);
    assertThat(sessions.stats().live()).isZero();
    assertThat(sessions.stats().letGo()).isOne();
    assertThat(credentials.current()).isNotDone();
    AccessKey key = issuer.succeed();
    assertThat(credentials.current().getNow(null)).isSameAs(key);
  }

  @Test
  void aSessionInUseIsNotLetGo() {
    live();
    for (int minute = 0; minute < 60; minute++) {
      int calls = issuer.calls();
      time.advance(Duration.ofMinutes(1));
      if (issuer.calls() > calls) {
        issuer.succeed();
      }
      assertThat(credentials.current()).isCompleted();
    }
    assertThat(sessions.stats().letGo()).isZero();
  }

  @Test
  void theLeastRecentlyUsedSessionMakesRoom() {
    try (Sessions few =
        new Sessions(IDENTITY, SessionOptions.defaults().most(3), time, time, () -> jitter)) {
      List<BucketCredentials> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        BucketName name = BucketName.directory("b" + i + "--usw2-az1--x-s3");
        all.add(few.forBucket(name, SessionMode.READ_WRITE, issuer));
      }
      for (int i = 0; i < 3; i++) {
        all.get(i).current();
        issuer.succeed();
        time.advance(Duration.ofSeconds(20));
      }
      all.get(0).current();
      time.advance(Duration.ofSeconds(20));
      all.get(3).current();
      issuer.succeed();
      assertThat(few.stats().live()).isEqualTo(3);
      assertThat(few.stats().letGo()).isOne();
      int calls = issuer.calls();
      assertThat(all.get(0).current()).isCompleted();
      assertThat(all.get(2).current()).isCompleted();
      assertThat(issuer.calls()).isEqualTo(calls);
      assertThat(all.get(1).current()).as("used least recently").isNotDone();
    }
  }

  @Test
  void aRotatedIdentityHandsOverWithoutAGap() throws Exception {
    AtomicInteger generation = new AtomicInteger();
    AwsCredentialsProvider provider =
        () -> AwsBasicCredentials.create("AKID" + generation.get(), "secret");
    Credentials identity = Credentials.of(provider);
    BlockingQueue<AccessKey> signers = new LinkedBlockingQueue<>();
    SessionOptions watchful = SessionOptions.defaults().identityCheck(Duration.ofMillis(100));
    try (Sessions own = Sessions.over(identity, watchful)) {
      BucketCredentials rotated =
          own.forBucket(
              LOGS,
              SessionMode.READ_WRITE,
              (mode, signer) -> {
                signers.add(signer);
                return CompletableFuture.completedFuture(
                    FakeIssuer.key("S of " + signer.id(), Instant.now().plusSeconds(300)));
              });
      rotated.current().get(30, TimeUnit.SECONDS);
      for (int i = 0; i < 3; i++) {
        AccessKey signer = signers.poll(30, TimeUnit.SECONDS);
        assertThat(signer).isNotNull().extracting(AccessKey::id).isEqualTo("AKID" + i);
        assertThat(rotated.current()).as("no gap").isCompleted();
        generation.incrementAndGet();
      }
      assertThat(own.stats().waited()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void aRotatedIdentityEndsTheMemoryOfADenial() throws Exception {
    AtomicInteger generation = new AtomicInteger();
    AwsCredentialsProvider provider =
        () -> AwsBasicCredentials.create("AKID" + generation.get(), "secret");
    CountDownLatch recovered = new CountDownLatch(1);
    SessionOptions watchful =
        SessionOptions.defaults()
            .identityCheck(Duration.ofMillis(100))
            .listener(event -> told(event, generation, recovered));
    try (Sessions own = Sessions.over(Credentials.of(provider), watchful)) {
      BucketCredentials rotated =
          own.forBucket(
              LOGS,
              SessionMode.READ_WRITE,
              (mode, signer) ->
                  signer.id().equals("AKID0")
                      ? CompletableFuture.failedFuture(denied())
                      : CompletableFuture.completedFuture(
                          FakeIssuer.key("S", Instant.now().plusSeconds(300))));
      CompletableFuture<AccessKey> first = rotated.current();
      assertThat(first).failsWithin(Duration.ofSeconds(30));
      rotated.current(); // somebody still wants it
      assertThat(recovered.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void told(SessionEvent event, AtomicInteger generation, CountDownLatch recovered) {
    if (event.kind() == SessionEvent.Kind.FAILED) {
      generation.incrementAndGet();
    } else if (event.kind() == SessionEvent.Kind.CREATED) {
      recovered.countDown();
    }
  }

  // What is told.

  @Test
  void statusAndEventsTellWhatHappened() {
    List<SessionEvent> events = new ArrayList<>();
    SessionOptions told = SessionOptions.defaults().listener(events::add);
    try (Sessions own = new Sessions(IDENTITY, told, time, time, () -> 0)) {
      BucketCredentials one = own.forBucket(DATA, SessionMode.READ_ONLY, issuer);
      CompletableFuture<AccessKey> first = one.current();
      one.current();
      assertThat(own.stats().waiting()).isEqualTo(2);
      assertThat(own.statuses().get(0).phase()).isEqualTo(SessionStatus.Phase.FETCHING);
      time.advance(Duration.ofSeconds(3));
      issuer.succeed();
      time.advance(Duration.ofSeconds(100));
      SessionStatus status = own.statuses().get(0);
      assertThat(status.bucket()).isEqualTo(DATA);
      assertThat(status.mode()).isEqualTo(SessionMode.READ_ONLY);
      assertThat(status.age()).isEqualTo(Duration.ofSeconds(100));
      assertThat(status.usableFor()).isEqualTo(Duration.ofSeconds(198));
      assertThat(own.stats().oldest()).isEqualTo(Duration.ofSeconds(100));
      time.advance(Duration.ofSeconds(50));
      issuer.fail(unavailable());
      one.reject(first.join());
      assertThat(events)
          .extracting(SessionEvent::kind, SessionEvent::took, SessionEvent::waiters)
          .containsExactly(
              tuple(SessionEvent.Kind.CREATED, Duration.ofSeconds(3), 2),
              tuple(SessionEvent.Kind.FAILED, Duration.ZERO, 0),
              tuple(SessionEvent.Kind.INVALIDATED, Duration.ZERO, 0));
    }
  }

  @Test
  void issuersThatPinOtherEncryptionHaveSessionsOfTheirOwn() {
    live();
    SessionIssuer encrypted =
        new SessionIssuer() {
          @Override
          public CompletableFuture<AccessKey> createSession(SessionMode mode, AccessKey identity) {
            return issuer.createSession(mode, identity);
          }

          @Override
          public Encryption encryption() {
            return Encryption.kms("1234abcd");
          }
        };
    assertThat(open(LOGS, encrypted).current()).isNotDone();
    assertThat(open(LOGS, encrypted).current()).isNotDone();
    assertThat(issuer.calls()).isEqualTo(2);
  }

  @Test
  void secretsStayOutOfTexts() {
    live();
    assertThat(credentials.toString() + sessions + sessions.stats() + sessions.statuses())
        .doesNotContain("secret", "token");
  }
}
