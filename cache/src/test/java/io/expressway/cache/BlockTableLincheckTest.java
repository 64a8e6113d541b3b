package io.expressway.cache;

import io.expressway.BucketName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Blocks pinned with and without the object's lock, given back and put again while the table grows:
 * whatever the interleaving, it is as if each happened at one moment. A block that is pinned is the
 * one that the table has, and memory comes back exactly when the last reader leaves.
 *
 * <p>Pinning under the lock says whether it made the block. The object is over from the beginning,
 * so that no block is kept by the eviction policy.
 */
@Tag("one-jdk")
@Param(name = "thread", gen = ThreadIdGen.class)
@Param(name = "place", gen = IntGen.class, conf = "0:3")
public class BlockTableLincheckTest {
  /** In the first small leaf, in that once grown, and in leaves of an array that grows. */
  private static final int[] INDEXES = {0, 1, 5, 100};

  private static final int BLOCK = 4 << 10;
  private static final int BLOCKS = 16;
  private static final int THREADS = 3;
  private static final int LISTS = THREADS + 2; // the parts before and after count as threads

  /** One for all, for it takes longer to open than the rest; every interleaving gives it back. */
  private static final BlockCache MEMORY = BlockCache.offHeap(BLOCKS * BLOCK, BLOCK);

  private static final ObjectTable TABLE =
      MEMORY.table(BucketName.directory("logs--usw2-az1--x-s3"));

  private final CachedObject object = new CachedObject("key", TABLE, MEMORY);
  private final List<ArrayDeque<Block>> held = new ArrayList<>();

  /** An empty table. */
  public BlockTableLincheckTest() {
    object.drop();
    for (int i = 0; i < LISTS; i++) {
      held.add(new ArrayDeque<>());
    }
  }

  /** A miss: under the lock, makes the block if there is none. True when it did. */
  @Operation
  public boolean pin(@Param(name = "thread") int thread, @Param(name = "place") int place) {
    Block block;
    boolean isNew;
    synchronized (object) {
      block = object.pinned(INDEXES[place]);
      if (block == null) {
        throw new IllegalStateException("memory did not come back");
      }
      isNew = block.ready() == 0;
      block.setReady(1);
    }
    held.get(thread).push(block);
    return isNew;
  }

  /** A hit: no lock. */
  @Operation
  public boolean tryPin(@Param(name = "thread") int thread, @Param(name = "place") int place) {
    Block block = object.block(INDEXES[place]);
    if (block == null || !block.tryRetain()) {
      return false;
    }
    held.get(thread).push(block);
    return true;
  }

  /** The thread gives back what it pinned last. */
  @Operation
  public boolean giveBack(@Param(name = "thread") int thread) {
    Block block = held.get(thread).poll();
    if (block == null) {
      return false;
    }
    if (!Objects.equals(object.block(block.index()), block)) {
      throw new IllegalStateException("pinned, and not the one that is found: " + block);
    }
    block.release();
    return true;
  }

  /** When all is given back, all memory is free. */
  @Validate
  public void memoryComesBack() {
    for (ArrayDeque<Block> pinned : held) {
      pinned.forEach(Block::release);
      pinned.clear();
    }
    int free = MEMORY.slabs().freeSlots();
    if (free != BLOCKS - 1) { // one is what gaps are written to
      throw new IllegalStateException("free blocks: " + free);
    }
  }

  /** The same, one thing after the other. */
  public static class OneByOne {
    private final int[] readers = new int[INDEXES.length];
    private final List<ArrayDeque<Integer>> held = new ArrayList<>();

    /** An empty table. */
    public OneByOne() {
      for (int i = 0; i < LISTS; i++) {
        held.add(new ArrayDeque<>());
      }
    }

    /** True when nobody had it. */
    public boolean pin(int thread, int place) {
      held.get(thread).push(place);
      return readers[place]++ == 0;
    }

    /** True when somebody had it. */
    public boolean tryPin(int thread, int place) {
      if (readers[place] == 0) {
        return false;
      }
      held.get(thread).push(place);
      readers[place]++;
      return true;
    }

    /** True when the thread had anything. */
    public boolean giveBack(int thread) {
      Integer place = held.get(thread).poll();
      if (place == null) {
        return false;
      }
      readers[place]--;
      return true;
    }
  }

  private static <T extends Options<T, ?>> T shaped(T options) {
    return options
        .iterations(Integer.getInteger("expressway.lincheck.iterations", 2))
        .threads(THREADS)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(0)
        .sequentialSpecification(OneByOne.class);
  }

  @Test
  void everyChosenInterleavingIsLinearizable() {
    shaped(new ModelCheckingOptions())
        .invocationsPerIteration(300)
        .check(BlockTableLincheckTest.class);
  }

  @Test
  void whateverTheMachineDoesIsLinearizable() {
    shaped(new StressOptions()).invocationsPerIteration(500).check(BlockTableLincheckTest.class);
  }
}
