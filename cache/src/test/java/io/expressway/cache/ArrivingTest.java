package io.expressway.cache;

import static io.expressway.cache.Zonal.assertGivenBack;
import static io.expressway.cache.Zonal.await;
import static io.expressway.cache.Zonal.cut;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ForwardingBucket;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.PreconditionFailedException;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import io.expressway.ZoneUnavailableException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is read of a request whose bytes come one after the other, as the test has it. */
@SuppressWarnings("NullAway.Init") // made before each test
final class ArrivingTest {
  private static final int BLOCK = 64 << 10;
  private static final int PAGE = BLOCK / Pages.PER_BLOCK;
  private static final int SIZE = 1_000_000;
  private static Zonal zonal;

  private BlockCache memory;
  private Arriving plain;
  private CachedBucket bucket;
  private byte[] content;

  /** Requests for bytes that come when the test says so. */
  private static final class Arriving extends ForwardingBucket {
    private final ArrayDeque<Coming> coming = new ArrayDeque<>();
    private boolean isHeld;

    Arriving(Bucket delegate) {
      super(delegate);
    }

    @Override
    public CompletableFuture<ObjectInfo> readInto(ReadRequest request, List<ByteBuffer> targets) {
      if (!isHeld) {
        return super.readInto(request, targets);
      }
      Coming next = new Coming(request, targets, new CompletableFuture<>());
      coming.addLast(next);
      return next.answer;
    }

    Coming only() {
      assertThat(coming).hasSize(1);
      return coming.removeFirst();
    }
  }

  /** One of them. */
  private record Coming(
      ReadRequest request, List<ByteBuffer> targets, CompletableFuture<ObjectInfo> answer) {
    boolean isWatched() {
      return request.progress().isPresent();
    }

    /** Puts the first bytes where they belong, and tells. */
    void bring(byte[] object, ObjectInfo info, int bytes) {
      int at = (int) request.range().offset();
      int left = bytes;
      for (ByteBuffer target : targets) {
        int count = Math.min(left, target.remaining());
        target.put(target.position(), object, at, count);
        at += count;
        left -= count;
      }
      request.progress().orElseThrow().onPlaced(info, bytes);
    }

    void bringAll(byte[] object, ObjectInfo info) {
      int at = (int) request.range().offset();
      for (ByteBuffer target : targets) {
        int count = target.remaining();
        target.put(object, at, count);
        at += count;
      }
      answer.complete(info);
    }
  }

  @BeforeAll
  static void start() {
    zonal = new Zonal();
  }

  @AfterAll
  static void stop() {
    zonal.close();
  }

  @BeforeEach
  void open() throws Exception {
    memory = BlockCache.offHeap(16 << 20, BLOCK);
    plain = new Arriving(zonal.newBucket());
    bucket = new CachedBucket(memory, plain);
    content = zonal.put("object", SIZE, 1);
  }

  @AfterEach
  void everythingIsGivenBack() {
    bucket.close();
    memory.close();
    assertGivenBack(memory);
  }

  /** From now on the object is known, and its bytes come as the test has it. */
  private ObjectInfo known() throws Exception {
    ObjectInfo info = await(bucket.stat("object"));
    plain.isHeld = true;
    return info;
  }

  private CompletableFuture<Slice> begin(long offset, long length) {
    return bucket.read("object", ByteRange.of(offset, length));
  }

  private void assertBrings(CompletableFuture<Slice> read, long offset, long length)
      throws Exception {
    assertThat(read).isDone();
    try (Slice slice = await(read)) {
      assertThat(slice.toByteArray()).isEqualTo(cut(content, offset, length));
    }
  }

