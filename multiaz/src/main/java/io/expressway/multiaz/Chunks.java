package io.expressway.multiaz;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Direct memory for uploads, kept for the next up to a limit. Safe for many threads. */
final class Chunks {
  static final int CHUNK_BYTES = 1 << 20;
  private static final int MOST_IDLE = 64;
  private final Deque<ByteBuffer> idle = new ArrayDeque<>();

  /** One chunk, empty. */
  ByteBuffer take() {
    synchronized (this) {
      ByteBuffer kept = idle.poll();
      if (kept != null) {
        return kept;
      }
    }
    return ByteBuffer.allocateDirect(CHUNK_BYTES);
  }

  /** Nobody reads it any more. */
  synchronized void giveBack(ByteBuffer chunk) {
    if (idle.size() < MOST_IDLE) {
      idle.push(chunk.clear());
    }
  }
}
