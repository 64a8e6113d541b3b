package io.expressway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.Fault;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The first bytes of a read while the others are on their way. */
@Timeout(60)
final class ReadProgressTest {
  private static final int BYTES = 2 << 20;
  private static final int SENT = 1 << 20;

  private final ZonalServer server = ZonalServer.builder().zones("usw2-az1").start();
  private final Zone zone = server.zone("usw2-az1");
  private final byte[] content = new byte[BYTES];
  private final BlockingQueue<Slice> shown = new LinkedBlockingQueue<>();
  private final ExpressBucket bucket =
      ExpressBucket.open(
          zone.bucket(),
          Credentials.of(server.accessKeyId(), server.secretAccessKey()),
          ExpressOptions.defaults().endpoint(zone.endpoint()));

  ReadProgressTest() {
    new Random(5).nextBytes(content);
    zone.putObject(zone.bucket(), "object", content);
  }

  @AfterEach
  void close() {
    bucket.close();
    server.close();
  }

  private CompletableFuture<Slice> read() {
    return bucket.read(
        ReadRequest.of("object", ByteRange.of(0, BYTES)).watchedBy(slice -> shown.add(slice)));
  }

  private Slice shownUpTo(int bytes) throws InterruptedException {
    Slice latest = shown.poll(30, SECONDS);
    while (latest != null && latest.length() < bytes) {
      latest.close();
      latest = shown.poll(30, SECONDS);
    }
    assertThat(latest).as("what was shown last").isNotNull();
    return latest;
  }

  private void closeAllShown() {
    shown.forEach(Slice::close);
    shown.clear();
  }

  @Test
  void whatWasShownStaysWhenTheReadIsGivenUp() throws Exception {
    zone.inject(Fault.stallAfter(SENT).on("GetObject").times(1));
    CompletableFuture<Slice> read = read();
    try (Slice first = shownUpTo(SENT - (64 << 10))) {
      assertThat(read).isNotDone();
      assertThat(read.cancel(false)).isTrue();
      bucket.read("object", ByteRange.of(0, BYTES)).join().close(); // might take its memory
      assertThat(first.toByteArray()).isEqualTo(Arrays.copyOf(content, (int) first.length()));
    }
    closeAllShown();
  }

  @Test
  void whatBreaksOffIsShownOnFromThere() throws Exception {
    zone.inject(Fault.resetAfter(SENT).on("GetObject").times(1));
    try (Slice all = read().join()) {
      assertThat(all.toByteArray()).isEqualTo(content);
    }
    assertThat(shown).isNotEmpty();
    for (Slice each : shown) {
      assertThat(each.toByteArray()).isEqualTo(Arrays.copyOf(content, (int) each.length()));
    }
    assertThat(shown).extracting(Slice::length).isSorted();
    closeAllShown();
  }
}
