package io.expressway.multiaz;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How many requests a repair may send in a second, and until when it sends any. What is idle for a
 * moment is made up for, up to a tenth of a second.
 *
 * <p>Thread: safe for many; when the next request is due is guarded by this.
 */
final class RequestRate implements SameBytes.Pace {
  private static final long MOST_SAVED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final int perSecond;
  private final CompletableFuture<?> end;
  // Guarded by this.
  private long nextRequest = System.nanoTime();

  /**
   * A rate.
   *
   * @param perSecond 0 for no limit
   * @param end when it is done nobody waits any more
   */
  RequestRate(int perSecond, CompletableFuture<?> end) {
    this.perSecond = perSecond;
    this.end = end;
  }

  /** Waits until that many may be sent, or until the end. */
  void await(int requests) {
    if (perSecond == 0) {
      return;
    }
    long now = System.nanoTime();
    for (long due = due(now); due - now > 0 && !end.isDone(); due = due(now)) {
      LockSupport.parkNanos(this, due - now);
      now = System.nanoTime();
    }
    charge(requests);
  }

  /** Completes when that many may be sent; fails after the end. */
  @Override
  public CompletableFuture<Boolean> paced(int requests) {
    if (end.isDone()) {
      return CompletableFuture.failedFuture(new CancellationException("the repair has ended"));
    }
    long wait = take(requests);
    return wait <= 0
        ? CompletableFuture.completedFuture(true)
        : new CompletableFuture<Boolean>().completeOnTimeout(true, wait, TimeUnit.NANOSECONDS);
  }

  /** Takes the next turn, whoever waits already; gives how long it is until then. */
  private synchronized long take(int requests) {
    if (perSecond == 0) {
      return 0;
    }
    long now = System.nanoTime();
    long due = due(now);
    charge(requests);
    return due - now;
  }

  private synchronized long due(long now) {
    nextRequest = Math.max(nextRequest, now - MOST_SAVED_NANOS);
    return nextRequest;
  }

  /** What was sent meanwhile: who comes next waits for it. */
  synchronized void charge(int requests) {
    if (perSecond > 0) {
      nextRequest += TimeUnit.SECONDS.toNanos(1) * requests / perSecond;
    }
  }
}
