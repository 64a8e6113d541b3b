package io.expressway.internal.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.BucketName;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressOptions;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Follows bytes by their addresses, from where they were received (or decrypted) to where they are
 * handed out: what was not received at its address must have been copied there.
 */
final class PlacementTest {
  private static final TestCertificate CERTIFICATE =
      TestCertificate.of("ip:127.0.0.1,dns:localhost");
  private final ScriptedObject object = new ScriptedObject(9 << 20, 7);
  private final Map<Long, Integer> receipts = new TreeMap<>();
  private ScriptedServer server = new ScriptedServer(object::answer);

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private WireBucket open(boolean tls) throws IOException {
    ExpressOptions options = ExpressOptions.defaults();
    if (tls) {
      server.close();
      server = new ScriptedServer(object::answer, CERTIFICATE);
      options = options.trust(List.of(CERTIFICATE.certificate()));
    }
    WireBucket bucket =
        WireBucket.zonal(
            BucketName.directory("demo--usw2-az1--x-s3"),
            "us-west-2",
            Credentials.of("AKID", "secret"),
            options.endpoint(server.endpoint()));
    bucket.copies().follow(this::received);
    return bucket;
  }

  private void received(long address, int count) {
    synchronized (receipts) {
      receipts.merge(address, count, Math::max);
    }
  }

  private long bytesNotReceivedAt(Slice slice) {
    assertThat(slice.buffers()).hasSize(1);
    return bytesNotReceivedAt(slice.asBytesStore().addressForRead(0), slice.length());
  }

  private long bytesNotReceivedAt(long begin, long length) {
    long end = begin + length;
    long at = begin;
    long missing = 0;
    for (Map.Entry<Long, Integer> receipt : receipts.entrySet()) {
      long from = receipt.getKey();
      long to = from + receipt.getValue();
      if (to > at && from < end) {
        missing += Math.max(0, from - at);
        at = Math.max(at, Math.min(to, end));
      }
    }
    return missing + Math.max(0, end - at);
  }

  @ParameterizedTest
  @CsvSource({"false,100", "false,4096", "false,65536", "true,100", "true,4096", "true,65536"})
  void aSmallBodyIsLentWhereItWasReceived(boolean tls, int bytes) throws Exception {
    WireBucket bucket = open(tls);
    try (Slice slice = read(bucket, bytes)) {
      assertThat(bytesNotReceivedAt(slice)).isZero();
      assertThat(bucket.copiedBytes()).isZero();
      assertThat(object.matches(slice.buffers().get(0), 0)).isTrue();
    }
    bucket.close();
  }

  @ParameterizedTest
  @CsvSource({
    "false,65537",
    "false,1048576",
    "false,8388608",
    "true,65537",
    "true,1048576",
    "true,8388608"
  })
  void atMostOneHeadReceiveOfALargerBodyIsMoved(boolean tls, int bytes) throws Exception {
    WireBucket bucket = open(tls);
    try (Slice slice = read(bucket, bytes)) {
      assertThat(bytesNotReceivedAt(slice)).isLessThanOrEqualTo(4096);
      assertThat(bucket.copiedBytes()).isLessThanOrEqualTo(4096);
      assertThat(object.matches(slice.buffers().get(0), 0)).isTrue();
    }
    bucket.close();
  }

  @ParameterizedTest
  @CsvSource({"false,1048576", "true,1048576"})
  void theCallersDirectMemoryIsFilledInPlace(boolean tls, int bytes) throws Exception {
    WireBucket bucket = open(tls);
    ByteBuffer target = ByteBuffer.allocateDirect(bytes);
    ReadRequest request = ReadRequest.of("key", ByteRange.of(0, bytes));
    bucket.readInto(request, target).get(20, SECONDS);
    long address = Unpooled.wrappedBuffer(target.flip()).memoryAddress();
    assertThat(bytesNotReceivedAt(address, bytes)).isLessThanOrEqualTo(4096);
    assertThat(object.matches(target, 0)).isTrue();
    bucket.close();
  }

  @ParameterizedTest
  @CsvSource({"false,1048576,65536", "true,1048576,65536", "false,8388608,1000000"})
  void severalPiecesOfTheCallersAreFilledInPlace(boolean tls, int bytes, int piece)
      throws Exception {
    WireBucket bucket = open(tls);
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes);
    List<ByteBuffer> targets = new ArrayList<>();
    for (int at = 0; at < bytes; at += piece) {
      targets.add(memory.slice(at, Math.min(piece, bytes - at)));
    }
    bucket.readInto(ReadRequest.of("key", ByteRange.of(0, bytes)), targets).get(20, SECONDS);
    long address = Unpooled.wrappedBuffer(memory).memoryAddress();
    assertThat(bytesNotReceivedAt(address, bytes)).isLessThanOrEqualTo(4096);
    assertThat(bucket.copiedBytes()).isLessThanOrEqualTo(4096);
    assertThat(object.matches(memory, 0)).isTrue();
    bucket.close();
  }

  private static Slice read(WireBucket bucket, int bytes)
      throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
    return bucket.read(ReadRequest.of("key", ByteRange.of(0, bytes))).get(20, SECONDS);
  }
}
