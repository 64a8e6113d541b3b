package io.expressway.multiaz;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What waits for one replica and can do without it: let go of when its zone goes down, and owed.
 *
 * <p>Thread: safe for many; who is added after the zone went down has to see that for itself.
 */
final class Lagging {
  /** One change, or one upload, that the replica has not answered. */
  interface Lag {
    /** Waits for the replica no more. Without effect where it has answered meanwhile. */
    void letGo(Replica replica);
  }

  private final Set<Lag> lags = ConcurrentHashMap.newKeySet();
  private volatile boolean isAwaited;

  void add(Lag lag) {
    lags.add(lag);
  }

  void remove(Lag lag) {
    lags.remove(lag);
    if (isAwaited) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  boolean isAny() {
    return !lags.isEmpty();
  }

  /** Lets all of them go. */
  void letGo(Replica replica) {
    lags.forEach(each -> each.letGo(replica));
  }

  /**
   * Waits until there is none, and no longer than until then. Not at all on an event loop, which
   * may be the one that brings the answers; who is interrupted keeps the flag.
   */
  void await(long untilNanos) {
    isAwaited = true;
    try {
      awaitUnlessLoop(untilNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitUnlessLoop(long untilNanos) throws InterruptedException {
    boolean mayWait = !(Thread.currentThread() instanceof FastThreadLocalThread);
    long left = untilNanos - System.nanoTime();
    while (mayWait && isAny() && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = untilNanos - System.nanoTime();
    }
  }
}
