package io.expressway.cache;

import io.expressway.BucketName;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * Where memory order is chosen by hand: what two threads may see of each other, outcome by outcome.
 * Run by {@link BlockStressTest}.
 */
public final class BlockStress {
  private static final int BLOCK = 4 << 10;

  /** More than jcstress has in flight. */
  private static final int BLOCKS = 32 << 10;

  private static final BlockCache MEMORY = BlockCache.offHeap((long) BLOCKS * BLOCK, BLOCK);
  private static final ObjectTable TABLE =
      MEMORY.table(BucketName.directory("logs--usw2-az1--x-s3"));
  private static final CachedObject OBJECT = new CachedObject("key", TABLE, MEMORY);
  private static final AtomicInteger NEXT = new AtomicInteger();

  private BlockStress() {}

  /** A block whose memory is nobody else's for as long as a test has it. */
  private static Block block(int index) {
    return new Block(OBJECT, index, NEXT.getAndIncrement() & (BLOCKS - 1));
  }

  private static void write(Block block, long value) {
    block.buffer().putLong(block.offset(), value);
  }

  private static long read(Block block) {
    return block.buffer().getLong(block.offset());
  }

  /** A page's bytes are written before its ready bit is; a hit looks at the bit first. */
  @JCStressTest
  @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "Not ready yet: a miss.")
  @Outcome(id = "7", expect = Expect.ACCEPTABLE, desc = "Ready, with the bytes in place.")
  @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "Ready, without the bytes.")
  @State
  public static class BytesBeforeReady {
    private final Block block = block(0);

    /** What was in the memory before. */
    public BytesBeforeReady() {
      write(block, 0);
    }

    /** A fetch has come. */
    @Actor
    public void fill() {
      write(block, 7);
      block.setReady(1);
    }

    /** A hit. */
    @Actor
    public void hit(J_Result result) {
      result.r1 = block.isReady(1) ? read(block) : -1;
    }
  }

  /** The last reader leaves, and its slot goes to another block, while a hit counts itself in. */
  @JCStressTest
  @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "Too late: the block is dead, a miss.")
  @Outcome(id = "7", expect = Expect.ACCEPTABLE, desc = "In time: the slot stays the block's.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Counted in, and reads what is another block's.")
  @State
  public static class LastReaderAgainstHit {
    private final Block block = taken();

    /** A block that is ready. */
    public LastReaderAgainstHit() {
      write(block, 7);
      block.setReady(1);
    }

    private static Block taken() {
      Block block = MEMORY.take(OBJECT, 0);
      if (block == null) {
        throw new IllegalStateException("memory did not come back");
      }
      return block;
    }

    /** Evicted; the next block is filled. */
    @Actor
    public void leave() {
      block.release();
      Block next = taken();
      write(next, 8);
      next.release();
    }

    /** A hit, which reads for a while. */
    @Actor
    public void hit(J_Result result) {
      result.r1 = -1;
      if (block.tryRetain()) {
        long first = read(block);
        long second = read(block);
        result.r1 = first == second ? first : 9;
        block.release();
      }
    }
  }

  /** Two misses find an evicted block still lent, and offer it to the cache again. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The first keeps it.")
  @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The second keeps it.")
  @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "Kept twice: it would never be free.")
  @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "Kept by nobody.")
  @State
  public static class ResidentOnce {
    private final Block block = block(0);

    /** One miss. */
    @Actor
    public void one(II_Result result) {
      result.r1 = block.tryReside() ? 1 : 0;
    }

    /** Another. */
    @Actor
    public void other(II_Result result) {
      result.r2 = block.tryReside() ? 1 : 0;
    }
  }

  /** A table that grows loses nothing on the way, whichever of its arrays a reader sees. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "An old array: the new block is missed.")
  @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The new block, with its fields set.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A block is lost, or seen half made.")
  @State
  public static class GrowingTable {
    private static final int FAR = 100;
    private final BlockTable table = new BlockTable();
    private final Block first = block(0);

    /** Has one block. */
    public GrowingTable() {
      table.put(0, first);
    }

    /** A miss: a second leaf is put below a larger array. */
    @Actor
    public void grow() {
      table.put(FAR, block(FAR));
    }

    /** Hits. */
    @Actor
    public void get(II_Result result) {
      Block far = table.get(FAR);
      result.r1 = far == null ? 0 : far.index() == FAR && far.tryRetain() ? 1 : -1;
      result.r2 = Objects.equals(table.get(0), first) ? 1 : 0;
    }
  }

  /** A block is removed from a leaf that is being replaced by a larger one. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "It is gone.")
  @Outcome(
      id = "1, 1",
      expect = Expect.ACCEPTABLE_INTERESTING,
      desc = "It was removed from the old leaf: a dead block is left, which nobody can use.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The block that was put is lost.")
  @State
  public static class RemovedWhileGrowing {
    private final BlockTable table = new BlockTable();
    private final Block dead = block(0);
    private final Block put = block(5);

    /** Has one block. */
    public RemovedWhileGrowing() {
      table.put(0, dead);
    }

    /** A miss: the first leaf is replaced. */
    @Actor
    public void grow() {
      table.put(5, put);
    }

    /** The last reader leaves. */
    @Actor
    public void remove() {
      table.remove(dead);
    }

    /** What is there in the end. */
    @Arbiter
    public void look(II_Result result) {
      result.r1 = table.get(0) == null ? 0 : 1;
      result.r2 = Objects.equals(table.get(5), put) ? 1 : 0;
    }
  }

  /** An answer's age is set before what it says: whoever believes it knows how old it is. */
  @JCStressTest
  @Outcome(id = "0, -1", expect = Expect.ACCEPTABLE, desc = "Nothing is known yet: a miss.")
  @Outcome(id = "1, 100", expect = Expect.ACCEPTABLE, desc = "The answer, with its age.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The answer, with no age or another's.")
  @State
  public static class AgeBeforeAnswer {
    private static final ObjectInfo INFO =
        new ObjectInfo("key", 1, new ObjectVersion("a"), Instant.EPOCH);
    private final CachedObject object = new CachedObject("key", TABLE, MEMORY);

    /** An answer. */
    @Actor
    public void establish() {
      if (!object.establish(INFO, 100)) {
        throw new IllegalStateException("refused");
      }
    }

    /** A hit. */
    @Actor
    public void hit(JJ_Result result) {
      boolean known = object.info() != null;
      result.r1 = known ? 1 : 0;
      result.r2 = known ? object.checkedNanos() : -1;
    }
  }
}
