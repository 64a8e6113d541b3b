package io.expressway.cache;

import static io.expressway.cache.Zonal.assertGivenBack;
import static io.expressway.cache.Zonal.await;
import static io.expressway.cache.Zonal.cut;
import static io.expressway.cache.Zonal.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.ByteRange;
import io.expressway.DeadlineExceededException;
import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.ZoneUnavailableException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads that wait for the same bytes, and what becomes of them when one of them goes wrong. */
@SuppressWarnings("NullAway.Init") // made before each test
final class SharedFetchTest {
  private static final int BLOCK = 64 << 10;
  private static final int SIZE = 1_000_000;
  private static Zonal zonal;

  private BlockCache memory;
  private HeldBucket held;
  private CachedBucket bucket;
  private byte[] content;

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
    held = new HeldBucket(zonal.newBucket());
    bucket = new CachedBucket(memory, held);
    content = zonal.put("object", SIZE, 1);
    held.hold();
    zonal.mark();
  }

  @AfterEach
  void everythingIsGivenBack() {
    bucket.close();
    memory.close();
    assertGivenBack(memory);
  }

  private CompletableFuture<Slice> begin(long offset, long length) {
    return bucket.read("object", ByteRange.of(offset, length));
  }

  private void assertBrings(CompletableFuture<Slice> read, long offset, long length)
      throws Exception {
    try (Slice slice = await(read)) {
      assertThat(slice.toByteArray()).isEqualTo(cut(content, offset, length));
    }
  }

  private static ZoneUnavailableException broken() {
    return new ZoneUnavailableException("as the test wants it", RequestSite.UNKNOWN, null);
  }

  @Test
  void readsJoinWhatIsUnderWayAndAskForTheRestOnly() throws Exception {
    CompletableFuture<Slice> first = begin(0, 100_352);
    CompletableFuture<Slice> inside = begin(5000, 1000);
    CompletableFuture<Slice> beyond = begin(50_000, 100_000);
    assertThat(held.waiting())
        .containsExactly("readInto bytes=0-100351", "readInto bytes=100352-150527");
    held.letAllGo();
    assertBrings(first, 0, 100_352);
    assertBrings(inside, 5000, 1000);
    assertBrings(beyond, 50_000, 100_000);
    assertThat(zonal.requests()).isEqualTo(2);
    assertThat(memory.stats().joins()).isEqualTo(2);
  }

  @Test
  void eachReadEndsWhenItsOwnBytesAreThere() throws Exception {
    CompletableFuture<Slice> first = begin(0, 1000);
    CompletableFuture<Slice> second = begin(500_000, 1000);
    held.letOneGo();
    assertBrings(first, 0, 1000);
    assertThat(second).isNotDone();
    held.letAllGo();
    assertBrings(second, 500_000, 1000);
  }

  @Test
  void whoCancelsLeavesTheOthersWaiting() throws Exception {
    CompletableFuture<Slice> first = begin(0, 1000);
    CompletableFuture<Slice> second = begin(0, 1000);
    assertThat(first.cancel(true)).isTrue();
    assertThat(second).isNotDone();
    held.letAllGo();
    assertBrings(second, 0, 1000);
    assertThatThrownBy(first::join).isInstanceOf(CancellationException.class);
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void aCancelledReadStillFillsTheCache() throws Exception {
    begin(0, 1000).cancel(true);
    held.letAllGo();
    CompletableFuture<Slice> next = begin(0, 1000);
    assertBrings(next, 0, 1000);
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void aFailureReachesAllWhoWaitForItAndNobodyLater() throws Exception {
    CompletableFuture<Slice> first = begin(0, 1000);
    CompletableFuture<Slice> second = begin(10, 900);
    CompletableFuture<Slice> other = begin(500_000, 1000);
    held.failOne(broken());
    assertThatThrownBy(() -> await(first)).isInstanceOf(ZoneUnavailableException.class);
    assertThatThrownBy(() -> await(second)).isInstanceOf(ZoneUnavailableException.class);
    assertThat(other).isNotDone();
    held.letAllGo();
    assertBrings(other, 500_000, 1000);
    assertBrings(begin(0, 2000), 0, 2000);
    assertThat(memory.stats().failedFetches()).isOne();
  }

  @Test
  void anothersDeadlineIsNotOurs() throws Exception {
    CompletableFuture<Slice> hurried =
        bucket.read(ReadRequest.of("object", ByteRange.of(0, 1000)).deadline(Duration.ofDays(1)));
    CompletableFuture<Slice> patient = begin(0, 1000);
    held.failOne(new DeadlineExceededException("it is late", RequestSite.UNKNOWN, null));
    assertThatThrownBy(() -> await(hurried)).isInstanceOf(DeadlineExceededException.class);
    assertThat(patient).isNotDone();
    held.letAllGo();
    assertBrings(patient, 0, 1000);
  }

  @Test
  void whoHurriesLeavesWhatOthersBegan() throws Exception {
    CompletableFuture<Slice> patient = begin(0, 1000);
    CompletableFuture<Slice> hurried =
        bucket.read(ReadRequest.of("object", ByteRange.of(0, 1000)).deadline(Duration.ofMillis(1)));
    assertThatThrownBy(() -> await(hurried))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("PT0.001S");
    held.letAllGo();
    assertBrings(patient, 0, 1000);
  }

  @Test
  void ofTwoVersionsThatComeAtOnceOneIsReadAgain() throws Exception {
    CompletableFuture<Slice> first = begin(0, 1000);
    CompletableFuture<Slice> second = begin(500_000, 1000);
    held.letOneGo();
    assertBrings(first, 0, 1000);
    content = zonal.put("object", SIZE, 2);
    held.letAllGo();
    assertBrings(second, 500_000, 1000);
    assertBrings(begin(0, 1000), 0, 1000);
  }

  @Test
  void whatWasAskedBeforeOwnWriteIsNotBelievedAfterIt() throws Exception {
    CompletableFuture<Slice> early = begin(0, 1000);
    CompletableFuture<ObjectInfo> earlyStat = bucket.stat("object");
    byte[] old = content;
    held.letOneGo();
    held.letOneGo();
    try (Slice slice = await(early)) {
      assertThat(slice.toByteArray()).isEqualTo(cut(old, 0, 1000));
    }
    await(earlyStat);
    held.hold();
    CompletableFuture<Slice> during = begin(800_000, 1000);
    content = Zonal.content(SIZE, 5);
    await(bucket.write("object", ByteBuffer.wrap(content), WriteOptions.defaults()));
    held.letAllGo();
    await(during).close();
    assertThat(read(bucket, "object", 0, 1000)).isEqualTo(cut(content, 0, 1000));
    assertThat(read(bucket, "object", 800_000, 1000)).isEqualTo(cut(content, 800_000, 1000));
    assertThat(await(bucket.stat("object")).version()).isNotEqualTo(await(earlyStat).version());
  }

  @Test
  void askingEveryTimeDoesNotJoinAnEarlierQuestion() throws Exception {
    bucket = new CachedBucket(memory, held, CacheOptions.defaults().freshness(Freshness.always()));
    held.letAllGo();
    await(begin(0, 1000)).close();
    held.hold();
    CompletableFuture<Slice> first = begin(0, 1000);
    CompletableFuture<Slice> second = begin(0, 1000);
    assertThat(held.waiting()).containsExactly("stat", "stat");
    held.letAllGo();
    assertBrings(first, 0, 1000);
    assertBrings(second, 0, 1000);
  }

  @Test
  void questionsAboutOneObjectAreJoinedAndCancelledAlone() throws Exception {
    List<CompletableFuture<ObjectInfo>> asked =
        List.of(bucket.stat("object"), bucket.stat("object"), bucket.stat("object"));
    assertThat(held.waiting()).containsExactly("stat");
    asked.get(0).cancel(true);
    held.letAllGo();
    assertThat(await(asked.get(1)).size()).isEqualTo(SIZE);
    assertThat(await(asked.get(2)).size()).isEqualTo(SIZE);
  }

  @Test
  void closingTheCacheLeavesReadsUnderWayWhatTheyWaitFor() throws Exception {
    CompletableFuture<Slice> read = begin(0, 100_000);
    memory.close();
    held.letAllGo();
    assertBrings(read, 0, 100_000);
    assertBrings(begin(0, 100_000), 0, 100_000);
    assertThat(memory.stats().around()).isOne();
  }
}
