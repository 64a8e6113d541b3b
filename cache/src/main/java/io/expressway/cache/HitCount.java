package io.expressway.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Hits and their bytes, counted by each thread at a place of its own, as {@link Readers} are: a hit
 * on one core must not write what a hit on another writes. Two that do notice it here, where every
 * hit writes. Safe for many threads.
 */
final class HitCount {
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

  /** Two lines of memory, which processors fetch together. */
  private static final int APART = 128 / Long.BYTES;

  private final long[] counts = new long[(Places.COUNT + 1) * APART];

  void add(long bytes) {
    int at = Places.current() * APART + APART;
    long known = (long) COUNT.getVolatile(counts, at);
    if (!COUNT.compareAndSet(counts, at, known, known + 1)) {
      Places.move();
      COUNT.getAndAdd(counts, at, 1L);
    }
    COUNT.getAndAdd(counts, at + 1, bytes);
  }

  long hits() {
    return sum(APART);
  }

  long bytes() {
    return sum(APART + 1);
  }

  private long sum(int first) {
    long sum = 0;
    for (int at = first; at < counts.length; at += APART) {
      sum += (long) COUNT.getVolatile(counts, at);
    }
    return sum;
  }
}
