package io.expressway.multiaz;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
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
  private final int replicas;
  private final Map<Integer, ArrayDeque<ByteBuffer>> idle = new HashMap<>();
  private long idleBytes;
  private long usedBytes;

  LaggingMemory(long limitBytes, int replicas) {
    this.limitBytes = limitBytes;
    this.replicas = replicas;
  }

  /** A body as replicas are given it. It begins with one holder. */
  final class Body {
    private final ByteBuffer bytes;
    private final @Nullable ByteBuffer whole;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final Loan[] loans = new Loan[replicas];
    private volatile boolean isTorn;

    private Body(ByteBuffer bytes, @Nullable ByteBuffer whole) {
      this.bytes = bytes;
      this.whole = whole;
      for (int i = 0; i < replicas; i++) {
        loans[i] = new Loan();
      }
    }

    ByteBuffer bytes() {
      return bytes;
    }

    /** Whether it stays when the caller has its buffer back. */
    boolean isCopy() {
      return whole != null;
    }

    /** Gives the bytes to the replica in a request, unless it was let go of. */
    <T> CompletableFuture<T> lendTo(
        Replica replica, Function<ByteBuffer, CompletableFuture<T>> request) {
      return loans[replica.index()].begin(() -> request.apply(bytes.duplicate()));
    }

    /**
     * Gives the replica nothing more, and cancels what it is being given. The connection may read
     * the bytes for a moment longer: a copy is not used again therefore; of a caller's own buffer
     * that changes in that moment the checksum, which went ahead, keeps the zone from storing it.
     */
    void letGo(Replica replica) {
      CompletableFuture<?> cut = loans[replica.index()].end();
      if (cut != null && !cut.isDone()) {
        isTorn = true;
        cut.cancel(false);
      }
    }

    void retain() {
      holders.incrementAndGet();
    }

    void release() {
      if (holders.decrementAndGet() == 0 && whole != null) {
        giveBack(whole, isTorn);
      }
    }
  }

  /** What one replica is being given of a body: one request at a time, and none after the end. */
  private static final class Loan {
    /** One request. */
    private interface Request<T> {
      CompletableFuture<T> send();
    }

    private @Nullable CompletableFuture<?> underWay;
    private boolean isOver;

    /** Begins under the lock, so that the bytes are read before the end, or never. */
    synchronized <T> CompletableFuture<T> begin(Request<T> request) {
      if (isOver) {
        return CompletableFuture.failedFuture(new CancellationException("the zone is down"));
      }
      CompletableFuture<T> sent = request.send();
      underWay = sent;
      return sent;
    }

    synchronized @Nullable CompletableFuture<?> end() {
      isOver = true;
      return underWay;
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

  private synchronized void giveBack(ByteBuffer whole, boolean isTorn) {
    usedBytes -= whole.capacity();
    if (isTorn) {
      return; // collected, once nobody reads it
    }
    idleBytes += whole.capacity();
    idle.computeIfAbsent(whole.capacity(), size -> new ArrayDeque<>()).push(whole.clear());
  }
}
