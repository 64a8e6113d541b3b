package io.expressway.jmh;

import io.expressway.session.SessionEvent;
import io.expressway.session.SessionListener;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** When sessions were being made, by {@link System#nanoTime}. Safe for many threads. */
final class RefreshTimes implements SessionListener {
  private static final long NEAR_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ConcurrentSkipListMap<Long, Long> endsByStart = new ConcurrentSkipListMap<>();
  private final LongAdder refreshed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAccumulator longestNanos = new LongAccumulator(Math::max, 0);

  @Override
  public void onEvent(SessionEvent event) {
    switch (event.kind()) {
      case CREATED, REFRESHED, FAILED -> add(event);
      default -> {}
    }
  }

  private void add(SessionEvent event) {
    long end = System.nanoTime();
    long took = event.took().toNanos();
    endsByStart.put(end - took, end);
    longestNanos.accumulate(took);
    if (event.kind() == SessionEvent.Kind.REFRESHED) {
      refreshed.increment();
    } else if (event.kind() == SessionEvent.Kind.FAILED) {
      failed.increment();
    }
  }

  /** Whether a refresh was under way within a second of {@code moment}. */
  boolean isNear(long moment) {
    // One session is made by one call at a time: the latest that began is the last that ended.
    Map.Entry<Long, Long> latest = endsByStart.floorEntry(moment + NEAR_NANOS);
    return latest != null && moment <= latest.getValue() + NEAR_NANOS;
  }

  long refreshed() {
    return refreshed.sum();
  }

  long failed() {
    return failed.sum();
  }

  long longestNanos() {
    return longestNanos.get();
  }
}
