package io.expressway.cache;

import static io.expressway.cache.Zonal.assertGivenBack;
import static io.expressway.cache.Zonal.await;
import static io.expressway.cache.Zonal.cut;
import static io.expressway.cache.Zonal.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.PreconditionFailedException;
import io.expressway.RangeNotSatisfiableException;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a read through the cache costs in requests, for each thing that can be known before. */
@SuppressWarnings("NullAway.Init") // made before each test
final class RoundTripsTest {
  private static final int BLOCK = 64 << 10;
  private static final int SIZE = 3_000_000;
  private static Zonal zonal;

  private final AtomicLong now = new AtomicLong(1);
  private BlockCache memory;
  private Bucket plain;
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
    plain = zonal.newBucket();
    with(CacheOptions.defaults());
    content = zonal.put("object", SIZE, 1);
    zonal.mark();
  }

  private void with(CacheOptions options) {
    bucket = new CachedBucket(memory, plain, options, now::get);
  }

  @AfterEach
  void everythingIsGivenBack() {
    bucket.close();
    memory.close();
    assertGivenBack(memory);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private void assertReads(long offset, long length) throws Exception {
    assertThat(read(bucket, "object", offset, length)).isEqualTo(cut(content, offset, length));
  }

  // Cold.

  @Test
  void aColdReadIsOneRequestAndItsRepetitionNone() throws Exception {
    assertReads(100_000, 5000);
    assertThat(zonal.requests()).isOne();
    CompletableFuture<Slice> again = bucket.read("object", ByteRange.of(100_000, 5000));
    assertThat(again).isCompleted();
    try (Slice slice = again.join()) {
      assertThat(slice.toByteArray()).isEqualTo(cut(content, 100_000, 5000));
    }
    assertReads(101_000, 3000);
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void aColdReadOfManyBlocksIsOneRequest() throws Exception {
    assertReads(10_000, 2_500_000);
    assertThat(zonal.requests()).isOne();
    assertReads(10_000, 2_500_000);
    assertReads(600_000, 1_000_000);
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void aColdFooterIsOneRequest() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (Slice footer = await(bucket.read("object", ByteRange.last(100_001)))) {
        assertThat(footer.toByteArray()).isEqualTo(cut(content, SIZE - 100_001, 100_001));
      }
    }
    assertReads(SIZE - 50_000, 1000);
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void aColdReadOfEverythingIsTwoRequestsAndOneWhenSmall() throws Exception {
    try (Slice all = await(bucket.read("object", ByteRange.all()))) {
      assertThat(all.toByteArray()).isEqualTo(content);
    }
    assertThat(zonal.requests()).isEqualTo(2);
    byte[] small = zonal.put("small", 1000, 2);
    zonal.mark();
    try (Slice all = await(bucket.read("small", ByteRange.all()))) {
      assertThat(all.toByteArray()).isEqualTo(small);
    }
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void aReadAfterAStatNeedsNoSecond() throws Exception {
    ObjectInfo info = await(bucket.stat("object"));
    assertThat(await(bucket.stat("object"))).isEqualTo(info);
    assertThat(zonal.requests("HeadObject")).isOne();
    try (Slice all = await(bucket.read("object", ByteRange.all()))) {
      assertThat(all.toByteArray()).isEqualTo(content);
      assertThat(all.info()).isEqualTo(info);
    }
    assertThat(zonal.requests()).isEqualTo(2);
  }

  @Test
  void aReadTellsWhatStatWouldAsk() throws Exception {
    assertReads(0, 10);
    assertThat(await(bucket.stat("object")).size()).isEqualTo(SIZE);
    assertThat(zonal.requests()).isOne();
  }

  // Partly cached.

  @Test
  void onlyWhatIsMissingIsAskedFor() throws Exception {
    assertReads(0, 200_000);
    zonal.mark();
    CacheStats before = memory.stats();
    assertReads(100_000, 200_000);
    assertThat(zonal.requests()).isOne();
    assertThat(memory.stats().since(before).fetchedBytes()).isBetween(99_000L, 102_000L);
  }

  @Test
  void smallReadsFetchLittleMoreThanAsked() throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("smallReadsFetchLittleMoreThanAsked: -Dexpressway.seed=" + seed);
    java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
    for (int i = 0; i < 100; i++) {
      assertReads(random.nextInt(SIZE - 4096), 4096);
    }
    CacheStats stats = memory.stats();
    assertThat(stats.fetchedBytes()).isLessThanOrEqualTo(100 * (4096 + 2 * BLOCK / 64));
  }

  @Test
  void holesCloseTogetherShareARequestAndTheRestKeepsItsBytes() throws Exception {
    assertReads(300_000, 100_000);
    assertReads(700_000, 100_000);
    zonal.mark();
    assertReads(0, 1_000_000);
    assertThat(zonal.requests()).isOne();
    assertThat(memory.stats().gapBytes()).isPositive();
    assertReads(0, 1_000_000);
    assertReads(290_000, 120_000);
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void withoutAGapHolesAreAskedForOneByOne() throws Exception {
    with(CacheOptions.defaults().gapBytes(0));
    assertReads(300_000, 100_000);
    assertReads(700_000, 100_000);
    zonal.mark();
    assertReads(0, 1_000_000);
    assertThat(zonal.requests()).isEqualTo(3);
    assertThat(memory.stats().gapBytes()).isZero();
  }

  @Test
  void longReadsAreSplitOverConnections() throws Exception {
    with(CacheOptions.defaults().requestBytes(1 << 20));
    await(bucket.stat("object"));
    zonal.mark();
    assertReads(0, SIZE);
    assertThat(zonal.requests()).isEqualTo(3);
  }

  @Test
  void aVectoredReadSharesRequests() throws Exception {
    List<ByteRange> ranges =
        List.of(
            ByteRange.of(2_000_000, 1000),
            ByteRange.of(0, 1000),
            ByteRange.of(150_000, 1000),
            ByteRange.of(2_100_000, 70_000));
    for (int round = 0; round < 2; round++) {
      List<CompletableFuture<Slice>> reads = bucket.readAll("object", ranges);
      for (int i = 0; i < ranges.size(); i++) {
        try (Slice slice = await(reads.get(i))) {
          assertThat(slice.toByteArray())
              .isEqualTo(cut(content, ranges.get(i).offset(), ranges.get(i).length()));
        }
      }
      assertThat(zonal.requests()).isEqualTo(2);
    }
  }

  @Test
  void crowdsShareTheirRequests() throws Exception {
    List<CompletableFuture<Slice>> reads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      reads.add(bucket.read("object", ByteRange.last(50_000)));
      reads.add(bucket.read("object", ByteRange.of(1000, 200_000)));
    }
    for (CompletableFuture<Slice> read : reads) {
      await(read).close();
    }
    assertThat(zonal.requests()).isEqualTo(2);
  }

  // Freshness.

  @Test
  void knowledgeIsBelievedForItsTimeAndThenAskedFor() throws Exception {
    assertReads(0, 1000);
    pass(Duration.ofSeconds(59));
    assertReads(0, 1000);
    assertThat(zonal.requests()).isOne();
    pass(Duration.ofSeconds(2));
    assertReads(0, 1000);
    assertThat(zonal.requests("HeadObject")).isOne();
    pass(Duration.ofSeconds(59));
    assertReads(0, 1000);
    assertThat(zonal.requests()).isEqualTo(2);
  }

  @Test
  void missingBytesOfAnOldObjectTellWhetherItIsTheSame() throws Exception {
    assertReads(0, 1000);
    pass(Duration.ofMinutes(2));
    assertReads(0, 100_000);
    assertReads(0, 1000);
    assertThat(zonal.requests()).isEqualTo(2);
    assertThat(zonal.requests("HeadObject")).isZero();
  }

  @Test
  void immutableObjectsAreNeverAskedForAgain() throws Exception {
    with(CacheOptions.defaults().freshness(Freshness.immutable()));
    assertReads(0, 1000);
    pass(Duration.ofDays(10_000));
    zonal.put("object", 100, 2);
    assertReads(0, 1000);
    assertThat(zonal.requests()).isOne();
  }

  @Test
  void askingEveryTimeSeesEveryChange() throws Exception {
    with(CacheOptions.defaults().freshness(Freshness.always()));
    for (int version = 2; version < 6; version++) {
      content = zonal.put("object", SIZE, version);
      pass(Duration.ofNanos(1));
      assertReads(70_000, 1000);
      zonal.mark();
      pass(Duration.ofNanos(1));
      assertReads(70_000, 1000);
      assertThat(zonal.requests("HeadObject")).isOne();
      assertThat(zonal.requests()).isOne();
    }
  }

  @Test
  void aChangeIsSeenWhenKnowledgeHasAged() throws Exception {
    assertReads(0, 1000);
    byte[] old = content;
    content = zonal.put("object", SIZE, 2);
    assertThat(read(bucket, "object", 0, 1000)).isEqualTo(cut(old, 0, 1000));
    pass(Duration.ofMinutes(2));
    assertReads(0, 1000);
    assertReads(2_000_000, 1000);
  }

  @Test
  void aReadThatFindsTheObjectChangedBeginsAgain() throws Exception {
    assertReads(0, 100_000);
    content = zonal.put("object", SIZE, 2);
    assertReads(50_000, 100_000);
    assertThat(memory.stats().changes()).isOne();
    assertReads(0, 100_000);
  }

  @Test
  void orFailsWhenToldSo() throws Exception {
    with(CacheOptions.defaults().change(CacheOptions.Change.FAIL));
    assertReads(0, 100_000);
    content = zonal.put("object", SIZE, 2);
    assertThatThrownBy(() -> read(bucket, "object", 50_000, 100_000))
        .isInstanceOf(PreconditionFailedException.class);
    assertReads(50_000, 100_000);
  }

  @Test
  void aVersionAskedForIsKeptTo() throws Exception {
    ObjectInfo old = await(bucket.stat("object"));
    ReadRequest ofOld = ReadRequest.of("object", ByteRange.of(0, 1000)).ifVersion(old.version());
    await(bucket.read(ofOld)).close();
    zonal.mark();
    await(bucket.read(ofOld)).close();
    assertThat(zonal.requests()).isZero();
    content = zonal.put("object", SIZE, 2);
    ReadRequest elsewhere =
        ReadRequest.of("object", ByteRange.of(1_000_000, 1000)).ifVersion(old.version());
    assertThatThrownBy(() -> await(bucket.read(elsewhere)))
        .isInstanceOf(PreconditionFailedException.class);
    assertThatThrownBy(() -> await(bucket.read(ofOld)))
        .isInstanceOf(PreconditionFailedException.class);
    assertReads(0, 1000);
    assertThatThrownBy(() -> await(bucket.read(ofOld)))
        .isInstanceOf(PreconditionFailedException.class);
  }

  // What is not there.

  @Test
  void absenceIsRememberedForItsTime() throws Exception {
    assertThatThrownBy(() -> read(bucket, "missing", 0, 10))
        .isInstanceOf(ObjectNotFoundException.class);
    assertThatThrownBy(() -> read(bucket, "missing", 0, 10))
        .isInstanceOf(ObjectNotFoundException.class)
        .hasMessageContaining("missing")
        .hasMessageContaining(plain.name().toString());
    assertThatThrownBy(() -> await(bucket.stat("missing")))
        .isInstanceOf(ObjectNotFoundException.class);
    assertThat(zonal.requests()).isOne();
    byte[] appeared = zonal.put("missing", 100, 3);
    pass(Duration.ofSeconds(1));
    assertThat(read(bucket, "missing", 0, 10)).isEqualTo(cut(appeared, 0, 10));
  }

  @Test
  void anObjectThatGoesIsNoticedByWhatIsMissing() throws Exception {
    assertReads(0, 1000);
    await(plain.delete("object"));
    assertReads(0, 1000); // still believed
    assertThatThrownBy(() -> read(bucket, "object", 0, 100_000))
        .isInstanceOf(ObjectNotFoundException.class);
    zonal.mark();
    assertThatThrownBy(() -> read(bucket, "object", 0, 1000))
        .isInstanceOf(ObjectNotFoundException.class);
    assertThat(zonal.requests()).isZero();
  }

  @Test
  void rangesPastTheEndOfAKnownObjectCostNothing() throws Exception {
    assertReads(SIZE - 10, 100);
    assertThatThrownBy(() -> read(bucket, "object", SIZE, 1))
        .isInstanceOf(RangeNotSatisfiableException.class)
        .hasMessageContaining(Integer.toString(SIZE));
    assertThat(zonal.requests()).isOne();
  }

  // Own changes.

  @Test
  void ownWritesAndDeletesAreSeenAtOnce() throws Exception {
    assertReads(0, 1000);
    content = Zonal.content(SIZE, 7);
    await(bucket.write("object", ByteBuffer.wrap(content), WriteOptions.defaults()));
    assertReads(0, 1000);
    await(bucket.delete("object"));
    assertThatThrownBy(() -> read(bucket, "object", 0, 10))
        .isInstanceOf(ObjectNotFoundException.class);
    content = Zonal.content(500, 8);
    await(bucket.write("object", ByteBuffer.wrap(content), WriteOptions.defaults()));
    assertReads(0, 500);
  }

  @Test
  void bucketsOfOneNameShareWhatIsCached() throws Exception {
    assertReads(0, 1000);
    try (CachedBucket other =
        new CachedBucket(memory, zonal.sameBucket(), CacheOptions.defaults(), now::get)) {
      assertThat(read(other, "object", 0, 1000)).isEqualTo(cut(content, 0, 1000));
      assertThat(zonal.requests()).isOne();
      content = Zonal.content(SIZE, 9);
      await(other.write("object", ByteBuffer.wrap(content), WriteOptions.defaults()));
      assertReads(0, 1000);
    }
  }

  // What callers choose.

  @Test
  void uncachedReadsLeaveNothingBehind() throws Exception {
    ReadRequest request = ReadRequest.of("object", ByteRange.of(0, 1000));
    for (int i = 0; i < 2; i++) {
      try (Slice slice = await(bucket.readUncached(request))) {
        assertThat(slice.toByteArray()).isEqualTo(cut(content, 0, 1000));
      }
    }
    assertThat(zonal.requests()).isEqualTo(2);
    assertThat(memory.stats().residentBlocks()).isZero();
    assertReads(0, 1000);
    await(bucket.readUncached(request)).close();
    assertThat(zonal.requests()).isEqualTo(3);
  }

  @Test
  void prefetchedRangesCostNothingLater() throws Exception {
    await(bucket.prefetch("object", List.of(ByteRange.of(0, 300_000), ByteRange.last(1_000_000))));
    zonal.mark();
    assertReads(1000, 200_000);
    assertReads(SIZE - 999_999, 999_999);
    assertThat(zonal.requests()).isZero();
    assertThatThrownBy(() -> await(bucket.prefetch("missing", List.of(ByteRange.of(0, 1)))))
        .isInstanceOf(ObjectNotFoundException.class);
  }

  @Test
  void evictedObjectsAreAskedForAgain() throws Exception {
    assertReads(0, 1000);
    bucket.evict("object");
    assertThat(memory.stats().residentBlocks()).isZero();
    assertReads(0, 1000);
    assertThat(zonal.requests()).isEqualTo(2);
  }
}
