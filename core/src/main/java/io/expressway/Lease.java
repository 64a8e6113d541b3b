package io.expressway;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts who still reads a piece of lent memory. Lock-free; the count starts at one. */
final class Lease extends AtomicInteger implements LentMemory {
  private static final long serialVersionUID = 1L;
  private final transient Runnable onLastRelease;

  Lease(Runnable onLastRelease) {
    super(1);
    this.onLastRelease = onLastRelease;
  }

  /** Never asked for: the slices of a lease know their buffers. */
  @Override
  public ByteBuffer buffer() {
    throw new IllegalStateException("a lease has no memory of its own");
  }

  @Override
  public void retain() {
    if (getAndIncrement() <= 0) {
      throw new IllegalStateException("the memory of this slice has been given back");
    }
  }

  @Override
  public void release() {
    if (decrementAndGet() == 0) {
      onLastRelease.run();
    }
  }
}
