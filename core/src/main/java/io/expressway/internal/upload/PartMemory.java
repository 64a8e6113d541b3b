package io.expressway.internal.upload;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory for the parts of all uploads of a bucket, up to a limit that is never passed.
 *
 * <p>A part's room is promised whole before its first byte is taken, in the order it was asked for:
 * so whoever fills a part can finish it, and uploads that wait for each other cannot lock up. What
 * is promised is allocated as it is filled, in chunks that are kept for later parts.
 *
 * <p>Thread: safe for many, by its own lock; promises are kept outside of it.
 */
public final class PartMemory {
  static final int CHUNK_BYTES = 1 << 20;

  private final long limitBytes;
  // Guarded by this.
  private final Deque<Claim> waiting = new ArrayDeque<>();
  private final Deque<ByteBuffer> idle = new ArrayDeque<>();
  private long promisedBytes;
  private long allocatedBytes;
  private long returns;

  /** At most {@code limitBytes}, all of it allocated when it is needed first. */
  public PartMemory(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  long limitBytes() {
    return limitBytes;
  }

  /** Bytes allocated now; never fewer than before while the bucket is open. */
  public synchronized long allocatedBytes() {
    return allocatedBytes;
  }

  /** Bytes promised to parts now. */
  public synchronized long promisedBytes() {
    return promisedBytes;
  }

  /** How often room was given back. */
  synchronized long returns() {
    return returns;
  }

  private record Claim(long bytes, CompletableFuture<Room> granted) {}

  /** Room for {@code bytes}, now or when others have given theirs back. */
  CompletableFuture<Room> promise(long bytes) {
    long whole = (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES * CHUNK_BYTES;
    if (whole > limitBytes) {
      throw new IllegalArgumentException(
          "a part of "
              + bytes
              + " bytes needs more than the "
              + limitBytes
              + " that uploads may take: raise ExpressOptions.uploadMemory or use smaller parts");
    }
    Claim claim = new Claim(whole, new CompletableFuture<>());
    synchronized (this) {
      waiting.add(claim);
    }
    grant();
    return claim.granted();
  }

  private void grant() {
    for (Claim next = nextGrantable(); next != null; next = nextGrantable()) {
      Room room = new Room(next.bytes());
      if (!next.granted().complete(room)) {
        room.giveBack(); // nobody waits for it any more
      }
    }
  }

  private synchronized @Nullable Claim nextGrantable() {
    while (!waiting.isEmpty() && waiting.peek().granted().isDone()) {
      waiting.remove();
    }
    Claim first = waiting.peek();
    if (first == null || promisedBytes + first.bytes() > limitBytes) {
      return null;
    }
    waiting.remove();
    promisedBytes += first.bytes();
    return first;
  }

  private synchronized ByteBuffer take() {
    ByteBuffer kept = idle.poll();
    if (kept != null) {
      return kept;
    }
    allocatedBytes += CHUNK_BYTES;
    return ByteBuffer.allocateDirect(CHUNK_BYTES);
  }

  private void giveBack(List<ByteBuffer> chunks, long bytes) {
    synchronized (this) {
      chunks.forEach(chunk -> idle.push(chunk.clear()));
      promisedBytes -= bytes;
      returns++;
    }
    grant();
  }

  /** What one part was promised. Given back once; confined to whoever fills the part. */
  final class Room {
    private final long bytes;
    private final List<ByteBuffer> chunks = new ArrayList<>();
    private boolean returned;

    private Room(long bytes) {
      this.bytes = bytes;
    }

    /** Another chunk, empty. */
    ByteBuffer chunk() {
      ByteBuffer chunk = take();
      chunks.add(chunk);
      return chunk;
    }

    synchronized void giveBack() {
      if (!returned) {
        returned = true;
        PartMemory.this.giveBack(chunks, bytes);
      }
    }
  }
}
