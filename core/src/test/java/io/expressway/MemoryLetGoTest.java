package io.expressway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/** When a request is over, nothing holds the memory that it was given. */
@Timeout(60)
final class MemoryLetGoTest {
  private static final int BYTES = 1 << 20;
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void aRequestThatWaitedForCredentialsDoesNotKeepItsMemory() throws Exception {
    try (ZonalServer server = ZonalServer.builder().zones("usw2-az1").start()) {
      Zone zone = server.zone("usw2-az1");
      zone.putObject(zone.bucket(), "object", new byte[BYTES]);
      CountDownLatch asked = new CountDownLatch(1);
      Credentials late =
          Credentials.of(
              () -> {
                await(asked);
                return AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey());
              });
      try (ExpressBucket bucket =
          ExpressBucket.open(
              zone.bucket(), late, ExpressOptions.defaults().endpoint(zone.endpoint()))) {
        WeakReference<ByteBuffer> memory = readInto(bucket, asked);
        long began = System.nanoTime();
        while (memory.get() != null && System.nanoTime() - began < SECONDS.toNanos(10)) {
          System.gc();
        }
        assertThat(memory.get()).as("held by something").isNull();
      }
    }
  }

  private static WeakReference<ByteBuffer> readInto(ExpressBucket bucket, CountDownLatch asked)
      throws Exception {
    ByteBuffer memory = ByteBuffer.allocateDirect(BYTES);
    ReadRequest request = ReadRequest.of("object", ByteRange.of(0, BYTES)).deadline(LONG);
    CompletableFuture<ObjectInfo> read = bucket.readInto(request, memory);
    assertThat(read).isNotDone();
    asked.countDown();
    assertThat(read.get(30, SECONDS).size()).isEqualTo(BYTES);
    return new WeakReference<>(memory);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
