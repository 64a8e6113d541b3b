package io.expressway.spark;

import io.expressway.Bucket;
import io.expressway.ForwardingBucket;
import java.util.concurrent.atomic.AtomicBoolean;

/** A bucket that closes, with itself, what was opened for it alone. */
final class OpenedBucket extends ForwardingBucket {
  private final Parts parts;
  private final AtomicBoolean closed = new AtomicBoolean();

  OpenedBucket(Bucket outermost, Parts parts) {
    super(outermost);
    this.parts = parts;
  }

  /** What its parts add up to, closed or not. */
  long sum(Measure measure) {
    return parts.all().stream().mapToLong(measure::of).sum();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      parts.close();
    }
  }
}
