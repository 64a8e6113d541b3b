package io.expressway.internal.http;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts body bytes that were moved in memory between their receipt (or decryption) and their
 * hand-out, and bytes that were not. The claim of zero copies is this count, not a word.
 */
final class CopyCount {
  private final LongAdder copied = new LongAdder();
  private final LongAdder placed = new LongAdder();

  void copied(long bytes) {
    copied.add(bytes);
  }

  void placed(long bytes) {
    placed.add(bytes);
  }

  long copiedBytes() {
    return copied.sum();
  }

  long placedBytes() {
    return placed.sum();
  }
}
