package io.expressway.multiaz;

import io.expressway.UploadOptions;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * The chunks that one upload may hold: as many bytes as parts in flight, and one chunk more, so
 * that a part can always be filled. Parts double with each thousand of them, and the budget with
 * them.
 *
 * <p>Thread: safe for many, by its own lock.
 */
final class ChunkBudget {
  private static final int STEP = 1000;
  private static final int MOST_DOUBLINGS = 9;
  private final Chunks chunks;
  private final long partBytes;
  private final int partsInFlight;
  private final Deque<CompletableFuture<ByteBuffer>> waiting = new ArrayDeque<>();
  private long heldBytes;
  private long limitBytes;
  private long mostBytes;

  ChunkBudget(Chunks chunks, UploadOptions options) {
    this.chunks = chunks;
    long needed =
        (options.size().orElse(0) + UploadOptions.MOST_PARTS - 1) / UploadOptions.MOST_PARTS;
    long whole = (needed + Chunks.CHUNK_BYTES - 1) / Chunks.CHUNK_BYTES * Chunks.CHUNK_BYTES;
    this.partBytes = Math.max(options.partSize(), whole);
    this.partsInFlight = options.partsInFlight();
    this.limitBytes = limit(0);
  }

  private long limit(long offset) {
    int doublings = 0;
    long end = partBytes * STEP;
    while (offset >= end && doublings < MOST_DOUBLINGS) {
      doublings++;
      end += (partBytes << doublings) * STEP;
    }
    return (partBytes << doublings) * partsInFlight + Chunks.CHUNK_BYTES;
  }

  /** A chunk for the bytes from {@code offset} on, now or when others were given back. */
  CompletableFuture<ByteBuffer> take(long offset) {
    synchronized (this) {
      limitBytes = limit(offset);
      if (heldBytes + Chunks.CHUNK_BYTES > limitBytes) {
        CompletableFuture<ByteBuffer> later = new CompletableFuture<>();
        waiting.add(later);
        return later;
      }
      hold();
    }
    return CompletableFuture.completedFuture(chunks.take());
  }

  /** Holds the lock. */
  private void hold() {
    heldBytes += Chunks.CHUNK_BYTES;
    mostBytes = Math.max(mostBytes, heldBytes);
  }

  void giveBack(ByteBuffer chunk) {
    chunks.giveBack(chunk);
    CompletableFuture<ByteBuffer> next;
    synchronized (this) {
      heldBytes -= Chunks.CHUNK_BYTES;
      next = waiting.poll();
      if (next != null) {
        hold();
      }
    }
    if (next != null) {
      next.completeAsync(chunks::take); // copying is not for event loops
    }
  }

  /** The most bytes held at once so far. */
  synchronized long mostBytes() {
    return mostBytes;
  }
}
