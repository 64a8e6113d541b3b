package io.expressway.multiaz;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How long one zone takes to begin an answer, for reads of one size: histograms of the last two
 * windows of some seconds each, from 32 µs to a minute in steps of 2 to 3 % (an octave has 32).
 *
 * <p>What is told is the lesser of what the two windows say. A machine that holds its breath for a
 * tenth of a second makes all reads of that time slow, and for seconds the slowest three in a
 * hundred; whoever waited as long before a hedge would have none that helps. A zone that has become
 * slow still is in the next window.
 *
 * <p>Thread: any thread records, without a lock; one thread at a time turns the window and asks. A
 * count that is recorded while the window turns may be lost.
 */
final class Latencies {
  private static final int STEP_BITS = 5;
  private static final int STEPS = 1 << STEP_BITS;
  private static final int LEAST_SHIFT = 15;
  private static final int BUCKETS = 21 * STEPS;
  private static final int FEWEST = 20;
  private static final AtomicIntegerArray NONE = new AtomicIntegerArray(BUCKETS);

  /** So many turns a window that is too empty to tell anything does not replace one that does. */
  private static final int MOST_KEPT = 12;

  private volatile AtomicIntegerArray current = new AtomicIntegerArray(BUCKETS);
  private AtomicIntegerArray earlier = new AtomicIntegerArray(BUCKETS);
  private int kept;

  void record(long nanos) {
    current.getAndIncrement(bucket(nanos));
  }

  static int bucket(long nanos) {
    long value = Math.max(nanos, 1L << LEAST_SHIFT);
    int octave = 63 - Long.numberOfLeadingZeros(value);
    int step = (int) (value >>> (octave - STEP_BITS)) & (STEPS - 1);
    return Math.min(BUCKETS - 1, (octave - LEAST_SHIFT) * STEPS + step);
  }

  /** The longest that falls into the bucket. */
  static long nanos(int bucket) {
    int octave = LEAST_SHIFT + bucket / STEPS;
    return (1L << octave) + ((bucket % STEPS + 1L) << (octave - STEP_BITS));
  }

  /** The present window becomes the earlier one, unless it has too little to tell. */
  void turn() {
    AtomicIntegerArray full = current;
    if (sum(full) < FEWEST && sum(earlier) >= FEWEST && ++kept < MOST_KEPT) {
      return;
    }
    kept = 0;
    current = new AtomicIntegerArray(BUCKETS);
    earlier = full;
  }

  /** Forgets everything. */
  void forget() {
    kept = 0;
    current = new AtomicIntegerArray(BUCKETS);
    earlier = new AtomicIntegerArray(BUCKETS);
  }

  /** The time within which this share of the answers began; -1 when too few are known. */
  long quantile(double share) {
    AtomicIntegerArray now = current;
    long fresh = sum(now);
    long old = sum(earlier);
    if (fresh >= FEWEST && old >= FEWEST) {
      return Math.min(quantile(share, fresh, now, NONE), quantile(share, old, earlier, NONE));
    }
    if (old >= FEWEST) {
      return quantile(share, old, earlier, NONE);
    }
    return fresh + old < FEWEST ? -1 : quantile(share, fresh + old, now, earlier);
  }

  private static long quantile(
      double share, long total, AtomicIntegerArray one, AtomicIntegerArray other) {
    long rank = (long) Math.ceil(share * total);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += one.get(i) + other.get(i);
      if (seen >= rank) {
        return nanos(i);
      }
    }
    return nanos(BUCKETS - 1);
  }

  private static long sum(AtomicIntegerArray counts) {
    long sum = 0;
    for (int i = 0; i < BUCKETS; i++) {
      sum += counts.get(i);
    }
    return sum;
  }
}
