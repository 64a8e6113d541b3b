package io.expressway.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.AccessDeniedException;
import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.Encryption;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.SessionMode;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.testkit.Fault;
import io.expressway.testkit.ManualClock;
import io.expressway.testkit.RequestRecord;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.TemporaryCredentials;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Sessions over real HTTP when clocks disagree, rights change and identities are rotated. */
@Timeout(120)
final class SessionsOnTheWireTest {
  private static final String BUCKET = "demo--usw2-az1--x-s3";
  private final ManualClock clock = ManualClock.atSystemTime();
  private final ZonalServer server =
      ZonalServer.builder().zones("usw2-az1").iamOnData(false).clock(clock).start();
  private final Zone zone = server.zone("usw2-az1");
  private final ExpressOptions options =
      ExpressOptions.defaults().endpoint(zone.hostEndpoint()).readDeadline(Duration.ofSeconds(60));
  private volatile TemporaryCredentials identity = server.temporaryCredentials();
  private volatile CountDownLatch handOver = new CountDownLatch(1);
  private Sessions sessions =
      Sessions.over(Credentials.of(server.accessKeyId(), server.secretAccessKey()));
  private Bucket bucket = ExpressBucket.open(BUCKET, sessions, options);

  SessionsOnTheWireTest() {
    zone.putObject(BUCKET, "object", new byte[1000]);
  }

  @AfterEach
  void close() {
    bucket.close();
    sessions.close();
    server.close();
  }

  private void open(Credentials identity, SessionOptions how) {
    bucket.close();
    sessions.close();
    sessions = Sessions.over(identity, how);
    bucket = ExpressBucket.open(BUCKET, sessions, options);
  }

  private CompletableFuture<Slice> start() {
    return bucket.read("object", ByteRange.of(10, 100));
  }

  private void read() throws Exception {
    try (Slice slice = start().get(60, SECONDS)) {
      assertThat(slice.length()).isEqualTo(100);
    }
  }

