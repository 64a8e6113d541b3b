package io.expressway.spark;

import io.expressway.ForwardingBucket;

/** A bucket that many use and nobody of them closes. */
final class SharedBucket extends ForwardingBucket {
  private final OpenedBucket opened;
  private volatile boolean closed;

  SharedBucket(OpenedBucket opened) {
    super(opened);
    this.opened = opened;
  }

  long sum(Measure measure) {
    return opened.sum(measure);
  }

  /** Does nothing: who shares does not own. */
  @Override
  public void close() {}

  boolean isClosed() {
    return closed;
  }

  void closeForAll() {
    closed = true;
    opened.close();
  }

  @Override
  public String toString() {
    return "SharedBucket[" + name() + (closed ? ", closed]" : "]");
  }
}
