package io.expressway.testkit;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.TimeUnit;

/**
 * Runs steps on one event loop when they are due. A timer of the loop alone is late by 0.1 to 0.2
 * ms, the time that kernel and scheduler take to wake a thread: this one learns the median of that
 * and asks to be woken earlier by as much. It never spins. Confined to its loop.
 */
final class PunctualTimer {
  private static final FastThreadLocal<PunctualTimer> OF_LOOP =
      new FastThreadLocal<>() {
        @Override
        protected PunctualTimer initialValue() {
          return new PunctualTimer();
        }
      };

  private static final long FIRST_LEAD_NANOS = 100_000;
  private static final long MAX_LEAD_NANOS = 300_000;
  private static final long STEP_NANOS = 2_000;

  private long leadNanos = FIRST_LEAD_NANOS;

  /** The timer of the event loop that calls. */
  static PunctualTimer ofLoop() {
    return OF_LOOP.get();
  }

  /** Whether a step is due, or too soon due for a timer to be of use. */
  boolean isDue(long dueNanos) {
    return dueNanos - System.nanoTime() <= leadNanos;
  }

  /** Runs the step at {@code dueNanos} of {@link System#nanoTime}; at once when that is over. */
  void at(long dueNanos, EventExecutor loop, Runnable step) {
    if (isDue(dueNanos)) {
      step.run();
      return;
    }
    long wakeNanos = dueNanos - leadNanos;
    loop.schedule(
        () -> {
          learn(System.nanoTime() - wakeNanos);
          step.run();
        },
        wakeNanos - System.nanoTime(),
        TimeUnit.NANOSECONDS);
  }

  /** Moves the lead a step towards the median of what is seen, so that no outlier counts much. */
  void learn(long lateNanos) {
    long moved = leadNanos + (lateNanos > leadNanos ? STEP_NANOS : -STEP_NANOS);
    leadNanos = Math.min(MAX_LEAD_NANOS, Math.max(0, moved));
  }

  long leadNanos() {
    return leadNanos;
  }
}
