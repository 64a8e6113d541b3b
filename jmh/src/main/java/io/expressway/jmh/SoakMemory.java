package io.expressway.jmh;

import io.expressway.cache.BlockCache;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The most direct memory in use since a moment at which no cache was open, looked at every 2 ms:
 * what the JVM itself counts, less what Netty says that the wire has of it; and what the cache
 * says.
 */
final class SoakMemory {
  private static final long LOOK_NANOS = 2_000_000;
  private static final long SETTLE_NANOS = 20_000_000;
  private static final int QUIET_LOOKS = 3;
  private static final BufferPoolMXBean DIRECT =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .findFirst()
          .orElseThrow();

  private final long before;
  private volatile boolean watching = true;
  private long lastSeen;
  private long lastButOne;
  private volatile long pool;
  private volatile long used;
  private volatile long wire;
  private @Nullable Thread watcher;

  private SoakMemory(long before) {
    this.before = before;
  }

  /**
   * Waits until what was closed is given back to the system, and nothing changes any more: a chunk
   * that Netty is about to count, or has freed and not yet counted, makes one look too low.
   */
  static SoakMemory settled() {
    long last = Long.MIN_VALUE;
    for (int alike = 0; alike < QUIET_LOOKS; ) {
      ManagementFactory.getMemoryMXBean().gc();
      LockSupport.parkNanos(SETTLE_NANOS);
      long now = withoutWire();
      alike = now == last ? alike + 1 : 0;
      last = now;
    }
    return new SoakMemory(last);
  }

  /** Netty allocates and frees meanwhile: the more it says it has, before or after, counts. */
  private static long withoutWire() {
    long wire = PlatformDependent.usedDirectMemory();
    long all = DIRECT.getMemoryUsed();
    return all - Math.max(wire, PlatformDependent.usedDirectMemory());
  }

  void watch(BlockCache cache) {
    Thread thread =
        new Thread(
            () -> {
              while (watching) {
                look(cache);
                LockSupport.parkNanos(LOOK_NANOS);
              }
            },
            "soak-memory");
    thread.setDaemon(true);
    thread.start();
    watcher = thread;
  }

  /**
   * A thread may be interrupted for a while between having a chunk and having counted it for the
   * wire, so that what counts was seen three times in a row. A cache gives back no memory while it
   * is open: what it had too much would stay.
   */
  private void look(BlockCache cache) {
    long seen = withoutWire() - before;
    pool = Math.max(pool, Math.min(seen, Math.min(lastSeen, lastButOne)));
    lastButOne = lastSeen;
    lastSeen = seen;
    used = Math.max(used, cache.stats().usedBytes());
    wire = Math.max(wire, PlatformDependent.usedDirectMemory());
  }

  void stop() {
    watching = false;
    if (watcher != null) {
      LockSupport.unpark(watcher);
      watcher = null; // it has the cache
    }
  }

  /** What the JVM's direct buffers grew by since, at most, but for the wire's. */
  long poolBytes() {
    return pool;
  }

  /** What the cache said was in use, at most. */
  long usedBytes() {
    return used;
  }

  /** What Netty had, at most. */
  long wireBytes() {
    return wire;
  }
}
