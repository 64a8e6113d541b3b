package io.expressway.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves only when told. Safe for many threads. */
public final class ManualClock implements InstantSource {
  private volatile Instant now;

  private ManualClock(Instant start) {
    this.now = start;
  }

  /** A clock that stands at the given time. */
  public static ManualClock at(Instant start) {
    return new ManualClock(start);
  }

  /** A clock that stands at the current time of the system, so that real clients can sign. */
  public static ManualClock atSystemTime() {
    return new ManualClock(InstantSource.system().instant());
  }

  /** Moves the clock forward, or back when negative. */
  public synchronized void advance(Duration by) {
    now = now.plus(by);
  }

  @Override
  public Instant instant() {
    return now;
  }
}
