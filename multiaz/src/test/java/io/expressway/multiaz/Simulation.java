package io.expressway.multiaz;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes as fast as events come: what is to happen later waits in a queue, and the test's
 * thread makes it happen in order. Other threads may add events at any time.
 */
final class Simulation {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private record Event(long at, long number, Runnable happens) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private final SplittableRandom random;
  private long now;
  private long count;
  private volatile boolean isCalm;

  Simulation(long seed) {
    this.random = new SplittableRandom(seed);
  }

  synchronized int random(int below) {
    return random.nextInt(below);
  }

  /** From now on nothing goes wrong by chance. */
  void calm() {
    isCalm = true;
  }

  boolean isCalm() {
    return isCalm;
  }

  /** Of a hundred kinds of luck one; the last is good. */
  int luck() {
    return isCalm ? 99 : random(100);
  }

  synchronized long now() {
    return now;
  }

  synchronized void after(long ticks, Runnable happens) {
    events.add(new Event(now + ticks, count++, happens));
    notifyAll();
  }

  /** Lets time pass until {@code done}; when nothing is to happen it waits for other threads. */
  void run(BooleanSupplier done) throws InterruptedException {
    long began = System.nanoTime();
    while (!done.getAsBoolean()) {
      Event next = next();
      if (next != null) {
        next.happens().run();
      } else if (System.nanoTime() - began > PATIENCE_NANOS) {
        throw new AssertionError("nothing happens any more, and it is not done");
      }
    }
  }

  /** Lets all happen that is still to come. */
  void finish() {
    Runnable next = soon();
    while (next != null) {
      next.run();
      next = soon();
    }
  }

  private synchronized @Nullable Runnable soon() {
    Event next = events.poll();
    return next == null ? null : next.happens();
  }

  private synchronized @Nullable Event next() throws InterruptedException {
    long began = System.nanoTime();
    while (events.isEmpty() && System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(1)) {
      wait(1);
    }
    Event next = events.poll();
    if (next != null) {
      now = Math.max(now, next.at());
    }
    return next;
  }
}
