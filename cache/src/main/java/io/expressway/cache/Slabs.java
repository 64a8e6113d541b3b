package io.expressway.cache;

import java.nio.ByteBuffer;

/**
 * The memory: slots of one block each, in a few big pieces of direct memory that are allocated once
 * and never grow. Direct buffers, because Netty, Chronicle and the JDK all view them without a copy
 * or a flag.
 *
 * <p>Thread: safe for many. Slots are taken and given back under a lock, by misses and evictions
 * only; a hit touches none of it.
 */
final class Slabs {
  private static final long LARGEST_SLAB_BYTES = 1L << 30;

  private final int blockShift;
  private final int slabShift;
  private final ByteBuffer[] slabs;

  /** A stack of {@code freeCount} slots. Both under this object's own lock. */
  private final int[] free;

  private int freeCount;

  /**
   * Allocates {@code slots} of {@code 1 << blockShift} bytes.
   *
   * @throws IllegalArgumentException when the JVM may not have so much direct memory
   */
  Slabs(int slots, int blockShift) {
    this.blockShift = blockShift;
    this.slabShift = Long.numberOfTrailingZeros(LARGEST_SLAB_BYTES >> blockShift);
    this.slabs = allocate(slots);
    this.free = new int[slots];
    this.freeCount = slots;
    for (int i = 0; i < slots; i++) {
      free[i] = slots - 1 - i; // the lowest first: neighbours are handed out together
    }
  }

  private ByteBuffer[] allocate(int slots) {
    int perSlab = 1 << slabShift;
    ByteBuffer[] allocated = new ByteBuffer[(slots + perSlab - 1) >> slabShift];
    try {
      for (int i = 0; i < allocated.length; i++) {
        int count = Math.min(perSlab, slots - i * perSlab);
        allocated[i] = ByteBuffer.allocateDirect(count << blockShift);
      }
    } catch (OutOfMemoryError e) {
      throw new IllegalArgumentException(
          "the JVM has no room for "
              + ((long) slots << blockShift)
              + " bytes of direct memory: raise -XX:MaxDirectMemorySize (which is -Xmx unless set)"
              + " or lower the cache's limit; the JVM says: "
              + e.getMessage(),
          e);
    }
    return allocated;
  }

  /** A free slot, or -1 when there is none. */
  synchronized int take() {
    return freeCount == 0 ? -1 : free[--freeCount];
  }

  /** Nobody reads or fills the slot any more. */
  synchronized void give(int slot) {
    free[freeCount++] = slot;
  }

  synchronized int freeSlots() {
    return freeCount;
  }

  /** The memory that the slot is in. */
  ByteBuffer slab(int slot) {
    return slabs[slot >> slabShift];
  }

  /** Where in {@link #slab} the slot begins. */
  int offset(int slot) {
    return (slot & ((1 << slabShift) - 1)) << blockShift;
  }

  /** Whether the second slot lies right behind the first. */
  boolean areNeighbours(int first, int second) {
    return second == first + 1 && first >> slabShift == second >> slabShift;
  }
}
