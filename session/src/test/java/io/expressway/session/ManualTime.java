package io.expressway.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock and its timer that stand still until told otherwise. Safe for many threads. */
final class ManualTime implements InstantSource, SessionTimer {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::dueNanos));
  private volatile Instant began = Instant.parse("2026-11-22T12:00:00Z");
  private volatile long nowNanos;

  private record Task(long dueNanos, Runnable action) {}

  @Override
  public Instant instant() {
    return began.plusNanos(nowNanos);
  }

  @Override
  public long nanos() {
    return nowNanos;
  }

  /** Sets the wall clock, and only that, by {@code step}. */
  void jump(Duration step) {
    began = began.plus(step);
  }

  @Override
  public synchronized Runnable schedule(long delayNanos, Runnable action) {
    Task task = new Task(nowNanos + delayNanos, action);
    tasks.add(task);
    return () -> cancel(task);
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  private synchronized void cancel(Task task) {
    tasks.remove(task);
  }

  /** Moves on by {@code step}, running what falls due at its moment. */
  void advance(Duration step) {
    long end = nowNanos + step.toNanos();
    for (Task due = next(end); due != null; due = next(end)) {
      nowNanos = Math.max(nowNanos, due.dueNanos());
      due.action().run();
    }
    nowNanos = end;
  }

  private synchronized @org.jspecify.annotations.Nullable Task next(long end) {
    Task first = tasks.peek();
    return first != null && first.dueNanos() <= end ? tasks.poll() : null;
  }

  /** Tasks that wait for their moment, the sessions' own look-round included. */
  synchronized int scheduled() {
    return tasks.size();
  }

  @Override
  public synchronized void close() {
    tasks.clear();
  }
}