  @Test
  void whoWaitsForTheFirstPagesGoesOnWithoutTheLast() throws Exception {
    ObjectInfo info = known();
    CompletableFuture<Slice> all = begin(0, 600_000);
    CompletableFuture<Slice> first = begin(1000, 50_000);
    CompletableFuture<Slice> next = begin(100_000, 100_000);
    Coming coming = plain.only();
    coming.bring(content, info, 51_000); // in the middle of its last page
    assertThat(first).isNotDone();
    coming.bring(content, info, 53_248);
    assertBrings(first, 1000, 50_000);
    assertThat(next).isNotDone();
    assertBrings(begin(0, 53_248), 0, 53_248); // a hit
    CompletableFuture<Slice> late = begin(50_000, 10_000);
    assertThat(late).isNotDone();
    coming.bring(content, info, 300_000);
    assertBrings(next, 100_000, 100_000);
    assertBrings(late, 50_000, 10_000);
    assertThat(all).isNotDone();
    coming.bringAll(content, info);
    assertBrings(all, 0, 600_000);
    assertThat(plain.coming).isEmpty();
  }

  /** Who comes late and wants more than the request brings waits for what it does not have. */
  @Test
  void whatIsThereIsNotWaitedFor() throws Exception {
    ObjectInfo info = known();
    CompletableFuture<Slice> all = begin(0, 400_000);
    Coming coming = plain.only();
    coming.bring(content, info, 399_360 - PAGE);
    CompletableFuture<Slice> beyond = begin(300_000, 600_000);
    Coming rest = plain.only();
    assertThat(rest.request.range().offset()).isEqualTo(400_384);
    rest.bringAll(content, info);
    assertThat(beyond).isNotDone();
    coming.bringAll(content, info);
    assertBrings(all, 0, 400_000);
    assertBrings(beyond, 300_000, 600_000);
  }

  @Test
  void whatCameBeforeARequestFailedStays() throws Exception {
    ObjectInfo info = known();
    CompletableFuture<Slice> all = begin(0, 600_000);
    Coming coming = plain.only();
    coming.bring(content, info, 300_000);
    coming.answer.completeExceptionally(
        new ZoneUnavailableException("as the test wants it", RequestSite.UNKNOWN, null));
    assertThatThrownBy(() -> await(all)).isInstanceOf(ZoneUnavailableException.class);
    assertBrings(begin(0, 299_008), 0, 299_008);
    CompletableFuture<Slice> again = begin(0, 600_000);
    Coming rest = plain.only();
    assertThat(rest.request.range().offset()).isEqualTo(299_008);
    rest.bringAll(content, info);
    assertBrings(again, 0, 600_000);
  }

  @Test
  void aWatchedReadIsShownItsBeginning() throws Exception {
    ObjectInfo info = known();
    List<Slice> shown = new ArrayList<>();
    CompletableFuture<Slice> all =
        bucket.read(
            ReadRequest.of("object", ByteRange.of(1000, 500_000))
                .watchedBy(slice -> shown.add(slice)));
    Coming coming = plain.only();
    coming.bring(content, info, 900);
    coming.bring(content, info, 2 * PAGE + 1);
    coming.bring(content, info, 150_000);
    coming.bring(content, info, 150_001);
    coming.answer.completeExceptionally(
        new ZoneUnavailableException("as the test wants it", RequestSite.UNKNOWN, null));
    assertThatThrownBy(() -> await(all)).isInstanceOf(ZoneUnavailableException.class);
    assertThat(shown)
        .extracting(Slice::length)
        .containsExactly(2L * PAGE - 1000, 146L * 1024 - 1000);
    for (Slice slice : shown) {
      assertThat(slice.toByteArray()).isEqualTo(cut(content, 1000, slice.length()));
      slice.close();
    }
  }

  /** There is nothing yet that a second attempt would have to agree with. */
  @Test
  void ofAnObjectThatIsNotKnownNothingIsReadBeforeAllHasCome() {
    plain.isHeld = true;
    CompletableFuture<Slice> all = begin(0, 600_000);
    Coming coming = plain.only();
    assertThat(coming.isWatched()).isFalse();
    coming.answer.completeExceptionally(
        new ZoneUnavailableException("as the test wants it", RequestSite.UNKNOWN, null));
    assertThat(all).isCompletedExceptionally();
  }

  @Test
  void ofAWholeObjectNothingIsReadBeforeItsChecksum() throws Exception {
    ObjectInfo info = known();
    CompletableFuture<Slice> all = begin(0, SIZE);
    Coming coming = plain.only();
    assertThat(coming.request.range().isAll()).isTrue();
    assertThat(coming.isWatched()).isFalse();
    coming.bringAll(content, info);
    assertBrings(all, 0, SIZE);
  }

