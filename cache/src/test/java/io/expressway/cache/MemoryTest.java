package io.expressway.cache;

import static io.expressway.cache.Zonal.assertGivenBack;
import static io.expressway.cache.Zonal.await;
import static io.expressway.cache.Zonal.cut;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.ByteRange;
import io.expressway.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limit, eviction, memory that is lent while it should leave, and values that cannot work. */
@SuppressWarnings("NullAway.Init") // made before each test
final class MemoryTest {
  private static final int BLOCK = 4 << 10;
  private static final int BLOCKS = 64;
  private static final int SIZE = 1_000_000;
  private static Zonal zonal;

  private BlockCache memory;
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
    memory = BlockCache.offHeap((long) BLOCKS * BLOCK, BLOCK);
    bucket =
        new CachedBucket(
            memory, zonal.newBucket(), CacheOptions.defaults().freshness(Freshness.immutable()));
    content = zonal.put("object", SIZE, 1);
    zonal.mark();
  }

  @AfterEach
  void everythingIsGivenBack() {
    bucket.close();
    memory.close();
    assertGivenBack(memory);
  }

  private Slice lent(long offset, long length) throws Exception {
    return await(bucket.read("object", ByteRange.of(offset, length)));
  }

  private void assertHolds(Slice slice, long offset) {
    assertThat(slice.toByteArray()).isEqualTo(cut(content, offset, slice.length()));
  }

  @Test
  void manyMoreBlocksThanFitPassThroughWithinTheLimit() throws Exception {
    for (int round = 0; round < 2; round++) {
      for (int at = 0; at < SIZE; at += 10_000) {
        try (Slice slice = lent(at, 10_000)) {
          assertHolds(slice, at);
          assertThat(memory.stats().usedBytes()).isLessThanOrEqualTo(memory.limitBytes());
        }
      }
    }
    CacheStats stats = memory.stats();
    assertThat(stats.residentBlocks()).isLessThan(BLOCKS);
    assertThat(stats.evictions()).isPositive();
  }

  @Test
  void whatIsReadOftenStaysThroughAScan() throws Exception {
    scan(); // Caffeine counts from when the cache is half full
    for (int i = 0; i < 20; i++) {
      lent(0, 8 * BLOCK).close();
    }
    scan();
    zonal.mark();
    lent(0, 8 * BLOCK).close();
    assertThat(zonal.requests()).isZero();
  }

  private void scan() throws Exception {
    for (int at = 100_000; at + 20_000 < SIZE; at += 20_000) {
      lent(at, 20_000).close();
    }
  }

  @Test
  void lentMemoryKeepsItsBytesWhateverIsReadMeanwhile() throws Exception {
    List<Slice> lent = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      lent.add(lent(i * 100_000L, 2 * BLOCK));
    }
    for (int round = 0; round < 3; round++) {
      for (int at = 0; at + 30_000 < SIZE; at += 30_000) {
        lent(at, 30_000).close();
      }
    }
    for (int i = 0; i < 5; i++) {
      assertHolds(lent.get(i), i * 100_000L);
      lent.get(i).close();
    }
  }

  @Test
  void readsGoAroundMemoryThatIsAllLent() throws Exception {
    List<Slice> lent = new ArrayList<>();
    long at = 0;
    while (memory.stats().around() == 0) {
      lent.add(lent(at, BLOCK));
      at += BLOCK;
    }
    assertThat(lent.size()).isBetween(BLOCKS / 2, BLOCKS);
    try (Slice beyond = lent(SIZE - 5000, 5000)) {
      assertHolds(beyond, SIZE - 5000);
    }
    assertThatThrownBy(() -> bucket.pin("object", ByteRange.of(SIZE - 5000, 5000)).join())
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no room");
    await(bucket.prefetch("object", List.of(ByteRange.of(SIZE - 5000, 5000))));
    for (int i = 0; i < lent.size(); i++) {
      assertHolds(lent.get(i), (long) i * BLOCK);
      lent.get(i).close();
    }
    zonal.mark();
    long around = memory.stats().around();
    lent(SIZE - 5000, 5000).close();
    assertThat(memory.stats().around()).isEqualTo(around);
  }

  @Test
  void evictedMemoryThatIsStillLentIsStillFound() throws Exception {
    try (Slice pinned = await(bucket.pin("object", ByteRange.of(500_000, 6000)))) {
      for (int round = 0; round < 3; round++) {
        for (int at = 0; at < 480_000; at += 20_000) {
          lent(at, 20_000).close();
        }
      }
      zonal.mark();
      try (Slice again = lent(501_000, 1000)) {
        assertHolds(again, 501_000);
      }
      assertThat(zonal.requests()).isZero();
      assertHolds(pinned, 500_000);
    }
  }

  @Test
  void objectsLargerThanTheCacheAreReadAroundIt() throws Exception {
    try (Slice all = await(bucket.read("object", ByteRange.all()))) {
      assertHolds(all, 0);
    }
    assertThat(memory.stats().around()).isOne();
    assertThat(memory.stats().usedBytes()).isLessThanOrEqualTo(memory.limitBytes());
    assertThatThrownBy(() -> bucket.pin("object", ByteRange.of(0, SIZE)).join())
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no room")
        .hasMessageContaining("longer than half of it");
  }

  @Test
  void neighbouringBlocksAreLentAsOnePiece() throws Exception {
    try (Slice slice = lent(100, 5 * BLOCK)) {
      assertThat(slice.buffers()).hasSize(1);
      assertHolds(slice, 100);
    }
  }

  @Test
  void clearingForgetsAllButWhatIsLent() throws Exception {
    try (Slice slice = lent(0, 3 * BLOCK)) {
      memory.clear();
      assertThat(memory.stats().residentBlocks()).isZero();
      assertHolds(slice, 0);
      zonal.mark();
      lent(0, 3 * BLOCK).close();
      assertThat(zonal.requests()).isOne();
      assertHolds(slice, 0);
    }
  }

  @Test
  void readersOfAllSortsNeverSeeAWrongByte() throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("readersOfAllSortsNeverSeeAWrongByte: -Dexpressway.seed=" + seed);
    List<CompletableFuture<Void>> readers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      SplittableRandom random = new SplittableRandom(seed + i);
      readers.add(
          CompletableFuture.runAsync(() -> readAtRandom(random), task -> new Thread(task).start()));
    }
    for (CompletableFuture<Void> reader : readers) {
      await(reader);
    }
    assertThat(memory.stats().hits()).isPositive();
  }

  private void readAtRandom(SplittableRandom random) {
    try {
      List<Slice> kept = new ArrayList<>();
      List<Long> offsets = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        long length = 1L + random.nextInt(1 << (1 + random.nextInt(14)));
        long offset = random.nextInt(SIZE / (1 + random.nextInt(20)) - 1);
        CompletableFuture<Slice> read = bucket.read("object", ByteRange.of(offset, length));
        if (random.nextInt(10) == 0 && read.cancel(true)) {
          continue;
        }
        Slice slice = await(read);
        assertHolds(slice, offset);
        if (random.nextInt(8) == 0 && kept.size() < 3) {
          kept.add(slice);
          offsets.add(offset);
        } else {
          slice.close();
        }
        if (random.nextInt(8) == 0 && !kept.isEmpty()) {
          try (Slice last = kept.remove(kept.size() - 1)) {
            assertHolds(last, offsets.remove(offsets.size() - 1));
          }
        }
      }
      kept.forEach(Slice::close);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  // Values that cannot work.

  @ParameterizedTest
  @CsvSource({"0", "1000", "2048", "65537", "33554432", "-4096"})
  void blocksAreAPowerOfTwo(int blockBytes) {
    assertThatThrownBy(() -> BlockCache.offHeap(1 << 20, blockBytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("power of two")
        .hasMessageContaining(Integer.toString(blockBytes));
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "28672", "9223372036854775807"})
  void theLimitHoldsAFewBlocksAtLeastAndTwoBillionAtMost(long limitBytes) {
    assertThatThrownBy(() -> BlockCache.offHeap(limitBytes, BLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Long.toString(limitBytes));
  }

  @Test
  void aLimitBeyondTheJvmsNamesTheFlagToRaise() {
    assertThatThrownBy(() -> BlockCache.offHeap(1L << 44, 16 << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MaxDirectMemorySize")
        .hasMessageContaining(Long.toString(1L << 44));
  }

  @Test
  void optionsSayWhatIsWrongWithThem() {
    CacheOptions options = CacheOptions.defaults();
    assertThatThrownBy(() -> options.gapBytes(-1)).hasMessageContaining("gapBytes");
    assertThatThrownBy(() -> options.requestBytes(1000)).hasMessageContaining("requestBytes");
    assertThatThrownBy(() -> options.absence(Duration.ofNanos(-1))).hasMessageContaining("absence");
    assertThatThrownBy(() -> Freshness.within(Duration.ZERO))
        .hasMessageContaining("Freshness.always()");
  }
}
