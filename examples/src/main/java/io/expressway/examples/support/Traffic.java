package io.expressway.examples.support;

import io.expressway.BucketListener;
import io.expressway.BucketName;
import io.expressway.ExpressException;
import io.expressway.Operation;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what goes over the wire. Safe for many threads. */
public final class Traffic implements BucketListener {
  private final LongAdder roundTrips = new LongAdder();
  private final LongAdder sessions = new LongAdder();
  private final LongAdder connections = new LongAdder();
  private final LongAdder retries = new LongAdder();

  /** The counts at one moment, or between two. */
  record Count(long roundTrips, long sessions, long connections, long retries) {
    Count since(Count earlier) {
      return new Count(
          roundTrips - earlier.roundTrips,
          sessions - earlier.sessions,
          connections - earlier.connections,
          retries - earlier.retries);
    }
  }

  Count now() {
    return new Count(roundTrips.sum(), sessions.sum(), connections.sum(), retries.sum());
  }

  @Override
  public void onConnect(BucketName bucket) {
    connections.increment();
  }

  @Override
  public void onResponse(
      BucketName bucket, Operation operation, int status, long bodyBytes, long elapsedNanos) {
    roundTrips.increment();
    if (operation == Operation.CREATE_SESSION && status < 300) {
      sessions.increment();
    }
  }

  @Override
  public void onRetry(
      BucketName bucket, Operation operation, ExpressException cause, Duration delay) {
    retries.increment();
  }
}
