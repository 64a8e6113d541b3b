package io.expressway.jmh;

import io.expressway.BucketListener;
import io.expressway.BucketName;
import io.expressway.Operation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** How many reads one zone answered in each tenth of a second. Safe for many threads. */
final class Served implements BucketListener {
  static final long BIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int BINS = 36_000;
  private static final int PARTIAL_CONTENT = 206;

  private final long origin;
  private final AtomicIntegerArray answers = new AtomicIntegerArray(BINS);

  Served(long origin) {
    this.origin = origin;
  }

  @Override
  public void onResponse(
      BucketName bucket, Operation operation, int status, long bodyBytes, long elapsedNanos) {
    if (operation == Operation.READ && status == PARTIAL_CONTENT) {
      answers.getAndIncrement(bin(System.nanoTime()));
    }
  }

  private int bin(long nanos) {
    return (int) Math.max(0, Math.min(BINS - 1, (nanos - origin) / BIN_NANOS));
  }

  /** Answers in the tenths of a second that begin in {@code [from, to)}. */
  int between(long from, long to) {
    int sum = 0;
    for (int i = bin(from); i < bin(to); i++) {
      sum += answers.get(i);
    }
    return sum;
  }
}
