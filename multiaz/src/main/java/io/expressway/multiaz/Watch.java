package io.expressway.multiaz;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a set of replicas: tells reads that they have waited too long, and does what is
 * to be done now and then.
 *
 * <p>A read enters itself with one compare-and-set and leaves by being over when the thread looks:
 * nothing is allocated and nothing is cancelled. The thread sleeps no longer than the shortest wait
 * anybody may ask for, so what is entered meanwhile is never due before it looks again.
 *
 * <p>Thread: {@link #add} from any; the rest on the thread itself. Ends with {@link #close}.
 */
final class Watch implements AutoCloseable {
  /** What waits. */
  abstract static class Entry {
    private @Nullable Entry next;
    private long dueNanos;

    @SuppressWarnings("UnusedVariable") // changed through QUEUED
    private volatile boolean queued;

    /** Whether nothing is to be told any more. */
    abstract boolean isOver();

    /** The time is up. On the watch's thread. */
    abstract void due(long nowNanos);
  }

  /** What is to be done now and then. */
  interface Chores {
    /** Does what is due; gives when to come again, as {@code System.nanoTime}. */
    long run(long nowNanos);
  }

  private static final VarHandle ENTERED;
  private static final VarHandle QUEUED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ENTERED = lookup.findVarHandle(Watch.class, "entered", Entry.class);
      QUEUED = lookup.findVarHandle(Entry.class, "queued", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long shortestNanos;
  private final Chores chores;
  private final Thread thread;
  private final List<Entry> waiting = new ArrayList<>();

  @SuppressWarnings("UnusedVariable") // changed through ENTERED
  private volatile @Nullable Entry entered;

  private volatile boolean idle;
  private volatile boolean closed;

  /**
   * Starts the thread.
   *
   * @param shortestNanos no entry may wait for less
   */
  Watch(String name, long shortestNanos, Chores chores) {
    this.shortestNanos = shortestNanos;
    this.chores = chores;
    this.thread = new Thread(this::run, "expressway-multiaz-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Tells {@code entry} after {@code delayNanos}, unless it is over by then. One that waits already
   * is told at its earlier time: it sees for itself how long it has waited.
   */
  void add(Entry entry, long nowNanos, long delayNanos) {
    if (!QUEUED.compareAndSet(entry, false, true)) {
      return;
    }
    entry.dueNanos = nowNanos + Math.max(delayNanos, shortestNanos);
    Entry first = entered;
    do {
      first = entered;
      entry.next = first;
    } while (!ENTERED.compareAndSet(this, first, entry));
    if (first == null && idle) {
      idle = false;
      LockSupport.unpark(thread);
    }
  }

  /** Does the chores soon. */
  void wake() {
    idle = false;
    LockSupport.unpark(thread);
  }

  private void run() {
    long nextChores = chores.run(System.nanoTime());
    long wakeAt = System.nanoTime();
    while (!closed) {
      boolean none = takeIn();
      long now = System.nanoTime();
      if (now - wakeAt > shortestNanos) {
        postpone(now + shortestNanos); // it was this machine that slept: let answers come in first
      }
      long earliest = tellDue(now);
      if (nextChores - now <= 0) {
        nextChores = chores.run(now);
      }
      long sleep = nextChores - now;
      if (none && waiting.isEmpty()) {
        idle = true;
        if (entered != null) {
          idle = false;
          continue;
        }
      } else {
        sleep = Math.min(sleep, Math.min(shortestNanos, earliest - now));
      }
      wakeAt = now + Math.max(0, sleep);
      if (sleep > 0) {
        LockSupport.parkNanos(this, sleep);
      }
      idle = false;
    }
  }

  /** Takes what was entered; false when there was something. */
  private boolean takeIn() {
    Entry entry = (Entry) ENTERED.getAndSet(this, null);
    boolean none = entry == null;
    while (entry != null) {
      Entry following = entry.next;
      entry.next = null;
      if (!leaves(entry)) {
        waiting.add(entry);
      }
      entry = following;
    }
    return none;
  }

  private void postpone(long untilNanos) {
    for (Entry entry : waiting) {
      if (entry.dueNanos - untilNanos < 0) {
        entry.dueNanos = untilNanos;
      }
    }
  }

  /** Tells those whose time is up and drops those that are over; gives when the next is due. */
  private long tellDue(long now) {
    long earliest = now + shortestNanos;
    int kept = 0;
    for (int i = 0; i < waiting.size(); i++) {
      Entry entry = waiting.get(i);
      if (leaves(entry)) {
        continue;
      }
      if (entry.dueNanos - now <= 0) {
        entry.queued = false;
        tell(entry, now);
      } else {
        earliest = Math.min(earliest, entry.dueNanos);
        waiting.set(kept++, entry);
      }
    }
    waiting.subList(kept, waiting.size()).clear();
    return earliest;
  }

  /** Whether the entry is over; one that goes on meanwhile may enter itself again, or stays. */
  private static boolean leaves(Entry entry) {
    if (!entry.isOver()) {
      return false;
    }
    entry.queued = false;
    return entry.isOver() || !QUEUED.compareAndSet(entry, false, true);
  }

  private static void tell(Entry entry, long now) {
    try {
      entry.due(now);
    } catch (RuntimeException e) {
      Thread self = Thread.currentThread(); // one read's trouble must not end all others' watch
      self.getUncaughtExceptionHandler().uncaughtException(self, e);
    }
  }

  /** Ends the thread; entries are told nothing any more. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
