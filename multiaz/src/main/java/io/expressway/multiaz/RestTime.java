package io.expressway.multiaz;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long a zone that is down is left alone before it is asked again: twice as long each time that
 * it is down again soon after it came back, but for the first, because what a probe asks for may be
 * all that works.
 *
 * <p>An answer that came late may have paid for names, TLS and a session: the zone is asked once
 * more at once, on the connection that was opened, and then rests.
 *
 * <p>Thread: safe for many; asked under the breaker's own order of events.
 */
final class RestTime implements IntervalFunction {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final double JITTER = 0.2;
  private static final int MOST_DOUBLINGS = 3;

  /** The watch looks for zones to ask ten times a second. */
  private static final long LEAST_MILLIS = 1;

  /** A zone that stays up for as long is well again. */
  private static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(15);

  private volatile boolean wasUp;
  private volatile long upSince;
  private volatile int relapses;

  /** Whether the last answer came late, and the one before it did not. */
  private volatile boolean lateOnce;

  /** It came back. */
  void isUpSince(long nowNanos) {
    upSince = nowNanos;
    wasUp = true;
    lateOnce = false;
  }

  /** It answered, but too late to be read from. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // it is asked once at a time
  void answeredLate() {
    lateOnce = !lateOnce;
  }

  /** It did not answer, or with a failure. */
  void failed() {
    lateOnce = false;
  }

  @Override
  public Long apply(Integer attempt) {
    int doublings = Math.max(0, relapses(attempt) - 1);
    if (lateOnce) {
      return LEAST_MILLIS;
    }
    return IntervalFunction.ofRandomized(FIRST.multipliedBy(1L << doublings), JITTER)
        .apply(attempt);
  }

  /** Counts, at the first attempt of a time that it is down. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // a zone goes down once at a time
  private int relapses(int attempt) {
    if (attempt == 1) {
      boolean isRelapse = wasUp && System.nanoTime() - upSince < WELL_NANOS;
      relapses = isRelapse ? Math.min(MOST_DOUBLINGS + 1, relapses + 1) : 0;
    }
    return relapses;
  }
}
