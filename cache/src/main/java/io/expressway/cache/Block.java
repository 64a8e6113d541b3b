package io.expressway.cache;

import io.expressway.LentMemory;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One aligned piece of an object in one slot of the memory.
 *
 * <p>{@link Readers} are counted: one for being kept by the cache, one for each open slice, each
 * read under way and each fetch that fills it. Whoever takes the last one away gives the slot back,
 * and the block is dead for good: a slot's next block is another object, so a late reader can never
 * count itself in.
 *
 * <p>Thread: safe for many; while it is kept, lock-free. {@code filling} belongs to the object's
 * lock, changes of {@code state} to that of the readers. A page's bytes are written before its
 * {@code ready} bit is, and then only by the same bytes, when a fetch that broke off goes on.
 *
 * <p>The hash is that of the place in the object, so that the eviction policy recognises a block
 * that comes back; identity makes blocks equal.
 */
final class Block implements LentMemory {
  private static final int ALL_TOLD = 8;
  private static final int ONE_IN = 64;

  /** Not kept by the cache: new, evicted or dismissed. */
  private static final byte LOOSE = 0;

  private static final byte KEPT = 1;
  private static final byte DEAD = 2;

  private final CachedObject object;
  private final int index;
  private final int slot;
  private volatile byte state = LOOSE;

  /** Hits of an era of the cache, up to those all of which are told; lossy on purpose, both. */
  private byte hits;

  private byte hitsEra;

  private volatile long ready;
  private long filling;

  /** A block with one reader: its maker. */
  Block(CachedObject object, int index, int slot) {
    this.object = object;
    this.index = index;
    this.slot = slot;
    retain();
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

  private Readers readers() {
    return object.memory().readers();
  }

  /** Counts a reader in, unless the last has left. */
  boolean tryRetain() {
    if (state != KEPT) {
      return readers().tryRetainLoose(this);
    }
    int[] place = readers().place();
    Readers.add(place, slot, 1);
    if (state == KEPT) {
      return true;
    }
    readers().takeBack(place, slot);
    return readers().tryRetainLoose(this);
  }

  @Override
  public void retain() {
    Readers.add(readers().place(), slot, 1);
  }

  @Override
  public void release() {
    if (state != KEPT) {
      readers().releaseLoose(this);
      return;
    }
    Readers.add(readers().place(), slot, -1);
    if (state != KEPT) {
      readers().settle(this);
    }
  }

  /**
   * Whether the eviction policy should hear of a hit: of the first few in each era, and then of one
   * in sixty-four, by chance. Its counters end at 15 and are halved as eras go by, and telling it
   * costs more than all the rest of a hit; to count on here would have all readers write the same
   * memory.
   */
  boolean isHitWorthTelling() {
    byte era = object.memory().era();
    if (hitsEra != era) {
      hitsEra = era;
      hits = 0;
    }
    if (hits < ALL_TOLD) {
      hits++;
      return true;
    }
    return (ThreadLocalRandom.current().nextInt() & (ONE_IN - 1)) == 0;
  }

  /** Counts the cache in as a reader; false when it is one already. */
  boolean tryReside() {
    return state != KEPT && readers().tryKeep(this);
  }

  /** The cache reads it no more. */
  void leave() {
    readers().letGo(this);
  }

  // What becomes of it; all under the readers' lock.

  boolean isLoose() {
    return state == LOOSE;
  }

  boolean isDead() {
    return state == DEAD;
  }

  void keep() {
    state = KEPT;
  }

  void loosen() {
    state = LOOSE;
  }

  /** The last reader has left. */
  void die() {
    state = DEAD;
    object.buried(this);
  }

  // What it holds.

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
    return "Block[" + index + " of " + object.key() + (state == KEPT ? "]" : ", loose]");
  }
}
