package io.expressway;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts who still reads a piece of lent memory. Lock-free; the count starts at one. */
final class Lease extends AtomicInteger {
  private static final long serialVersionUID = 1L;
  private final transient Runnable onLastRelease;

  Lease(Runnable onLastRelease) {
    super(1);
    this.onLastRelease = onLastRelease;
  }

  void retain() {
    if (getAndIncrement() <= 0) {
      throw new IllegalStateException("the memory of this slice has been given back");
    }
  }

  void release() {
    if (decrementAndGet() == 0) {
      onLastRelease.run();
    }
  }
}
