package io.expressway.multiaz;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Gives each write of this process a stamp of its own. Safe for many threads, lock-free. */
final class StampClock {
  private static final int COUNT_BITS = 16;
  private final LongSupplier millis;
  private final long writer;
  private final AtomicLong latest = new AtomicLong();

  StampClock(LongSupplier millis) {
    this(millis, new SecureRandom().nextLong() >>> 1);
  }

  /**
   * A clock that is told who it is.
   *
   * @param writer no other clock's, and not negative
   */
  StampClock(LongSupplier millis, long writer) {
    this.millis = millis;
    this.writer = writer;
  }

  /** A stamp greater than every one given or seen before. */
  Stamp next() {
    long now = millis.getAsLong() << COUNT_BITS;
    return new Stamp(latest.updateAndGet(last -> Math.max(last + 1, now)), writer);
  }

  /** Another writer's stamp: the next of ours will be greater. */
  void saw(Stamp stamp) {
    if (stamp.time() > latest.get()) {
      latest.accumulateAndGet(stamp.time(), Math::max);
    }
  }
}
