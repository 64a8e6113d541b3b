package io.expressway.multiaz;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How long one zone takes to begin an answer, for reads of one size: a histogram of the last
 * seconds, from 32 µs to a minute in steps of an eighth of an octave.
 *
 * <p>Thread: any thread records, without a lock; one thread at a time turns the window and asks. A
 * count that is recorded while the window turns may be lost.
 */
final class Latencies {
  private static final int STEPS = 8;
  private static final int LEAST_SHIFT = 15;
  private static final int BUCKETS = 21 * STEPS;
  private static final int FEWEST = 20;

  private volatile AtomicIntegerArray current = new AtomicIntegerArray(BUCKETS);
  private AtomicIntegerArray earlier = new AtomicIntegerArray(BUCKETS);

  void record(long nanos) {
    current.getAndIncrement(bucket(nanos));
  }

  static int bucket(long nanos) {
    long value = Math.max(nanos, 1L << LEAST_SHIFT);
    int octave = 63 - Long.numberOfLeadingZeros(value);
    int step = (int) (value >>> (octave - 3)) & (STEPS - 1);
    return Math.min(BUCKETS - 1, (octave - LEAST_SHIFT) * STEPS + step);
  }

  /** The longest that falls into the bucket. */
  static long nanos(int bucket) {
    int octave = LEAST_SHIFT + bucket / STEPS;
    return (1L << octave) + ((bucket % STEPS + 1L) << (octave - 3));
  }

  /** Forgets what is older than the present window. */
  void turn() {
    AtomicIntegerArray full = current;
    current = new AtomicIntegerArray(BUCKETS);
    earlier = full;
  }

  /** The time within which this share of the answers began; -1 when too few are known. */
  long quantile(double share) {
    AtomicIntegerArray now = current;
    long total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      total += now.get(i) + earlier.get(i);
    }
    if (total < FEWEST) {
      return -1;
    }
    long rank = (long) Math.ceil(share * total);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += now.get(i) + earlier.get(i);
      if (seen >= rank) {
        return nanos(i);
      }
    }
    return nanos(BUCKETS - 1);
  }
}
