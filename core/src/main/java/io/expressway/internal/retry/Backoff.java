package io.expressway.internal.retry;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Full jitter: a random wait between nothing and an exponentially growing cap (AWS Architecture
 * Blog, "Exponential Backoff And Jitter"). The base is milliseconds, because the service answers in
 * five.
 */
public final class Backoff {
  private static final long BASE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long THROTTLED_BASE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long CAP_NANOS = TimeUnit.SECONDS.toNanos(2);

  private Backoff() {}

  /** Nanoseconds to wait before retry number {@code retry}, counted from 0. */
  public static long nanos(int retry, boolean throttled) {
    long base = throttled ? THROTTLED_BASE_NANOS : BASE_NANOS;
    long cap = Math.min(CAP_NANOS, base << Math.min(retry, 16));
    long floor = throttled ? base / 2 : 0;
    return floor + ThreadLocalRandom.current().nextLong(cap);
  }
}