  private void readTogether(int count) throws Exception {
    List<CompletableFuture<Slice>> reads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reads.add(start());
    }
    for (CompletableFuture<Slice> read : reads) {
      read.get(60, SECONDS).close();
    }
  }

  // Clocks.

  @ParameterizedTest
  @ValueSource(ints = {-600, -200, 200, 600})
  void aClockThatIsOffCostsOneRoundTripAndNoSession(int seconds) throws Exception {
    clock.advance(Duration.ofSeconds(seconds));
    RoundTrips before = zone.roundTrips();
    read();
    RoundTrips spent = zone.roundTrips().since(before);
    assertThat(spent.createSessions()).isLessThanOrEqualTo(2);
    assertThat(spent.total()).isLessThanOrEqualTo(3);
    SessionStatus status = sessions.statuses().get(0);
    assertThat(status.usableFor())
        .as("five minutes by the server's clock, less the margin")
        .isBetween(Duration.ofSeconds(280), Duration.ofSeconds(298));
    before = zone.roundTrips();
    readTogether(50);
    assertThat(zone.roundTrips().since(before).createSessions()).isZero();
  }

  @Test
  void aServerClockThatJumpsMakesNoStorm() throws Exception {
    read();
    for (int jump : new int[] {1200, -2400, 1200}) {
      clock.advance(Duration.ofSeconds(jump));
      RoundTrips before = zone.roundTrips();
      readTogether(64);
      RoundTrips spent = zone.roundTrips().since(before);
      assertThat(spent.createSessions()).as("after a jump of %s s", jump).isLessThanOrEqualTo(3);
      assertThat(spent.of("GetObject")).isLessThanOrEqualTo(3 * 64);
    }
  }

  // Rights.

  @Test
  void aRevokedSessionUnderManyReadsCostsOneSession() throws Exception {
    read();
    RoundTrips before = zone.roundTrips();
    List<CompletableFuture<Slice>> reads = new ArrayList<>();
    for (int i = 0; i < 640; i++) {
      if (i == 320) {
        zone.expireSessions();
      }
      reads.add(start());
    }
    for (CompletableFuture<Slice> read : reads) {
      read.get(60, SECONDS).close();
    }
    assertThat(zone.roundTrips().since(before).createSessions()).isOne();
    assertThat(sessions.stats().invalidated()).isOne();
  }

  /** A zone that comes back may know nothing of the time before, and may do so more than once. */
  @Test
  void sessionsThatTheZoneHasLostCostOneSessionEachTime() throws Exception {
    read();
    for (int i = 0; i < 2; i++) {
      RoundTrips before = zone.roundTrips();
      zone.loseSessions();
      readTogether(64);
      assertThat(zone.roundTrips().since(before).createSessions()).isOne();
    }
  }

  @Test
  void aDenialThatANewSessionCuresCostsOneSession() throws Exception {
    read();
    zone.inject(Fault.accessDenied().on("GetObject").times(1));
    RoundTrips before = zone.roundTrips();
    read();
    RoundTrips spent = zone.roundTrips().since(before);
    assertThat(spent.createSessions()).isOne();
    assertThat(spent.of("GetObject")).isEqualTo(2);
  }

  @Test
  void aDenialThatNothingCuresIsToldAndMakesNoStorm() throws Exception {
    read();
    zone.inject(Fault.accessDenied().on("GetObject").always());
    RoundTrips before = zone.roundTrips();
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(this::read).cause().isInstanceOf(AccessDeniedException.class);
    }
    RoundTrips spent = zone.roundTrips().since(before);
    assertThat(spent.createSessions()).isOne();
    assertThat(spent.of("GetObject")).isEqualTo(51);
    zone.clearFaults();
    read();
  }

  @Test
  void aReadOnlyBucketRefusesWritesBeforeAnyRequestAndReadsWithASessionOfItsOwn() throws Exception {
    read();
    RoundTrips before = zone.roundTrips();
    try (Bucket readOnly =
        ExpressBucket.open(BUCKET, sessions, options.mode(SessionMode.READ_ONLY))) {
      CompletableFuture<?> write =
          readOnly.write("new", ByteBuffer.allocate(10), WriteOptions.defaults());
      assertThat(write).isCompletedExceptionally();
      assertThatThrownBy(write::join).hasMessageContaining("ReadOnly");
      assertThat(readOnly.delete("object")).isCompletedExceptionally();
      assertThat(zone.roundTrips().since(before).total()).isZero();
      readOnly.read("object", ByteRange.of(0, 10)).get(60, SECONDS).close();
      assertThat(zone.roundTrips().since(before).createSessions()).isOne();
    }
    RequestRecord created = last("CreateSession");
    assertThat(created.headers()).containsEntry("x-amz-create-session-mode", "ReadOnly");
  }

  private RequestRecord last(String operation) {
    List<RequestRecord> all =
        zone.requests().stream().filter(each -> each.operation().equals(operation)).toList();
    return all.get(all.size() - 1);
  }

  @Test
  void encryptionIsPinnedByTheSessionAndNotSaidAgain() throws Exception {
    Encryption encryption = Encryption.kms("1234abcd-12ab-34cd-56ef-1234567890ab");
    try (Bucket encrypted = ExpressBucket.open(BUCKET, sessions, options.encryption(encryption))) {
      encrypted.write("secret", ByteBuffer.allocate(10), WriteOptions.defaults()).get(60, SECONDS);
    }
    assertThat(last("CreateSession").headers())
        .containsEntry("x-amz-server-side-encryption", "aws:kms")
        .containsEntry(
            "x-amz-server-side-encryption-aws-kms-key-id", "1234abcd-12ab-34cd-56ef-1234567890ab");
    assertThat(last("PutObject").headers().keySet())
        .noneMatch(name -> name.startsWith("x-amz-server-side-encryption"));
  }

  // Crowds.

  @Test
  void aColdCrowdWaitsForOneSlowCreateSession() throws Exception {
    zone.inject(Fault.delay(Duration.ofSeconds(3)).on("CreateSession").always());
    RoundTrips before = zone.roundTrips();
    readTogether(5000);
    assertThat(zone.roundTrips().since(before).createSessions()).isOne();
    assertThat(sessions.stats().waited()).isEqualTo(5000);
  }

  @Test
  void aColdCrowdFailsTogetherWhenCreateSessionIsDenied() {
    zone.inject(Fault.accessDenied().on("CreateSession").always());
    RoundTrips before = zone.roundTrips();
    List<CompletableFuture<Slice>> reads = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      reads.add(start());
    }
    assertThat(reads)
        .allSatisfy(
            read ->
                assertThatThrownBy(() -> read.get(60, SECONDS))
                    .cause()
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("CreateSession")
                    .hasMessageContaining(BUCKET));
    assertThat(zone.roundTrips().since(before).createSessions()).isLessThanOrEqualTo(2);
  }

  @Test
  void aWarmUpLeavesNothingForTheFirstReadToWaitFor() throws Exception {
    RoundTrips before = zone.roundTrips();
    sessions.warmUp(bucket).get(60, SECONDS);
    ((ExpressBucket) bucket).warmUp(5).get(60, SECONDS);
    assertThat(zone.roundTrips().since(before).createSessions()).isOne();
    assertThat(zone.roundTrips().connectionsOpen()).isGreaterThanOrEqualTo(5);
    before = zone.roundTrips();
    readTogether(5);
    RoundTrips spent = zone.roundTrips().since(before);
    assertThat(spent.connectionsAccepted()).isZero();
    assertThat(spent.total()).isEqualTo(5);
  }

  // Rotation.

  private static AwsCredentials sdk(TemporaryCredentials credentials) {
    return AwsSessionCredentials.create(
        credentials.accessKeyId(), credentials.secretAccessKey(), credentials.sessionToken());
  }

  private String lastSessionUsed() {
    List<RequestRecord> all = zone.requests();
    return String.valueOf(all.get(all.size() - 1).accessKeyId());
  }

  @Test
  void rotatedCredentialsHandOverWithoutAFailedRead() throws Exception {
    SessionOptions watchful =
        SessionOptions.defaults()
            .identityCheck(Duration.ofMillis(50))
            .listener(
                event -> {
                  if (event.kind() == SessionEvent.Kind.REFRESHED) {
                    handOver.countDown();
                  }
                });
    open(Credentials.of(() -> sdk(identity)), watchful);
    read();
    for (int i = 0; i < 12; i++) {
      TemporaryCredentials retired = identity;
      String retiredSession = lastSessionUsed();
      handOver = new CountDownLatch(1);
      identity = server.temporaryCredentials();
      while (handOver.getCount() > 0) {
        read();
      }
      zone.clearRequests();
      server.revoke(retired.accessKeyId());
      readTogether(16);
      assertThat(zone.requests())
          .hasSize(16)
          .extracting(RequestRecord::accessKeyId)
          .doesNotContain(retiredSession, retired.accessKeyId());
    }
    assertThat(sessions.stats().waited()).as("only the first read").isOne();
    assertThat(sessions.stats().failed()).isZero();
    assertThat(zone.requests()).extracting(RequestRecord::status).doesNotContain(403);
  }

  @Test
  void anIdentityRevokedBeforeItsRotationWasSeenStillFailsNoRead() throws Exception {
    open(Credentials.of(() -> sdk(identity)), SessionOptions.defaults());
    read();
    TemporaryCredentials retired = identity;
    identity = server.temporaryCredentials();
    server.revoke(retired.accessKeyId());
    zone.expireSessions();
    readTogether(64);
    assertThat(sessions.stats().created()).isEqualTo(2);
  }
}
