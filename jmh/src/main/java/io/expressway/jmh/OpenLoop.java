package io.expressway.jmh;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads that start at fixed moments, whether earlier ones have ended or not; a read's latency
 * counts from the moment it was meant to start, so that a stall is felt by all that it delays. Used
 * once, by one thread.
 */
final class OpenLoop {
  /** Longer than any read's deadline. */
  private static final long PATIENCE_SECONDS = 60;

  private final Supplier<CompletableFuture<?>> read;
  private final long intervalNanos;
  private final long[] latencies;
  private final long[] lags;
  private final boolean[] failures;
  private final CountDownLatch outstanding;
  private final LongAdder failed = new LongAdder();
  private volatile String example = "";
  private volatile boolean stopped;
  private volatile int begun;
  private volatile long startedAt;

  OpenLoop(Supplier<CompletableFuture<?>> read, int perSecond, long seconds) {
    this.read = read;
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    int count = Math.toIntExact(Math.multiplyExact(perSecond, seconds));
    this.latencies = new long[count];
    this.lags = new long[count];
    this.failures = new boolean[count];
    this.outstanding = new CountDownLatch(count);
  }

  /** Reads; returns when all reads ended. */
  void run() throws InterruptedException {
    if (!run(PATIENCE_SECONDS)) {
      throw new IllegalStateException(outstanding.getCount() + " reads never ended");
    }
  }

  /** Reads; returns when all reads ended, or false when some did not in so much more time. */
  boolean run(long patienceSeconds) throws InterruptedException {
    startedAt = System.nanoTime();
    for (int i = 0; i < latencies.length && !stopped; i++) {
      awaitMoment(intended(i));
      lags[i] = System.nanoTime() - intended(i);
      begun = i + 1;
      start(i);
    }
    for (int i = begun; i < latencies.length; i++) {
      outstanding.countDown();
    }
    return outstanding.await(patienceSeconds, TimeUnit.SECONDS);
  }

  /** Begins no more reads. From any thread. */
  void stop() {
    stopped = true;
  }

  private static void awaitMoment(long moment) {
    for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void start(int index) {
    try {
      var unused = read.get().whenComplete((answer, failure) -> ended(index, failure));
    } catch (RuntimeException e) {
      ended(index, e);
    }
  }

  private void ended(int index, @Nullable Throwable failure) {
    latencies[index] = Math.max(1, System.nanoTime() - intended(index));
    if (failure != null) {
      failures[index] = true;
      failed.increment();
      example = failure.toString();
    }
    outstanding.countDown();
  }

  /** Reads begun. */
  int count() {
    return begun;
  }

  /** When the first read was meant to start; 0 before {@link #run}. */
  long startedAt() {
    return startedAt;
  }

  /** How late this thread was to start a read. */
  long lag(int index) {
    return lags[index];
  }

  boolean isEnded(int index) {
    return latencies[index] > 0;
  }

  boolean isFailed(int index) {
    return failures[index];
  }

  long failed() {
    return failed.sum();
  }

  /** One of the failures; empty without any. */
  String example() {
    return example;
  }

  /** When a read was meant to start, by {@link System#nanoTime}. */
  long intended(int index) {
    return startedAt + index * intervalNanos;
  }

  /** From then until its last byte was there, in nanoseconds. */
  long latency(int index) {
    return latencies[index];
  }
}