  @Test
  void bytesOfAnotherVersionAreNotRead() throws Exception {
    ObjectInfo info = known();
    CompletableFuture<Slice> read = begin(0, 600_000);
    Coming coming = plain.only();
    ObjectInfo other =
        new ObjectInfo("object", SIZE, new ObjectVersion("another"), info.lastModified());
    coming.bring(Zonal.content(SIZE, 2), other, 300_000);
    CompletableFuture<Slice> inside = begin(0, 1000);
    assertThat(inside).isNotDone();
    coming.bringAll(content, info);
    assertBrings(read, 0, 600_000);
    assertBrings(inside, 0, 1000);
  }

  @Test
  void whatWasShownIsNotFollowedByAnotherVersion() throws Exception {
    ObjectInfo info = known();
    List<Slice> shown = new ArrayList<>();
    CompletableFuture<Slice> read =
        bucket.read(
            ReadRequest.of("object", ByteRange.of(0, 500_000))
                .watchedBy(slice -> shown.add(slice)));
    CompletableFuture<Slice> unwatched = begin(0, 500_000);
    Coming coming = plain.only();
    coming.bring(content, info, 150_000);
    byte[] old = content;
    content = zonal.put("object", SIZE, 3);
    plain.isHeld = false;
    coming.answer.completeExceptionally(
        new PreconditionFailedException("changed", RequestSite.UNKNOWN, null));
    assertThatThrownBy(() -> await(read)).isInstanceOf(PreconditionFailedException.class);
    try (Slice slice = await(unwatched)) {
      assertThat(slice.toByteArray()).isEqualTo(cut(content, 0, 500_000));
    }
    for (Slice slice : shown) {
      assertThat(slice.toByteArray()).isEqualTo(cut(old, 0, slice.length()));
      slice.close();
    }
    assertThat(shown).isNotEmpty();
  }

  /** A watcher that is there when the request has begun is shown what came before as well. */
  @Test
  void whoJoinsIsShownAllThatIsThere() throws Exception {
    ObjectInfo info = known();
    CompletableFuture<Slice> all = begin(0, 600_000);
    Coming coming = plain.only();
    coming.bring(content, info, 200_000);
    List<Slice> shown = new ArrayList<>();
    CompletableFuture<Slice> joined =
        bucket.read(
            ReadRequest.of("object", ByteRange.of(100_000, 400_000))
                .watchedBy(slice -> shown.add(slice)));
    coming.bring(content, info, 300_000);
    coming.bringAll(content, info);
    assertBrings(all, 0, 600_000);
    assertBrings(joined, 100_000, 400_000);
    assertThat(shown).extracting(Slice::length).containsExactly(299_008L - 100_000);
    shown.forEach(Slice::close);
  }

  /** Showing retains every block from the first byte on, each time that some bytes come. */
  @Test
  void whoWaitsForMoreIsNotShownLess() throws Exception {
    ObjectInfo info = known();
    Arrival all =
        Arrival.ofAhead(
            new ObjectSource(bucket, "object", ReaderOptions.defaults().known(info)), 0, 600_000);
    Coming coming = plain.only();
    assertThat(all.wants(1)).as("while nobody waits, for who comes later").isTrue();
    ByteBuffer target = ByteBuffer.allocate(50_000);
    CompletableFuture<Integer> count = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                count.complete(all.take(500_000, target));
              } catch (Exception e) {
                count.completeExceptionally(e);
              }
            });
    reader.start();
    while (reader.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(all.wants(549_999)).isFalse();
    assertThat(all.wants(550_000)).isTrue();
    coming.bring(content, info, 400_000);
    assertThat(count).isNotDone();
    coming.bring(content, info, 560_000);
    assertThat(await(count)).isEqualTo(50_000);
    assertThat(target.array()).isEqualTo(cut(content, 500_000, 50_000));
    assertThat(all.wants(560_001)).as("when it no longer waits").isTrue();
    coming.bringAll(content, info);
    all.close();
    reader.join();
  }
}
