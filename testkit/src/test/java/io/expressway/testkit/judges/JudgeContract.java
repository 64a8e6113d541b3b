package io.expressway.testkit.judges;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.expressway.testkit.ManualClock;
import io.expressway.testkit.RequestRecord;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/**
 * What a client of the AWS SDK finds when it uses the server as it would use S3 Express: its own
 * signer, sessions, checksums and parsers judge the answers. Every test has a server and a client
 * of its own, with sessions on.
 */
@ExtendWith(NoNativeLeaks.class)
@Timeout(60)
abstract class JudgeContract {
  private static final Duration SESSION_LIFETIME = Duration.ofMinutes(5);
  private static final int SMALLEST_PART_BYTES = 5 << 20;
  private static final String KEY = "judged/a b+\u00e9.txt";

  private final ManualClock clock = ManualClock.atSystemTime();
  private final ZonalServer server =
      ZonalServer.builder()
          .zones("usw2-az1")
          .clock(clock)
          .sessionLifetime(SESSION_LIFETIME)
          .bucket("judged")
          .start();
  private final Zone zone = server.zone("usw2-az1");
  private final JudgedBucket bucket = open();

  /** A new client of the server's only zone, with sessions on; the caller closes it. */
  abstract Judge client(ZonalServer server);

  private JudgedBucket open() {
    return new JudgedBucket(client(server), zone.bucket());
  }

  @AfterEach
  void close() {
    try (server) {
      bucket.close();
    }
  }

  @Test
  void putIsReadBack() {
    bucket.put(KEY, "hello zonal world");
    assertThat(bucket.read(KEY)).isEqualTo("hello zonal world");
    assertThat(zone.bytes(bucket.name(), KEY)).isEqualTo("hello zonal world".getBytes(UTF_8));
  }

  @Test
  void oneSessionSignsEveryDataRequest() {
    bucket.put(KEY, "one");
    bucket.read(KEY);
    bucket.read(KEY);
    assertThat(zone.roundTrips().createSessions()).isEqualTo(1);
    assertThat(zone.requests())
        .filteredOn(request -> !request.operation().equals("CreateSession"))
        .isNotEmpty()
        .allMatch(RequestRecord::sessionSigned);
  }

  @Test
  void rangesAreCut() {
    bucket.put(KEY, "hello zonal world");
    assertThat(bucket.readRange(KEY, "bytes=6-10")).isEqualTo("zonal");
    assertThat(bucket.readRange(KEY, "bytes=12-")).isEqualTo("world");
    assertThat(bucket.readRange(KEY, "bytes=-5")).isEqualTo("world");
    assertThat(bucket.readRange(KEY, "bytes=12-999")).isEqualTo("world");
  }

  @Test
  void rangeBehindTheEndIsRefused() {
    bucket.put(KEY, "hello");
    assertThat(refused(() -> bucket.readRange(KEY, "bytes=100-"))).isEqualTo(416);
  }

  @Test
  void conditionsOfReadsAreJudged() {
    String etag = bucket.put(KEY, "hello");
    assertThat(bucket.read(KEY, get -> get.ifMatch(etag))).isEqualTo("hello");
    assertThat(bucket.read(KEY, get -> get.ifNoneMatch("\"other\""))).isEqualTo("hello");
    assertThat(refused(() -> bucket.read(KEY, get -> get.ifMatch("\"other\"")))).isEqualTo(412);
    assertThat(refused(() -> bucket.read(KEY, get -> get.ifNoneMatch(etag)))).isEqualTo(304);
  }

  @Test
  void conditionsOfWritesAreJudged() {
    String etag = bucket.put(KEY, "one", put -> put.ifNoneMatch("*"));
    assertThat(refused(() -> bucket.put(KEY, "x", put -> put.ifNoneMatch("*")))).isEqualTo(412);
    bucket.put(KEY, "two", put -> put.ifMatch(etag));
    assertThat(refused(() -> bucket.put(KEY, "x", put -> put.ifMatch(etag)))).isEqualTo(412);
    assertThat(bucket.read(KEY)).isEqualTo("two");
  }

  @Test
  void partsBecomeOneObject() {
    byte[] first = new byte[SMALLEST_PART_BYTES];
    Arrays.fill(first, (byte) 'x');
    bucket.complete(KEY, bucket.begin(KEY), first, "tail".getBytes(UTF_8));
    assertThat(bucket.read(KEY)).isEqualTo("x".repeat(SMALLEST_PART_BYTES) + "tail");
    assertThat(bucket.readRange(KEY, "bytes=-5")).isEqualTo("xtail");
  }

  @Test
  void smallPartThatIsNotTheLastIsRefused() {
    String upload = bucket.begin(KEY);
    AwsServiceException refusal =
        refusal(() -> bucket.complete(KEY, upload, new byte[9], new byte[9]));
    assertThat(refusal.statusCode()).isEqualTo(400);
    assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("EntityTooSmall");
  }

