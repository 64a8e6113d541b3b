package io.expressway.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Many first readers at once: threads that wait for each other, then make call after call without
 * waiting for an answer. Used once, by one thread.
 */
final class Herd {
  private final HerdClient client;
  private final int readers;
  private final long limitNanos;
  private final AtomicInteger next = new AtomicInteger();
  private final LongAdder completed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final CountDownLatch outstanding;
  private final long[] callNanos;
  private final LongAdder heldCalls = new LongAdder();
  private volatile String example = "";
  private long startedAt;

  /**
   * What came of it.
   *
   * @param started readers that began before the limit
   * @param completed readers whose read ended before the limit, either way
   * @param failed those whose read failed
   * @param longestCallNanos the longest that one call kept its caller
   * @param longestReader which reader's call that was, counted from 0
   * @param slowCalls calls that took a millisecond or longer by the clock
   * @param heldCalls those of them that made their caller give up its core, see {@link
   *     CoreGivenUp}; the others only ran while the machine was busy
   * @param tookNanos from the first call until all were completed, or the limit
   * @param example one of the failures, empty without any
   */
  record Outcome(
      int started,
      long completed,
      long failed,
      long longestCallNanos,
      int longestReader,
      long slowCalls,
      long heldCalls,
      long tookNanos,
      String example) {}

  Herd(HerdClient client, int readers, long limitNanos) {
    this.client = client;
    this.readers = readers;
    this.limitNanos = limitNanos;
    this.outstanding = new CountDownLatch(readers);
    this.callNanos = new long[readers];
  }

  /** Lets them read; waits until all reads ended, or the limit. */
  Outcome run(int threads) throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(threads);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(threads);
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread caller = new Thread(() -> callWhenAllAreReady(ready, go, ended), "herd-" + i);
      caller.setDaemon(true);
      caller.start();
      callers.add(caller);
    }
    ready.await();
    startedAt = System.nanoTime();
    go.countDown();
    boolean all = outstanding.await(limitNanos, TimeUnit.NANOSECONDS);
    long took = System.nanoTime() - startedAt;
    // Before the interrupts below: a read that they end did not end by itself.
    long completedInTime = completed.sum();
    long failedInTime = failed.sum();
    if (!all) {
      next.set(readers); // those still blocked begin no other
      callers.forEach(Thread::interrupt);
    }
    boolean unblocked = ended.await(10, TimeUnit.SECONDS);
    return outcome(completedInTime, failedInTime, took, unblocked);
  }

  private Outcome outcome(long completedInTime, long failedInTime, long took, boolean unblocked) {
    int longestReader = 0;
    for (int i = 1; i < readers; i++) {
      longestReader = callNanos[i] > callNanos[longestReader] ? i : longestReader;
    }
    long longest = callNanos[longestReader];
    return new Outcome(
        (int) Arrays.stream(callNanos).filter(nanos -> nanos > 0).count(),
        completedInTime,
        failedInTime,
        unblocked ? longest : Math.max(longest, took),
        longestReader,
        Arrays.stream(callNanos).filter(Herd::isSlow).count(),
        heldCalls.sum(),
        took,
        example);
  }

  private static boolean isSlow(long nanos) {
    return nanos >= TimeUnit.MILLISECONDS.toNanos(1);
  }

  private void callWhenAllAreReady(CountDownLatch ready, CountDownLatch go, CountDownLatch ended) {
    try (CoreGivenUp givenUp = new CoreGivenUp()) {
      givenUp.times();
      ready.countDown();
      go.await();
      for (int reader = next.getAndIncrement();
          reader < readers && !Thread.currentThread().isInterrupted();
          reader = next.getAndIncrement()) {
        call(reader, givenUp);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ended.countDown();
    }
  }

  private void call(int reader, CoreGivenUp givenUp) {
    long givenUpBefore = givenUp.times();
    call(reader);
    if (isSlow(callNanos[reader])) {
      long givenUpNow = givenUp.times();
      if (givenUpNow < 0 || givenUpNow != givenUpBefore) {
        heldCalls.increment();
      }
    }
  }

  private void call(int reader) {
    long before = System.nanoTime();
    try {
      var unused = client.read().whenComplete((answer, failure) -> count(failure));
    } catch (RuntimeException e) {
      count(e);
    } finally {
      callNanos[reader] = Math.max(1, System.nanoTime() - before);
    }
  }

  private void count(@Nullable Throwable failure) {
    completed.increment();
    if (failure != null) {
      failed.increment();
      example = failure.toString();
    }
    outstanding.countDown();
  }
}
