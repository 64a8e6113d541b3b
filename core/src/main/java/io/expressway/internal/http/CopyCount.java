package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts body bytes that were moved in memory between their receipt (or decryption) and their
 * hand-out, and bytes that were not. The claim of zero copies is this count, not a word.
 */
final class CopyCount {
  private final LongAdder copied = new LongAdder();
  private final LongAdder placed = new LongAdder();

  private volatile @Nullable Receipts receipts;

  /** Told where in memory bytes were received or decrypted; for tests that follow them. */
  interface Receipts {
    void received(long address, int count);
  }

  void follow(Receipts told) {
    receipts = told;
  }

  void received(ByteBuf bytes) {
    Receipts told = receipts;
    if (told != null) {
      told.received(bytes.memoryAddress() + bytes.readerIndex(), bytes.readableBytes());
    }
  }

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
