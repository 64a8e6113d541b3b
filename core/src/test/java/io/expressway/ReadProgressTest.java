package io.expressway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.Fault;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
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

  /** How many bytes were in place, each time that somebody was told. */
  private static final class Placed implements ReadProgress {
    private final BlockingQueue<Long> told = new LinkedBlockingQueue<>();

    @Override
    public void onArrived(Slice soFar) {
      soFar.close();
      throw new AssertionError("nothing is lent");
    }

    @Override
    public void onPlaced(ObjectInfo info, long bytes) {
      if (info.size() == BYTES) {
        told.add(bytes);
      }
    }

    long upTo(int bytes) throws InterruptedException {
      Long latest = told.poll(30, SECONDS);
      while (latest != null && latest < bytes) {
        latest = told.poll(30, SECONDS);
      }
      assertThat(latest).as("bytes told last").isNotNull();
      return latest;
    }
  }

  private static byte[] bytes(List<ByteBuffer> targets, long count) {
    byte[] all = new byte[BYTES];
    ByteBuffer to = ByteBuffer.wrap(all);
    targets.forEach(target -> to.put(target.duplicate().rewind()));
    return Arrays.copyOf(all, (int) count);
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
  void whatIsInItsPlaceIsToldBeforeTheRestComes() throws Exception {
    List<ByteBuffer> targets =
        List.of(ByteBuffer.allocateDirect(700_000), ByteBuffer.allocateDirect(BYTES - 700_000));
    for (List<ByteBuffer> places : List.of(targets, List.of(ByteBuffer.allocateDirect(BYTES)))) {
      zone.inject(Fault.stallAfter(SENT).on("GetObject").times(1));
      Placed placed = new Placed();
      ReadRequest request = ReadRequest.of("object", ByteRange.of(0, BYTES)).watchedBy(placed);
      CompletableFuture<ObjectInfo> read = bucket.readInto(request, places);
      long count = placed.upTo(SENT - (64 << 10));
      assertThat(read).isNotDone();
      assertThat(bytes(places, count)).isEqualTo(Arrays.copyOf(content, (int) count));
      assertThat(read.cancel(false)).isTrue();
    }
  }

  @Test
  void whatBreaksOffIsToldOnFromThere() throws Exception {
    zone.inject(Fault.resetAfter(SENT).on("GetObject").times(1));
    ByteBuffer target = ByteBuffer.allocateDirect(BYTES);
    Placed placed = new Placed();
    bucket
        .readInto(ReadRequest.of("object", ByteRange.of(0, BYTES)).watchedBy(placed), target)
        .join();
    assertThat(bytes(List.of(target), BYTES)).isEqualTo(content);
    assertThat(List.copyOf(placed.told)).isSorted().allMatch(count -> count < BYTES);
    assertThat(placed.told).anyMatch(count -> count > SENT + (64 << 10));
  }

  /** It is filled by a copy, in the end. */
  @Test
  void ofMemoryOnTheHeapNothingIsTold() {
    Placed placed = new Placed();
    ByteBuffer target = ByteBuffer.allocate(BYTES);
    bucket
        .readInto(ReadRequest.of("object", ByteRange.of(0, BYTES)).watchedBy(placed), target)
        .join();
    assertThat(target.array()).isEqualTo(content);
    assertThat(placed.told).isEmpty();
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
