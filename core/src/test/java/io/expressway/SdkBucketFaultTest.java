package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.Fault;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** What callers of an SDK client are told when things go wrong. */
final class SdkBucketFaultTest {
  private static final int SIZE = 100_000;
  private static final SdkEventLoopGroup LOOPS =
      SdkEventLoopGroup.builder().numberOfThreads(1).build();
  private static ZonalServer server;
  private static String name;
  private S3AsyncClient client;
  private SdkBucket bucket;

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1").start();
    name = zone().createBucket("faults");
  }

  @AfterAll
  static void stop() {
    server.close();
    LOOPS.eventLoopGroup().shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static S3AsyncClient client(String secret) {
    return client(server, secret);
  }

  private static S3AsyncClient client(ZonalServer of, String secret) {
    return client(of, secret, false);
  }

  private static S3AsyncClient client(ZonalServer of, String secret, boolean repeats) {
    return S3AsyncClient.builder()
        .httpClientBuilder(NettyNioAsyncHttpClient.builder().eventLoopGroup(LOOPS))
        .endpointOverride(of.zone("usw2-az1").endpoint())
        .region(Region.of(of.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(of.accessKeyId(), secret)))
        .overrideConfiguration(
            o ->
                o.retryStrategy(
                    repeats
                        ? AwsRetryStrategy.standardRetryStrategy()
                        : AwsRetryStrategy.doNotRetry()))
        .build();
  }

  private static Zone zone() {
    return server.zone("usw2-az1");
  }

  /** A client of its own, without retries, so that no test meets a connection another broke. */
  @BeforeEach
  void open() throws Exception {
    client = client(server.secretAccessKey());
    bucket = SdkBucket.over(client, name);
    bucket
        .write("object", ByteBuffer.allocate(SIZE), WriteOptions.defaults())
        .get(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    zone().clearFaults();
    bucket.close();
    client.close();
  }

  private static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future)
      throws Exception {
    try {
      Object value = future.get(60, TimeUnit.SECONDS);
      if (value instanceof Slice slice) {
        slice.close();
      }
      throw new AssertionError("succeeded with " + value + " instead of " + type.getSimpleName());
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(type);
      return type.cast(Objects.requireNonNull(e.getCause()));
    }
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(Fault.accessDenied(), AccessDeniedException.class),
        Arguments.of(Fault.expiredSession(), AccessDeniedException.class),
        Arguments.of(Fault.internalError(), ZoneUnavailableException.class),
        Arguments.of(Fault.inactiveBucket(), ZoneUnavailableException.class),
        Arguments.of(Fault.slowDown(), ThrottledException.class),
        Arguments.of(Fault.resetBeforeHead(), ZoneUnavailableException.class),
        Arguments.of(Fault.resetAfter(5000), ZoneUnavailableException.class),
        Arguments.of(Fault.truncateAt(5000), ZoneUnavailableException.class),
        Arguments.of(Fault.wrongContentRange(), CorruptResponseException.class),
        Arguments.of(Fault.status(501, "NotImplemented", "no"), InvalidRequestException.class),
        Arguments.of(Fault.status(400, "InvalidArgument", "no"), InvalidRequestException.class),
        Arguments.of(
            Fault.status(409, "ConditionalRequestConflict", "raced"),
            PreconditionFailedException.class));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void eachFaultHasItsName(Fault fault, Class<? extends ExpressException> type) throws Exception {
    zone().inject(fault.on("GetObject").always());
    ByteRange range = ByteRange.of(10, 50_000);
    ExpressException failure = failure(type, bucket.read("object", range));
    assertThat(failure).hasMessageContaining(name).hasMessageContaining("bytes=10-50009");
    assertThat(failure.site().key()).isEqualTo("object");
    ByteBuffer target = ByteBuffer.allocateDirect(60_000).position(3);
    failure(type, bucket.readInto(ReadRequest.of("object", range), target));
    assertThat(target.position()).isEqualTo(3);
  }

  @Test
  void wholeReadsAreHeldAgainstTheirChecksum() throws Exception {
    zone().inject(Fault.corruptBody().on("GetObject").always());
    failure(CorruptResponseException.class, bucket.read("object", ByteRange.all()));
  }

  @Test
  void aReadKeepsToItsDeadlineAndThenLeavesTheTargetAlone() throws Exception {
    zone().inject(Fault.stallAfter(5000).on("GetObject").always());
    ByteBuffer target = ByteBuffer.allocateDirect(SIZE);
    ReadRequest request =
        ReadRequest.of("object", ByteRange.of(0, SIZE)).deadline(Duration.ofMillis(100));
    assertThat(failure(DeadlineExceededException.class, bucket.readInto(request, target)))
        .hasMessageContaining("100 ms");
    assertThat(target.position()).isZero();
  }

  @Test
  void aConditionalWriteWithoutAnswerIsUnknown() throws Exception {
    WriteOptions ifAbsent = WriteOptions.defaults().ifAbsent();
    for (Fault silence : List.of(Fault.resetBeforeHead(), Fault.internalError())) {
      zone().inject(silence.on("PutObject"));
      String key = "once" + zone().requests().size();
      failure(OutcomeUnknownException.class, bucket.write(key, ByteBuffer.allocate(1), ifAbsent));
    }
    zone().inject(Fault.inactiveBucket().on("PutObject"));
    failure(ZoneUnavailableException.class, bucket.write("none", ByteBuffer.allocate(1), ifAbsent));
  }

  /** The client repeats the write by itself, and meets its own success. */
  @Test
  void aWriteThatTheClientRepeatedIsNoLostRace() throws Exception {
    try (S3AsyncClient repeating = client(server, server.secretAccessKey(), true);
        SdkBucket own = SdkBucket.over(repeating, name)) {
      zone().inject(Fault.resetBeforeHead().on("PutObject"));
      assertThat(
              failure(
                  OutcomeUnknownException.class,
                  own.write("twice", ByteBuffer.allocate(1), WriteOptions.defaults().ifAbsent())))
          .hasMessageContaining("2 attempts");
    }
  }

  @Test
  void anAppendWithoutAnswerHappensOnce() throws Exception {
    try (S3AsyncClient repeating = client(server, server.secretAccessKey(), true);
        SdkBucket own = SdkBucket.over(repeating, name)) {
      for (SdkBucket each : List.of(bucket, own)) {
        each.write("log", ByteBuffer.allocate(3), WriteOptions.defaults())
            .get(60, TimeUnit.SECONDS);
        zone().inject(Fault.resetBeforeHead().on("PutObject"));
        ObjectInfo longer = each.append("log", 3, ByteBuffer.allocate(5)).get(60, TimeUnit.SECONDS);
        assertThat(longer.size()).isEqualTo(8);
        assertThat(zone().bytes(name, "log")).hasSize(8);
      }
    }
  }

  @Test
  void closingTheBucketFailsWhatIsUnderWay() throws Exception {
    zone().inject(Fault.blackHole().on("GetObject").always());
    CompletableFuture<Slice> read = bucket.read("object", ByteRange.all());
    assertThat(read).isNotDone();
    bucket.close();
    failure(BucketClosedException.class, read);
  }

  @Test
  void aCancelledReadIsGivenUp() {
    zone().inject(Fault.blackHole().on("GetObject").always());
    CompletableFuture<Slice> read = bucket.read("object", ByteRange.all());
    assertThat(read.cancel(true)).isTrue();
    assertThat(read).isCancelled();
    assertThat(read.cancel(true)).isTrue();
  }

  @Test
  void aMissingBucketIsNamed() throws Exception {
    try (SdkBucket missing = SdkBucket.over(client, "missing--usw2-az1--x-s3")) {
      failure(BucketNotFoundException.class, missing.read("object", ByteRange.all()));
      failure(BucketNotFoundException.class, missing.list(ListRequest.under("")));
    }
  }

  @Test
  void wrongCredentialsAreDenied() throws Exception {
    try (S3AsyncClient stranger = client("not the secret");
        SdkBucket denied = SdkBucket.over(stranger, name)) {
      failure(AccessDeniedException.class, denied.read("object", ByteRange.all()));
    }
  }

  @Test
  void aStoppedZoneIsUnavailable() throws Exception {
    try (ZonalServer other = ZonalServer.builder().zones("usw2-az1").start();
        S3AsyncClient own = client(other, other.secretAccessKey());
        SdkBucket lost = SdkBucket.over(own, other.zone("usw2-az1").createBucket("lost"))) {
      other.zone("usw2-az1").stop();
      failure(ZoneUnavailableException.class, lost.read("object", ByteRange.all()));
    }
  }

  @Test
  void theClientStaysOpen() throws Exception {
    bucket.close();
    try (SdkBucket again = SdkBucket.over(client, name)) {
      assertThat(again.stat("object").get(60, TimeUnit.SECONDS).size()).isEqualTo(SIZE);
    }
  }
}
