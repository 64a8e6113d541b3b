package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Direct memory for answers, kept for later ones up to a limit, so that a warm read allocates none.
 *
 * <p>Sizes step by a quarter of a power of two from 4 KiB to 32 MiB; larger pieces are not kept.
 * Each size has a few slots, taken and given by an exchange on the slot: lock-free, and safe for
 * any thread to give back. What finds no slot, or would pass the limit, is freed at once.
 */
final class ReceiveMemory {
  private static final int SMALLEST_SHIFT = 12;
  private static final int LARGEST_SHIFT = 25;
  private static final int SLOTS = 64;
  private static final UnpooledByteBufAllocator ALLOCATOR =
      new UnpooledByteBufAllocator(true, true);

  private final AtomicReferenceArray<ReceiveBuffer>[] slots;
  private final AtomicLong keptBytes = new AtomicLong();
  private final long limitBytes;
  private volatile boolean closed;

  @SuppressWarnings({"unchecked", "rawtypes"})
  ReceiveMemory(long limitBytes) {
    this.limitBytes = limitBytes;
    this.slots = new AtomicReferenceArray[sizeClass(1 << LARGEST_SHIFT) + 1];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new AtomicReferenceArray<>(SLOTS);
    }
  }

  /** Memory of at least {@code bytes}; whoever takes it runs it once to give it back. */
  ReceiveBuffer take(int bytes) {
    int sizeClass = sizeClass(bytes);
    if (sizeClass >= slots.length) {
      return new ReceiveBuffer(allocate(bytes), null);
    }
    AtomicReferenceArray<ReceiveBuffer> kept = slots[sizeClass];
    for (int i = 0; i < SLOTS; i++) {
      if (kept.getPlain(i) != null) {
        ReceiveBuffer taken = kept.getAndSet(i, null);
        if (taken != null) {
          keptBytes.addAndGet(-taken.capacity());
          return taken;
        }
      }
    }
    return new ReceiveBuffer(allocate(classBytes(sizeClass)), this);
  }

  void give(ReceiveBuffer buffer) {
    if (!tryKeep(buffer)) {
      buffer.transport().release();
    }
  }

  private boolean tryKeep(ReceiveBuffer buffer) {
    if (closed || keptBytes.addAndGet(buffer.capacity()) > limitBytes) {
      keptBytes.addAndGet(closed ? 0 : -buffer.capacity());
      return false;
    }
    AtomicReferenceArray<ReceiveBuffer> kept = slots[sizeClass(buffer.capacity())];
    for (int i = 0; i < SLOTS; i++) {
      if (kept.getPlain(i) == null && kept.compareAndSet(i, null, buffer)) {
        return !closed || kept.getAndSet(i, null) == null;
      }
    }
    keptBytes.addAndGet(-buffer.capacity());
    return false;
  }

  /** Frees what is kept; what is still lent is freed when it comes back. */
  void close() {
    closed = true;
    for (AtomicReferenceArray<ReceiveBuffer> kept : slots) {
      for (int i = 0; i < SLOTS; i++) {
        ReceiveBuffer buffer = kept.getAndSet(i, null);
        if (buffer != null) {
          buffer.transport().release();
        }
      }
    }
  }

  private static ByteBuf allocate(int bytes) {
    return ALLOCATOR.directBuffer(bytes, bytes);
  }

  /** Four classes to each doubling: the class holds {@code bytes} with at most a quarter spare. */
  static int sizeClass(int bytes) {
    if (bytes <= 1 << SMALLEST_SHIFT) {
      return 0;
    }
    int shift = 31 - Integer.numberOfLeadingZeros(bytes - 1);
    int quarter = (bytes - 1 - (1 << shift)) >> (shift - 2);
    return (shift - SMALLEST_SHIFT) * 4 + quarter + 1;
  }

  static int classBytes(int sizeClass) {
    if (sizeClass == 0) {
      return 1 << SMALLEST_SHIFT;
    }
    int shift = SMALLEST_SHIFT + (sizeClass - 1) / 4;
    int quarter = (sizeClass - 1) % 4;
    return (1 << shift) + ((quarter + 1) << (shift - 2));
  }
}
