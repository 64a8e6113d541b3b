package io.expressway;

import java.nio.ByteBuffer;

/**
 * Memory that slices are lent from, by whoever keeps it beyond one read: it counts who still reads
 * it. A cache lends one piece many times over and makes nothing for it but the slice.
 *
 * <p>Thread: safe for many.
 */
public interface LentMemory {
  /**
   * The memory. Nobody moves its position or limit, or writes bytes that are lent, while a slice is
   * open.
   */
  ByteBuffer buffer();

  /** Adds a reader. Called by those only who hold one already. */
  void retain();

  /** Takes a reader away; after the last the memory may hold other bytes. */
  void release();
}