  /** Directory buckets do not sort, so order is not asserted, and a prefix is a directory. */
  @Test
  void listingKnowsDirectoriesOnly() {
    List.of("a/one", "a/two", "a/deep/three", "b/four").forEach(key -> bucket.put(key, key));
    assertThat(bucket.keys("a/")).containsExactlyInAnyOrder("a/one", "a/two", "a/deep/three");
    ListObjectsV2Response level = bucket.list(list -> list.prefix("a/").delimiter("/"));
    assertThat(level.contents()).hasSize(2);
    assertThat(level.commonPrefixes()).extracting(CommonPrefix::prefix).containsExactly("a/deep/");
    assertThat(refused(() -> bucket.keys("a"))).isEqualTo(400);
    assertThat(refused(() -> bucket.list(list -> list.delimiter("-")))).isEqualTo(400);
  }

  @Test
  void pagesOfAListingJoin() {
    List.of("a/1", "a/2", "a/3").forEach(key -> bucket.put(key, key));
    ListObjectsV2Response first = bucket.list(list -> list.prefix("a/").maxKeys(2));
    ListObjectsV2Response second =
        bucket.list(
            list -> list.prefix("a/").maxKeys(2).continuationToken(first.nextContinuationToken()));
    assertThat(first.isTruncated()).isTrue();
    assertThat(second.isTruncated()).isFalse();
    assertThat(first.contents()).hasSize(2);
    assertThat(second.contents()).hasSize(1).doesNotContainAnyElementsOf(first.contents());
  }

  @Test
  void appendNeedsTheRightOffset() {
    bucket.append(KEY, 0, "one");
    bucket.append(KEY, 3, "two");
    AwsServiceException refusal = refusal(() -> bucket.append(KEY, 3, "x"));
    assertThat(refusal.statusCode()).isEqualTo(400);
    assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("InvalidWriteOffset");
    assertThat(bucket.read(KEY)).isEqualTo("onetwo");
  }

  @Test
  void renameMovesTheObject() {
    bucket.put(KEY, "moved");
    bucket.rename(KEY, "judged/renamed");
    assertThat(bucket.read("judged/renamed")).isEqualTo("moved");
    assertThat(refused(() -> bucket.read(KEY))).isEqualTo(404);
  }

  @Test
  void deletedObjectsAreGone() {
    List.of("a/1", "a/2", "a/3").forEach(key -> bucket.put(key, key));
    bucket.delete("a/1");
    assertThat(refused(() -> bucket.read("a/1"))).isEqualTo(404);
    assertThat(bucket.deleteAll("a/2", "a/never")).containsExactlyInAnyOrder("a/2", "a/never");
    assertThat(bucket.keys("a/")).containsExactly("a/3");
  }

  /**
   * The server's clock starts so far back that its sessions are over at once by the client's clock,
   * the system's; then it catches up, so that the session is over by both. The SDK still hands it
   * out while it fetches another, so the read is repeated while it is refused; the S3 client of the
   * Common Runtime fetches first.
   */
  @Test
  void readAcrossAnExpiredSessionMakesANewOne() {
    Duration back = SESSION_LIFETIME.plusMinutes(1);
    zone.putObject(bucket.name(), KEY, "kept".getBytes(UTF_8));
    clock.advance(back.negated());
    assertThat(bucket.readRange(KEY, "bytes=0-3")).isEqualTo("kept");
    clock.advance(back);
    RoundTrips before = zone.roundTrips();
    assertThat(readUntilRenewed()).isEqualTo("kept");
    assertThat(zone.roundTrips().since(before).createSessions()).isEqualTo(1);
  }

  private String readUntilRenewed() {
    while (true) {
      try {
        return bucket.readRange(KEY, "bytes=0-3");
      } catch (AwsServiceException refusal) {
        assertThat(refusal.statusCode()).isEqualTo(400);
        assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("ExpiredToken");
      }
    }
  }

  /** No client learns from ExpiredToken: each uses its session until its own clock ends it. */
  @Test
  void endedSessionIsRefusedUntilAFreshOneIsMade() {
    bucket.put(KEY, "kept");
    zone.expireSessions();
    RoundTrips before = zone.roundTrips();
    for (int i = 0; i < 3; i++) {
      AwsServiceException refusal = refusal(() -> bucket.readRange(KEY, "bytes=0-3"));
      assertThat(refusal.statusCode()).isEqualTo(400);
      assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo("ExpiredToken");
    }
    assertThat(zone.roundTrips().since(before).createSessions()).isZero();
    try (JudgedBucket renewed = open()) {
      assertThat(renewed.read(KEY)).isEqualTo("kept");
    }
    assertThat(zone.roundTrips().since(before).createSessions()).isEqualTo(1);
  }

  private static int refused(ThrowingCallable call) {
    return refusal(call).statusCode();
  }

  private static AwsServiceException refusal(ThrowingCallable call) {
    AwsServiceException refusal = catchThrowableOfType(AwsServiceException.class, call);
    assertThat(refusal).as("the server's refusal").isNotNull();
    return refusal;
  }
}
