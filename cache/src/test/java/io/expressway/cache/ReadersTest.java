package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.BucketName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Counting readers in several places: no block dies while it is read, and each dies in the end. */
final class ReadersTest {
  private static final int BLOCK = 4 << 10;
  private static final int SLOTS = 16;
  private static final int SHELF = 4;
  private static final int THREADS = 6;
  private static final int STEPS = 150_000;

  private final BlockCache memory = BlockCache.offHeap(SLOTS * BLOCK, BLOCK);
  private final CachedObject object =
      new CachedObject("key", memory.table(BucketName.directory("demo--usw2-az1--x-s3")), memory);

  /** Blocks that are kept, as a cache has them. */
  private final AtomicReferenceArray<@Nullable Block> shelf = new AtomicReferenceArray<>(SHELF);

  /** Readers to be counted out by whoever takes them. */
  private final Queue<Block> lent = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    memory.close();
  }

  private int freeSlots() {
    return memory.slabs().freeSlots();
  }

  @Test
  void aBlockDiesWithItsLastReader() {
    int free = freeSlots();
    Block block = Objects.requireNonNull(memory.take(object, 0));
    assertThat(block.tryReside()).isTrue();
    assertThat(block.tryReside()).isFalse();
    assertThat(block.tryRetain()).isTrue();
    block.release();
    block.leave();
    assertThat(block.isDead()).isFalse();
    assertThat(freeSlots()).isEqualTo(free - 1);
    block.release();
    assertThat(block.isDead()).isTrue();
    assertThat(block.tryRetain()).isFalse();
    assertThat(block.tryReside()).isFalse();
    assertThat(freeSlots()).isEqualTo(free);
  }

  @Test
  void readersComeOnOneThreadAndGoOnAnother() throws Exception {
    int free = freeSlots();
    Block block = Objects.requireNonNull(memory.take(object, 0));
    assertThat(block.tryReside()).isTrue();
    for (int i = 0; i < 40; i++) {
      Thread reader = new Thread(block::retain);
      reader.start();
      reader.join();
    }
    for (int i = 0; i < 40; i++) {
      block.release();
    }
    block.leave();
    assertThat(block.isDead()).isFalse();
    Thread last = new Thread(block::release);
    last.start();
    last.join();
    assertThat(block.isDead()).isTrue();
    assertThat(freeSlots()).isEqualTo(free);
  }

  @Test
  void noBlockDiesWhileItIsReadAndNoneIsLeftOver() throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("noBlockDiesWhileItIsReadAndNoneIsLeftOver: -Dexpressway.seed=" + seed);
    int free = freeSlots();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(seed + i);
      threads.add(CompletableFuture.runAsync(() -> work(random), t -> new Thread(t).start()));
    }
    for (CompletableFuture<Void> thread : threads) {
      thread.get();
    }
    for (Block block = lent.poll(); block != null; block = lent.poll()) {
      block.release();
    }
    for (int i = 0; i < SHELF; i++) {
      letGo(shelf.getAndSet(i, null));
    }
    assertThat(freeSlots()).isEqualTo(free);
  }

  private void work(SplittableRandom random) {
    for (int i = 0; i < STEPS; i++) {
      int place = random.nextInt(SHELF);
      int what = random.nextInt(100);
      if (what < 70) {
        read(shelf.get(place), random);
      } else if (what < 85) {
        replace(place);
      } else if (what < 92) {
        letGoAndTakeBack(place);
      } else {
        release(lent.poll());
      }
    }
  }

  private void read(@Nullable Block block, SplittableRandom random) {
    if (block == null || !block.tryRetain()) {
      return;
    }
    if (random.nextInt(4) == 0) {
      block.retain();
      release(block);
    }
    if (random.nextInt(8) == 0 && lent.size() < 3) {
      lent.add(block);
    } else {
      release(block);
    }
  }

  private static void release(@Nullable Block block) {
    if (block != null) {
      if (block.isDead()) {
        throw new AssertionError("dead, and still read: " + block);
      }
      block.release();
    }
  }

  private void replace(int place) {
    Block fresh = memory.take(object, place);
    if (fresh != null) {
      fresh.tryReside();
      letGo(shelf.getAndSet(place, fresh));
      release(fresh);
    }
  }

  /** Evicted, and found lent by a miss at once. */
  private void letGoAndTakeBack(int place) {
    Block block = shelf.getAndSet(place, null);
    if (block != null) {
      boolean read = block.tryRetain();
      block.leave();
      if (read && block.tryReside()) {
        letGo(shelf.getAndSet(place, block));
      }
      if (read) {
        release(block);
      }
    }
  }

  private static void letGo(@Nullable Block block) {
    if (block != null) {
      block.leave();
    }
  }
}
