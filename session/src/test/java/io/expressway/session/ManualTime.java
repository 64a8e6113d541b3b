package io.expressway.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock and its timer that stand still until told otherwise. Safe for many threads. */
final class ManualTime implements InstantSource, SessionTimer {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::dueMillis));
  private volatile long nowMillis = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();

  private record Task(long dueMillis, Runnable action) {}

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(nowMillis);
  }

  @Override
  public long millis() {
    return nowMillis;
  }

  @Override
  public synchronized Runnable schedule(long delayMillis, Runnable action) {
    Task task = new Task(nowMillis + delayMillis, action);
    tasks.add(task);
    return () -> cancel(task);
  }

  private synchronized void cancel(Task task) {
    tasks.remove(task);
  }

  /** Moves on by {@code step}, running what falls due at its moment. */
  void advance(Duration step) {
    long end = nowMillis + step.toMillis();
    for (Task due = next(end); due != null; due = next(end)) {
      nowMillis = Math.max(nowMillis, due.dueMillis());
      due.action().run();
    }
    nowMillis = end;
  }

  private synchronized @org.jspecify.annotations.Nullable Task next(long end) {
    Task first = tasks.peek();
    return first != null && first.dueMillis() <= end ? tasks.poll() : null;
  }

  synchronized int scheduled() {
    return tasks.size();
  }

  @Override
  public synchronized void close() {
    tasks.clear();
  }
}
