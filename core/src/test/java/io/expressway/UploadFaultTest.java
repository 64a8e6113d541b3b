package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.internal.checksum.RunningCrc;
import io.expressway.internal.http.WireBucket;
import io.expressway.internal.upload.PartBody;
import io.expressway.internal.upload.UploadCalls;
import io.expressway.testkit.Fault;
import io.expressway.testkit.RequestRecord;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** What becomes of uploads whose parts fail, or whose completion is not answered. */
@Tag("one-jdk")
final class UploadFaultTest {
  private static final int PART = 5 << 20;
  private static final UploadOptions OPTIONS = UploadOptions.defaults().partSize(PART);
  private static ZonalServer server;
  private static String name;
  private static S3AsyncClient sdk;
  private ExpressBucket bucket;

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1").requestLog(100_000).start();
    name = zone().createBucket("uploads");
    sdk =
        S3AsyncClient.builder()
            .endpointOverride(zone().endpoint())
            .region(Region.of(server.region()))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
            .build();
  }

  @AfterAll
  static void stop() {
    sdk.close();
    server.close();
  }

  private static Zone zone() {
    return server.zone("usw2-az1");
  }

  @BeforeEach
  void open() {
    zone().clearRequests();
    bucket =
        ExpressBucket.open(
            name,
            Credentials.of(server.accessKeyId(), server.secretAccessKey()),
            ExpressOptions.defaults()
                .endpoint(zone().endpoint())
                .uploadMemory(64 << 20)
                .firstByteTimeout(Duration.ofMillis(700)));
  }

  @AfterEach
  void close() throws Exception {
    zone().clearFaults();
    for (ObjectInfo left : BucketListing.of(bucket)) {
      await(bucket.delete(left.key()));
    }
    assertNothingStays();
    bucket.close();
  }

  /** Parts in progress show as prefixes. */
  private void assertNothingStays() throws Exception {
    ObjectListing all = await(bucket.list(ListRequest.under("").grouped()));
    assertThat(all.objects()).isEmpty();
    assertThat(all.prefixes()).isEmpty();
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future)
      throws Exception {
    try {
      throw new AssertionError("succeeded with " + await(future));
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(type);
      return type.cast(Objects.requireNonNull(e.getCause()));
    }
  }

  private static byte[] content(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static long sent(String operation) {
    return requests(operation).size();
  }

  private static List<RequestRecord> requests(String operation) {
    return zone().requests().stream()
        .filter(request -> request.operation().equals(operation))
        .toList();
  }

  static Stream<Fault> partFaults() {
    return Stream.of(
        Fault.internalError(),
        Fault.slowDown(),
        Fault.resetBeforeHead(),
        Fault.stallBeforeHead(),
        Fault.blackHole(),
        Fault.wrongChecksum(),
        Fault.status(400, "RequestTimeout", "idle"),
        Fault.status(400, "BadDigest", "garbled"));
  }

  /** One part in twenty fails, of many uploads that share little memory. */
  @ParameterizedTest
  @MethodSource("partFaults")
  void everyObjectIsRightWhenOnePartInTwentyFails(Fault fault) throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("everyObjectIsRightWhenOnePartInTwentyFails: -Dexpressway.seed=" + seed);
    zone().inject(fault.on("UploadPart").withProbability(0.05, seed));
    int[] sizes = {3 * PART, 4 * PART + 1, 6 * PART - 1, 5 * PART + 77};
    List<Upload> uploads = new ArrayList<>();
    List<CompletableFuture<ObjectInfo>> stored = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      Upload upload = bucket.upload("dir" + i + "/object", OPTIONS);
      uploads.add(upload);
      upload.write(ByteBuffer.wrap(content(sizes[i], i)));
      stored.add(upload.complete());
    }
    for (int i = 0; i < sizes.length; i++) {
      assertThat(await(stored.get(i)).size()).isEqualTo(sizes[i]);
      uploads.get(i).close();
      assertThat(readBySdk("dir" + i + "/object")).isEqualTo(content(sizes[i], i));
    }
  }

  /** The object as a client that is not ours reads it, its checksum verified by that client. */
  private static byte[] readBySdk(String key) throws Exception {
    return sdk.getObject(get -> get.bucket(name).key(key), AsyncResponseTransformer.toBytes())
        .get(60, TimeUnit.SECONDS)
        .asByteArray();
  }

  @Test
  void onlyTheFailedPartIsSentAgain() throws Exception {
    zone().inject(Fault.internalError().on("UploadPart").nth(2));
    byte[] content = content(4 * PART, 1);
    try (Upload upload = bucket.upload("object", OPTIONS)) {
      await(upload.write(ByteBuffer.wrap(content)));
      await(upload.complete());
    }
    assertThat(zone().bytes(name, "object")).isEqualTo(content);
    assertThat(sent("UploadPart")).isEqualTo(5);
    assertThat(requests("UploadPart").stream().map(RequestRecord::target).distinct()).hasSize(4);
  }

  @Test
  void aPartThatCannotBeSentAbortsTheUpload() throws Exception {
    zone().inject(Fault.accessDenied().on("UploadPart").nth(2).always());
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      CompletableFuture<Void> written = upload.write(ByteBuffer.wrap(content(4 * PART, 1)));
      CompletableFuture<ObjectInfo> stored = upload.complete();
      failure(AccessDeniedException.class, stored);
      written.handle((nothing, why) -> null).get(60, TimeUnit.SECONDS);
      assertNothingStays();
      failure(AccessDeniedException.class, upload.write(ByteBuffer.allocate(1)));
    }
    assertThat(sent("AbortMultipartUpload")).isEqualTo(1);
    assertThat(sent("CompleteMultipartUpload")).isZero();
  }

  @Test
  void anUploadThatCannotBeginFails() throws Exception {
    zone().inject(Fault.accessDenied().on("CreateMultipartUpload"));
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      upload.write(ByteBuffer.wrap(content(2 * PART, 1)));
      failure(AccessDeniedException.class, upload.complete());
    }
    assertThat(sent("UploadPart")).isZero();
  }

  @ParameterizedTest
  @MethodSource("silences")
  void anUploadIsBegunOnceWhenItsAnswerIsLost(Fault silence) throws Exception {
    zone().inject(silence.on("CreateMultipartUpload"));
    byte[] content = content(PART + 1, 1);
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      upload.write(ByteBuffer.wrap(content));
      await(upload.complete());
    }
    assertThat(zone().bytes(name, "dir/object")).isEqualTo(content);
  }

  static Stream<Fault> silences() {
    return Stream.of(
        Fault.resetBeforeHead(),
        Fault.stallBeforeHead(),
        Fault.blackHole(),
        Fault.internalError(),
        Fault.errorInBody());
  }

  @ParameterizedTest
  @MethodSource("silences")
  void aCompletionWithoutAnswerHappensOnce(Fault silence) throws Exception {
    for (WriteOptions how : List.of(WriteOptions.defaults(), WriteOptions.defaults().ifAbsent())) {
      zone().inject(silence.on("CompleteMultipartUpload"));
      byte[] content = content(PART + 1, 1);
      try (Upload upload = bucket.upload("dir/object", OPTIONS.storedWith(how))) {
        upload.write(ByteBuffer.wrap(content));
        ObjectInfo info = await(upload.complete());
        assertThat(info.version()).isEqualTo(await(bucket.stat("dir/object")).version());
      }
      assertThat(zone().bytes(name, "dir/object")).isEqualTo(content);
      await(bucket.delete("dir/object"));
    }
  }

  @Test
  void aCompletionThatNobodyCanCheckIsUnknown() throws Exception {
    zone().inject(Fault.resetBeforeHead().on("CompleteMultipartUpload"));
    zone().inject(Fault.accessDenied().on("ListParts"));
    try (Upload upload = bucket.upload("dir/object", OPTIONS)) {
      upload.write(ByteBuffer.wrap(content(PART + 1, 1)));
      failure(OutcomeUnknownException.class, upload.complete());
    }
  }

  @Test
  void cancellingAWriteAbortsTheUpload() throws Exception {
    zone().inject(Fault.blackHole().on("UploadPart").always());
    try (Upload upload = bucket.upload("dir/object", OPTIONS.partsInFlight(1))) {
      CompletableFuture<Void> written = upload.write(ByteBuffer.wrap(content(3 * PART, 1)));
      written.cancel(true);
      await(upload.abort());
      assertNothingStays();
      assertThat(failure(InvalidRequestException.class, upload.complete()))
          .hasMessageContaining("cancelled");
    }
  }

  @Test
  void anInterruptedWriterAbortsTheUpload() throws Exception {
    zone().inject(Fault.blackHole().on("UploadPart").always());
    try (Upload upload = bucket.upload("dir/object", OPTIONS.partsInFlight(1))) {
      Thread.currentThread().interrupt();
      try (OutputStream stream = upload.stream()) {
        stream.write(content(3 * PART, 1));
        throw new AssertionError("was not interrupted");
      } catch (InvalidRequestException e) {
        assertThat(e).hasMessageContaining("interrupted");
      }
      assertThat(Thread.interrupted()).isTrue();
    }
    assertNothingStays();
  }

  @Test
  void writersOfManyUploadsShareWhatThereIs() throws Exception {
    List<Thread> writers = new ArrayList<>();
    List<Throwable> problems = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 16; i++) {
      int number = i;
      Thread writer =
          new Thread(
              () -> {
                try (Upload upload = bucket.upload("many/" + number, OPTIONS)) {
                  try (OutputStream stream = upload.stream()) {
                    stream.write(content(2 * PART + number, number));
                  }
                  await(upload.complete());
                } catch (Throwable e) {
                  problems.add(e);
                }
              });
      writers.add(writer);
      writer.start();
    }
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(problems).isEmpty();
    for (int i = 0; i < 16; i++) {
      assertThat(zone().bytes(name, "many/" + i)).isEqualTo(content(2 * PART + i, i));
    }
  }

  @Test
  void afterACrashOnlyMissingPartsAreSent() throws Exception {
    byte[] content = content(5 * PART + 3, 1);
    zone().inject(Fault.accessDenied().on("AbortMultipartUpload").always());
    zone().inject(Fault.accessDenied().on("UploadPart").nth(3));
    String kept;
    try (Upload upload = bucket.upload("object", OPTIONS.partsInFlight(1))) {
      kept = await(upload.token()).toString();
      failure(AccessDeniedException.class, upload.write(ByteBuffer.wrap(content)));
    }
    zone().clearFaults();
    zone().clearRequests();
    try (Upload resumed = await(bucket.resume(UploadToken.parse(kept), OPTIONS))) {
      assertThat(resumed.offset()).isEqualTo(2 * PART);
      await(resumed.write(ByteBuffer.wrap(content, 2 * PART, content.length - 2 * PART)));
      await(resumed.complete());
    }
    assertThat(zone().bytes(name, "object")).isEqualTo(content);
    assertThat(sent("UploadPart")).isEqualTo(4);
  }

  @Test
  void partsBehindAGapAreComparedInsteadOfSent() throws Exception {
    byte[] content = content(5 * PART, 1);
    String id;
    WireBucket wire =
        WireBucket.zonal(
            bucket.name(),
            server.region(),
            Credentials.of(server.accessKeyId(), server.secretAccessKey()),
            ExpressOptions.defaults().endpoint(zone().endpoint()));
    try {
      UploadCalls crashed = wire.uploadCalls("object", WriteOptions.defaults());
      id = await(crashed.begin());
      await(crashed.send(id, 1, part(content, 0)));
      await(crashed.send(id, 3, part(content, 2 * PART)));
      await(crashed.send(id, 4, part(content, 0)));
    } finally {
      wire.close();
    }
    zone().clearRequests();
    UploadToken token = new UploadToken(bucket.name(), "object", id, Crc.CRC32C, PART, PART);
    try (Upload resumed = await(bucket.resume(token, OPTIONS))) {
      assertThat(resumed.offset()).isEqualTo(PART);
      await(resumed.write(ByteBuffer.wrap(content, PART, 4 * PART)));
      await(resumed.complete());
    }
    assertThat(zone().bytes(name, "object")).isEqualTo(content);
    assertThat(sent("UploadPart")).as("2 was missing, 4 wrong, 5 missing").isEqualTo(3);
  }

  private static PartBody part(byte[] content, int from) {
    ByteBuffer bytes = ByteBuffer.wrap(content, from, PART).slice();
    return new PartBody(
        List.of(bytes), Optional.empty(), PART, RunningCrc.text(Crc.CRC32C, bytes), () -> {});
  }
}
