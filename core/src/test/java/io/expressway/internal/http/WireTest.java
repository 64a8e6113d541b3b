package io.expressway.internal.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.AccessDeniedException;
import io.expressway.BucketListener;
import io.expressway.BucketName;
import io.expressway.ByteRange;
import io.expressway.CorruptResponseException;
import io.expressway.Credentials;
import io.expressway.DeadlineExceededException;
import io.expressway.ExpressException;
import io.expressway.ExpressOptions;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.RangeNotSatisfiableException;
import io.expressway.ReadClaim;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.ThrottledException;
import io.expressway.WriteOptions;
import io.expressway.ZoneUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the wire makes of sound and unsound answers. */
final class WireTest {
  private static final String BUCKET = "demo--usw2-az1--x-s3";
  private static final int MIB = 1 << 20;
  private final ScriptedObject object = new ScriptedObject(2 * MIB, 42);
  private final ScriptedServer server = new ScriptedServer(object::answer);
  private final AtomicInteger retries = new AtomicInteger();
  private final List<WireBucket> opened = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    opened.forEach(WireBucket::close);
    server.close();
  }

  private ExpressOptions options() {
    return ExpressOptions.defaults()
        .endpoint(server.endpoint())
        .listener(
            new BucketListener() {
              @Override
              public void onRetry(
                  BucketName bucket, Operation operation, ExpressException why, Duration delay) {
                retries.incrementAndGet();
              }
            });
  }

  private WireBucket open(ExpressOptions options) {
    WireBucket bucket =
        WireBucket.zonal(
            BucketName.directory(BUCKET), "us-west-2", Credentials.of("AKID", "secret"), options);
    opened.add(bucket);
    return bucket;
  }

  private WireBucket open() {
    return open(options());
  }

  private static ReadRequest first(int bytes) {
    return ReadRequest.of("key", ByteRange.of(0, bytes));
  }

  private void readsRightBytes(WireBucket bucket, int from, int bytes) throws Exception {
    try (Slice slice =
        bucket.read(ReadRequest.of("key", ByteRange.of(from, bytes))).get(20, SECONDS)) {
      assertThat(slice.length()).isEqualTo(bytes);
      assertThat(object.matches(slice.buffers().get(0), from)).isTrue();
    }
  }

  private static ExpressException failure(CompletableFuture<?> read) throws Exception {
    try {
      Object got = read.get(20, SECONDS);
      throw new AssertionError("should have failed, but got " + got);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(ExpressException.class);
      return (ExpressException) java.util.Objects.requireNonNull(e.getCause());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4095, 4096, 4097, 65_535, 65_536, 65_537, MIB, 2 * MIB})
  void readsEverySize(int bytes) throws Exception {
    readsRightBytes(open(), 0, bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096, 65_537, MIB})
  void readsIntoDirectAndHeapTargets(int bytes) throws Exception {
    WireBucket bucket = open();
    for (ByteBuffer target :
        List.of(ByteBuffer.allocateDirect(bytes + 20), ByteBuffer.allocate(bytes + 20))) {
      target.position(7).limit(bytes + 13);
      ObjectInfo info = bucket.readInto(first(bytes), target).get(20, SECONDS);
      assertThat(info.size()).isEqualTo(2 * MIB);
      assertThat(target.position()).isEqualTo(7 + bytes);
      assertThat(object.matches(target.duplicate().position(7).limit(7 + bytes), 0)).isTrue();
      assertThat(target.get(6)).isZero();
      assertThat(target.get(7 + bytes)).isZero();
    }
  }

  @Test
  void understandsAHeadThatComesByteByByte() throws Exception {
    WireBucket bucket = open();
    server.next(
        (request, reply) -> {
          for (byte octet :
              object.head(request).getBytes(java.nio.charset.StandardCharsets.US_ASCII)) {
            reply.write(new byte[] {octet});
          }
          reply.write(object.content(), 0, 4096);
        });
    readsRightBytes(bucket, 0, 4096);
  }

  @Test
  void passesOverInterimAnswers() throws Exception {
    WireBucket bucket = open();
    server.next(
        (request, reply) -> {
          reply.write("HTTP/1.1 100 Continue\r\n\r\n");
          object.answer(request, reply);
        });
    readsRightBytes(bucket, 0, 4096);
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 60_000, MIB})
  void goesOnFromTheLastByteWhenTheBodyIsCut(int bytes) throws Exception {
    WireBucket bucket = open();
    for (int sixteenth = 0; sixteenth < 16; sixteenth++) {
      int sent = (int) ((long) bytes * sixteenth / 16);
      boolean reset = sixteenth % 2 == 1;
      server.next(
          (request, reply) -> {
            object.begin(request, reply, sent);
            if (reset) {
              reply.reset();
            } else {
              reply.finish();
            }
          });
      int before = server.requests().size();
      readsRightBytes(bucket, 0, bytes);
      ScriptedServer.Request last = server.requests().get(server.requests().size() - 1);
      assertThat(server.requests()).hasSize(before + 2);
      if (sent > 0 && !reset) { // a reset may overtake the bytes before it
        assertThat(last.first()).isEqualTo(sent);
        assertThat(last.headers()).containsEntry("if-match", object.etag());
      }
    }
  }

  @Test
  void resumesInTheCallersOwnMemory() throws Exception {
    WireBucket bucket = open();
    server.next(
        (request, reply) -> {
          object.begin(request, reply, 300_000);
          reply.finish();
        });
    ByteBuffer target = ByteBuffer.allocateDirect(MIB);
    bucket.readInto(first(MIB), target).get(20, SECONDS);
    assertThat(object.matches(target.flip(), 0)).isTrue();
  }

  /** Takes every read, and keeps what came of one that failed. */
  private static final class Keeper implements ReadClaim {
    final AtomicReference<Slice> partial = new AtomicReference<>();

    @Override
    public ObjectInfo tryClaim(ObjectInfo found) {
      return found;
    }

    @Override
    public void onPartial(Slice bytes) {
      assertThat(partial.compareAndSet(null, bytes)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1500, 300_000})
  void whatCameBeforeAFailureIsHandedOver(int sent) throws Exception {
    WireBucket bucket = open();
    for (boolean lent : new boolean[] {true, false}) {
      server.next(
          (request, reply) -> {
            object.begin(request, reply, sent);
            reply.finish();
          });
      Keeper keeper = new Keeper();
      ReadRequest once = first(sent + 1000).claimedBy(keeper).once();
      ByteBuffer target = ByteBuffer.allocateDirect(sent + 1000);
      int before = server.requests().size();
      ExpressException failed = failure(lent ? bucket.read(once) : bucket.readInto(once, target));
      assertThat(failed).isInstanceOf(ZoneUnavailableException.class);
      assertThat(server.requests()).hasSize(before + 1);
      try (Slice came = java.util.Objects.requireNonNull(keeper.partial.get())) {
        assertThat(came.length()).isEqualTo(sent);
        assertThat(object.matches(came.buffers().get(0), 0)).isTrue();
      }
      assertThat(target.position()).isZero();
      assertThat(lent || object.matches(target.slice(0, sent), 0)).isTrue();
    }
    assertThat(retries).hasValue(0);
  }

  @Test
  void whoHasAnotherBucketToAskIsToldOfAStatsFailureAtOnce() throws Exception {
    WireBucket bucket = open();
    server.next((request, reply) -> reply.reset());
    assertThat(failure(bucket.statOnce("object"))).isInstanceOf(ZoneUnavailableException.class);
    assertThat(server.requests()).hasSize(1);
    assertThat(retries).hasValue(0);
  }

  @Test
  void neverMixesTwoVersions() throws Exception {
    WireBucket bucket = open();
    ScriptedObject other = new ScriptedObject(2 * MIB, 43);
    server.next(
        (request, reply) -> {
          object.begin(request, reply, 300_000);
          reply.finish();
        });
    server.next(other::answer);
    assertThat(failure(bucket.read(first(MIB)))).isInstanceOf(PreconditionFailedException.class);
  }

  @Test
  void resendsAtOnceWhenAnIdleConnectionWasClosed() throws Exception {
    WireBucket bucket = open();
    readsRightBytes(bucket, 0, 10);
    server.next((request, reply) -> reply.reset());
    readsRightBytes(bucket, 0, 10);
    assertThat(retries).hasValue(0);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void retriesAResetBeforeTheHeadOfAFreshConnection() throws Exception {
    WireBucket bucket = open();
    server.next((request, reply) -> reply.reset());
    readsRightBytes(bucket, 0, 10);
    assertThat(retries).hasValue(1);
  }

  @Test
  void retriesAResetInsideTheHead() throws Exception {
    WireBucket bucket = open();
    server.next(
        (request, reply) -> {
          reply.write("HTTP/1.1 206 Par");
          reply.finish();
        });
    readsRightBytes(bucket, 0, 10);
    assertThat(retries).hasValue(1);
  }

  @Test
  void leavesASilentConnectionAfterTheFirstByteTimeout() throws Exception {
    WireBucket bucket = open(options().firstByteTimeout(Duration.ofMillis(100)));
    server.next((request, reply) -> reply.stall());
    readsRightBytes(bucket, 0, 4096);
    assertThat(retries).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 40_000, 700_000})
  void leavesABodyThatFallsSilent(int sent) throws Exception {
    WireBucket bucket = open(options().idleTimeout(Duration.ofMillis(100)));
    server.next(
        (request, reply) -> {
          object.begin(request, reply, sent);
          reply.stall();
        });
    readsRightBytes(bucket, 0, 2 * MIB);
  }

  @Test
  void failsAtTheDeadlineWhenNothingEverComes() throws Exception {
    server.always((request, reply) -> reply.stall());
    WireBucket bucket = open(options().readDeadline(Duration.ofMillis(300)));
    ExpressException failed = failure(bucket.read(first(10)));
    assertThat(failed).isInstanceOf(DeadlineExceededException.class);
    assertThat(failed).hasMessageContaining("300 ms").hasMessageContaining(BUCKET);
  }

  @Test
  void failsAtTheDeadlineWhenBytesTrickle() throws Exception {
    server.always(
        (request, reply) -> {
          object.begin(request, reply, 100_000);
          for (int at = 100_000; at < 2 * MIB; at++) {
            reply.write(object.content(), at, 1);
          }
        });
    WireBucket bucket = open(options().readDeadline(Duration.ofMillis(300)));
    assertThat(failure(bucket.read(first(2 * MIB)))).isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  void finishesABodyThatTrickles() throws Exception {
    WireBucket bucket = open();
    server.next(
        (request, reply) -> {
          object.begin(request, reply, 0);
          for (int at = 0; at < 300_000; at += 100) {
            reply.write(object.content(), at, 100);
          }
        });
    readsRightBytes(bucket, 0, 300_000);
  }

  @Test
  void keepsOwnDeadlineOfOneRead() throws Exception {
    server.always((request, reply) -> reply.stall());
    ReadRequest hurried = first(10).deadline(Duration.ofMillis(200));
    assertThat(failure(open().read(hurried))).hasMessageContaining("200 ms");
  }

  private void corrupts(String head, String expected) throws Exception {
    server.always(
        (request, reply) -> {
          reply.write(head);
          reply.write(object.content(), 0, 100);
        });
    WireBucket bucket = open(options().retries(0));
    ExpressException failed = failure(bucket.read(first(100)));
    assertThat(failed).isInstanceOf(CorruptResponseException.class);
    assertThat(failed).hasMessageContaining(expected).hasMessageContaining("key key");
  }

  @Test
  void refusesTheWrongRange() throws Exception {
    corrupts(
        object.head("206 Partial Content", "Content-Range: bytes 1-100/2097152", 100),
        "asked for bytes=0-99, but got bytes 1-100");
  }

  @Test
  void refusesARangeThatContradictsItsLength() throws Exception {
    corrupts(
        object.head("206 Partial Content", "Content-Range: bytes 0-99/2097152", 101), "101 bytes");
  }

  @Test
  void refusesARangeCutShortInsideTheObject() throws Exception {
    corrupts(object.head("206 Partial Content", "Content-Range: bytes 0-49/2097152", 50), "0-49");
  }

  @Test
  void refusesAPartWithoutItsRange() throws Exception {
    corrupts(object.head("206 Partial Content", "", 100), "without Content-Range");
  }

  @Test
  void refusesTheWholeObjectForARange() throws Exception {
    corrupts(object.head("200 OK", "", 100), "the whole object");
  }

  @Test
  void theWholeOfAnEmptyObjectHasNoLastBytes() throws Exception {
    server.always((request, reply) -> reply.write(object.head("200 OK", "", 0)));
    WireBucket bucket = open(options().retries(0));
    ExpressException failed = failure(bucket.read(ReadRequest.of("key", ByteRange.last(10))));
    assertThat(failed).isInstanceOf(RangeNotSatisfiableException.class);
    assertThat(((RangeNotSatisfiableException) failed).objectSize()).isZero();
  }

  @Test
  void refusesALengthThatIsNoNumber() throws Exception {
    corrupts(
        object.head(
            "206 Partial Content", "Content-Range: bytes 0-99/2097152\r\nContent-Length: -5", -1),
        "Content-Length");
  }

  @Test
  void refusesAnAnswerThatIsNoHttp() throws Exception {
    corrupts("SSH-2.0-OpenSSH_9.9 hello hello\r\n\r\n", "HTTP/1");
  }

  @Test
  void refusesAnAnswerWithoutETag() throws Exception {
    corrupts(
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-99/2097152\r\n"
            + "Content-Length: 100\r\n\r\n",
        "ETag");
  }

  @Test
  void refusesMoreBytesThanTheHeadSays() throws Exception {
    server.always(
        (request, reply) -> {
          byte[] all = new byte[2 * MIB];
          reply.write(object.head("206 Partial Content", "Content-Range: bytes 0-99/2097152", 100));
          reply.write(all, 0, 200);
        });
    WireBucket bucket = open(options().retries(0));
    // Together with the body it is an error; later it costs the connection, never a wrong byte.
    try (Slice slice = bucket.read(first(100)).get(20, SECONDS)) {
      assertThat(object.matches(slice.buffers().get(0), 0)).isTrue();
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(CorruptResponseException.class);
    }
  }

  @Test
  void verifiesTheChecksumOfAWholeObject() throws Exception {
    WireBucket bucket = open(options().retries(0));
    server.always(
        (request, reply) -> {
          String crc = BodyChecksum.crc32c(ByteBuffer.wrap(object.content(), 0, 1000));
          assertThat(request.headers()).containsEntry("x-amz-checksum-mode", "ENABLED");
          reply.write(object.head("200 OK", "x-amz-checksum-crc32c: " + crc, 1000));
          reply.write(object.content(), 0, 1000);
        });
    bucket.read(ReadRequest.of("key", ByteRange.all())).get(20, SECONDS).close();
    server.always(
        (request, reply) -> {
          reply.write(object.head("200 OK", "x-amz-checksum-crc32c: AAAAAA==", 1000));
          reply.write(object.content(), 0, 1000);
        });
    assertThat(failure(bucket.read(ReadRequest.of("key", ByteRange.all()))))
        .isInstanceOf(CorruptResponseException.class)
        .hasMessageContaining("crc32c");
  }

  private static String error(int status, String code) {
    String body = "<Error><Code>" + code + "</Code><Message>told so</Message></Error>";
    return "HTTP/1.1 "
        + status
        + " X\r\nDate: Mon, 23 Nov 2026 09:00:00 GMT\r\n"
        + "x-amz-request-id: 77ff\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private ExpressException refusal(int status, String code) throws Exception {
    server.always((request, reply) -> reply.write(error(status, code)));
    return failure(open(options().retries(0)).read(first(100)));
  }

  @Test
  void namesRefusalsByTheirClass() throws Exception {
    assertThat(refusal(404, "NoSuchKey")).isInstanceOf(ObjectNotFoundException.class);
    assertThat(refusal(403, "AccessDenied")).isInstanceOf(AccessDeniedException.class);
    assertThat(refusal(412, "PreconditionFailed")).isInstanceOf(PreconditionFailedException.class);
    assertThat(refusal(503, "SlowDown")).isInstanceOf(ThrottledException.class);
    assertThat(refusal(503, "ServiceUnavailable")).hasMessageContaining("90 days");
    assertThat(refusal(500, "InternalError"))
        .isInstanceOf(ZoneUnavailableException.class)
        .hasMessageContaining("requestId 77ff")
        .hasMessageContaining("zone usw2-az1");
  }

  @Test
  void tellsTheObjectsSizeWhenTheRangeBeginsPastIt() throws Exception {
    server.always(
        (request, reply) ->
            reply.write(
                "HTTP/1.1 416 X\r\nContent-Range: bytes */77\r\nContent-Length: 0\r\n\r\n"));
    ExpressException failed = failure(open().read(first(100)));
    assertThat(((RangeNotSatisfiableException) failed).objectSize()).isEqualTo(77);
  }

  @Test
  void readsAnErrorSentInChunks() throws Exception {
    server.always(
        (request, reply) ->
            reply.write(
                "HTTP/1.1 404 X\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "10\r\n<Error><Code>NoS\r\n18\r\nuchBucket</Code></Error>\r\n0\r\n\r\n"));
    assertThat(failure(open().read(first(100)))).hasMessageContaining("no such bucket");
  }

  @Test
  void backsOffAndRetriesWhenThrottled() throws Exception {
    WireBucket bucket = open();
    server.next((request, reply) -> reply.write(error(503, "SlowDown")));
    server.next((request, reply) -> reply.write(error(500, "InternalError")));
    readsRightBytes(bucket, 0, 100);
    assertThat(retries).hasValue(2);
  }

  @Test
  void setsItsClockByTheService() throws Exception {
    WireBucket bucket = open();
    server.next((request, reply) -> reply.write(error(403, "RequestTimeTooSkewed")));
    readsRightBytes(bucket, 0, 100);
    assertThat(server.requests().get(1).headers().get("x-amz-date")).startsWith("20261123T0900");
    assertThat(retries).hasValue(0);
  }

  @Test
  void neverSendsAConditionalWriteTwice() throws Exception {
    server.always((request, reply) -> reply.reset());
    WireBucket bucket = open();
    CompletableFuture<ObjectInfo> write =
        bucket.write("key", ByteBuffer.wrap(new byte[10]), WriteOptions.defaults().ifAbsent());
    assertThat(failure(write)).hasMessageContaining("not known");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void repeatsAPlainWriteWithTheSameBytes() throws Exception {
    WireBucket bucket = open();
    server.next((request, reply) -> reply.reset());
    server.next((request, reply) -> reply.write(object.head("200 OK", "", 0)));
    byte[] body = object.bytes(0, 100_000);
    bucket.write("key", ByteBuffer.wrap(body), WriteOptions.defaults()).get(20, SECONDS);
    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(1).body()).isEqualTo(ByteBuffer.wrap(body));
  }

  @Test
  void sharesFewConnectionsAmongManyReads() throws Exception {
    WireBucket bucket = open(options().concurrentRequests(3));
    List<CompletableFuture<Slice>> reads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      reads.add(bucket.read(ReadRequest.of("key", ByteRange.of(i * 1000L, 5000))));
    }
    for (int i = 0; i < reads.size(); i++) {
      try (Slice slice = reads.get(i).get(20, SECONDS)) {
        assertThat(object.matches(slice.buffers().get(0), i * 1000L)).isTrue();
      }
    }
    assertThat(server.connections()).isLessThanOrEqualTo(3);
  }

  @Test
  void refusesMoreWaitingReadsThanAllowed() throws Exception {
    server.always((request, reply) -> reply.stall());
    WireBucket bucket =
        open(
            options()
                .concurrentRequests(1)
                .waitingRequests(1)
                .readDeadline(Duration.ofMillis(300)));
    CompletableFuture<Slice> running = bucket.read(first(10));
    CompletableFuture<Slice> waiting = bucket.read(first(10));
    assertThat(failure(bucket.read(first(10))))
        .isInstanceOf(ThrottledException.class)
        .hasMessageContaining("concurrentRequests");
    assertThat(failure(running)).isInstanceOf(DeadlineExceededException.class);
    assertThat(failure(waiting)).isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  void aCancelledReadFreesItsConnection() throws Exception {
    WireBucket bucket = open(options().concurrentRequests(1));
    server.next((request, reply) -> reply.stall());
    CompletableFuture<Slice> read = bucket.read(first(10));
    read.cancel(true);
    readsRightBytes(bucket, 0, 10);
  }

  @Test
  void closingFailsWhatIsUnderWay() throws Exception {
    server.always((request, reply) -> reply.stall());
    WireBucket bucket = open();
    CompletableFuture<Slice> read = bucket.read(first(10));
    bucket.close();
    assertThat(failure(read)).hasMessageContaining("closed");
    assertThat(failure(bucket.read(first(10)))).hasMessageContaining("closed");
  }

  @Test
  void aSliceOutlivesItsBucket() throws Exception {
    WireBucket bucket = open();
    try (Slice slice = bucket.read(first(MIB)).get(20, SECONDS)) {
      bucket.close();
      assertThat(object.matches(slice.buffers().get(0), 0)).isTrue();
    }
  }

  @Test
  void refusesToWaitOnAnEventLoop() throws Exception {
    WireBucket bucket = open();
    CountDownLatch attached = new CountDownLatch(1);
    server.next(
        (request, reply) -> {
          attached.await();
          object.answer(request, reply);
        });
    server.always((request, reply) -> reply.stall());
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CompletableFuture<Void> waited =
        bucket
            .stat("key")
            .handle((info, failure) -> bucket.read(first(10)))
            .thenAccept(
                later -> {
                  try {
                    later.join().close();
                  } catch (RuntimeException e) {
                    thrown.set(e);
                    later.cancel(true);
                  }
                });
    attached.countDown();
    waited.get(20, SECONDS);
    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("thenApplyAsync");
  }

  @Test
  void saysThatNothingListens() throws Exception {
    // Bound and not listened on: the port of a closed server may be given to somebody else.
    try (Socket held = new Socket()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      URI nobody = URI.create("http://127.0.0.1:" + held.getLocalPort());
      assertThat(failure(open(options().retries(0).endpoint(nobody)).read(first(10))))
          .isInstanceOf(ZoneUnavailableException.class)
          .hasMessageContaining("cannot connect to");
    }
  }

  @Test
  void saysThatANameDoesNotResolve() throws Exception {
    WireBucket bucket =
        open(options().retries(0).endpoint(URI.create("http://no-such-host.invalid")));
    assertThat(failure(bucket.read(first(10)))).hasMessageContaining("does not resolve");
  }

  @Test
  void noSecretIsShown() throws Exception {
    ExpressException failed = refusal(403, "SignatureDoesNotMatch");
    assertThat(failed).hasMessageContaining("us-west-2").hasMessageContaining("s3express");
    assertThat(failed.toString()).doesNotContain("secret\"").doesNotContain("Signature=");
    assertThatThrownBy(() -> open().read(first(10)).join())
        .isInstanceOf(CompletionException.class)
        .hasMessageNotContaining("Signature=");
  }
}
