package io.expressway.cache;

import io.expressway.LentMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * One aligned piece of an object in one slot of the memory.
 *
 * <p>Readers are counted: one for being resident, one for each open slice, each read under way and
 * each fetch that fills it. Whoever takes the last one away gives the slot back, and the block is
 * dead for good: a slot's next block is another object, so a late reader can never count itself in.
 *
 * <p>Thread: safe for many, lock-free. {@code filling} belongs to the object's lock. A page's bytes
 * are written before its {@code ready} bit is, and never again.
 *
 * <p>The hash is that of the place in the object, so that the eviction policy recognises a block
 * that comes back; identity makes blocks equal.
 */
final class Block implements LentMemory {
  private static final VarHandle READERS;
  private static final VarHandle RESIDENT;

  static {
    try {
      READERS = MethodHandles.lookup().findVarHandle(Block.class, "readers", int.class);
      RESIDENT = MethodHandles.lookup().findVarHandle(Block.class, "resident", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final CachedObject object;
  private final int index;
  private final int slot;
  private volatile int readers = 1;

  @SuppressWarnings("UnusedVariable") // changed through RESIDENT
  private volatile boolean resident;

  /** Hits so far; lossy on purpose. */
  private int hits;

  private volatile long ready;
  private long filling;

  /** A block with one reader: its maker. */
  Block(CachedObject object, int index, int slot) {
    this.object = object;
    this.index = index;
    this.slot = slot;
  }

  CachedObject object() {
    return object;
  }

  /** Which block of its object it is. */
  int index() {
    return index;
  }

  int slot() {
    return slot;
  }

  /** Counts a reader in, unless the last has left. */
  boolean tryRetain() {
    int count = readers;
    while (count > 0) {
      if (READERS.weakCompareAndSet(this, count, count + 1)) {
        return true;
      }
      count = readers;
    }
    return false;
  }

  @Override
  public void retain() {
    READERS.getAndAdd(this, 1);
  }

  @Override
  public void release() {
    if ((int) READERS.getAndAdd(this, -1) == 1) {
      object.buried(this);
    }
  }

  /**
   * Counts a hit and says whether the eviction policy should hear of it: of the first few, and then
   * of one in eight. Its counters end at 15, and telling it costs more than all the rest of a hit.
   */
  boolean isHitWorthTelling() {
    int count = ++hits;
    return count <= 8 || (count & 7) == 0;
  }

  /** Counts the cache in as a reader; false when it is one already. */
  boolean tryReside() {
    if (!RESIDENT.compareAndSet(this, false, true)) {
      return false;
    }
    retain();
    return true;
  }

  /** The cache reads it no more. */
  void leave() {
    resident = false;
    release();
  }

  boolean isReady(long pages) {
    return (ready & pages) == pages;
  }

  long ready() {
    return ready;
  }

  /** The pages' bytes are in place. Under the object's lock. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // all writes are under the object's lock
  void setReady(long pages) {
    ready |= pages;
  }

  /** The pages that a fetch is under way for. Under the object's lock. */
  long filling() {
    return filling;
  }

  /** A fetch begins for the pages. Under the object's lock. */
  void setFilling(long pages) {
    filling |= pages;
  }

  /** The fetch for the pages is over. Under the object's lock. */
  void clearFilling(long pages) {
    filling &= ~pages;
  }

  @Override
  public ByteBuffer buffer() {
    return object.memory().slabs().slab(slot);
  }

  /** Where in {@link #buffer} the block begins. */
  int offset() {
    return object.memory().slabs().offset(slot);
  }

  /** A view of the bytes {@code [from, to)} of the block. */
  ByteBuffer view(int from, int to) {
    return buffer().slice(offset() + from, to - from);
  }

  @Override
  public int hashCode() {
    return object.placeHash() + index * 0x9E3779B9;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public String toString() {
    return "Block[" + index + " of " + object.key() + ", " + readers + " readers]";
  }
}
