package io.expressway.multiaz;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Copies of bodies for replicas that have not taken them when a write is done, in direct memory up
 * to a limit that is never passed. Buffers are of powers of two and kept for later bodies.
 *
 * <p>Thread: safe for many, by its own lock.
 */
final class LaggingMemory {
  private static final int SMALLEST = 4 << 10;
  private final long limitBytes;
  private final Map<Integer, ArrayDeque<ByteBuffer>> idle = new HashMap<>();
  private long idleBytes;
  private long usedBytes;

  LaggingMemory(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** A body as replicas are given it. It begins with one holder. */
  final class Body {
    private final ByteBuffer bytes;
    private final @Nullable ByteBuffer whole;
    private final AtomicInteger holders = new AtomicInteger(1);

    private Body(ByteBuffer bytes, @Nullable ByteBuffer whole) {
      this.bytes = bytes;
      this.whole = whole;
    }

    ByteBuffer bytes() {
      return bytes;
    }

    /** Whether it stays when the caller has its buffer back. */
    boolean isCopy() {
      return whole != null;
    }

    void retain() {
      holders.incrementAndGet();
    }

    void release() {
      if (holders.decrementAndGet() == 0 && whole != null) {
        giveBack(whole);
      }
    }
  }

  /** A copy of the body where there is room for one, else the caller's own buffer. */
  Body copyIfRoom(ByteBuffer body) {
    ByteBuffer whole = tryTake(body.remaining());
    if (whole == null) {
      return new Body(body.duplicate(), null);
    }
    return new Body(whole.duplicate().put(body.duplicate()).flip(), whole);
  }

  /** The caller's own buffer. */
  Body lent(ByteBuffer body) {
    return new Body(body.duplicate(), null);
  }

  synchronized long usedBytes() {
    return usedBytes;
  }

  private @Nullable ByteBuffer tryTake(int size) {
    if (size > limitBytes || size > 1 << 30) {
      return null;
    }
    int capacity = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, size - 1)) << 1);
    synchronized (this) {
      if (usedBytes + capacity > limitBytes) {
        return null;
      }
      usedBytes += capacity;
      ArrayDeque<ByteBuffer> kept = idle.get(capacity);
      ByteBuffer again = kept == null ? null : kept.poll();
      if (again != null) {
        idleBytes -= capacity;
        return again;
      }
      if (usedBytes + idleBytes > limitBytes) {
        idle.clear(); // of other sizes: collected
        idleBytes = 0;
      }
    }
    return ByteBuffer.allocateDirect(capacity);
  }

  private synchronized void giveBack(ByteBuffer whole) {
    usedBytes -= whole.capacity();
    idleBytes += whole.capacity();
    idle.computeIfAbsent(whole.capacity(), size -> new ArrayDeque<>()).push(whole.clear());
  }
}
