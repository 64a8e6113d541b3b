package io.expressway.spark;

import io.expressway.Bucket;
import io.expressway.ForwardingBucket;

/** A bucket that many use and nobody of them closes. */
final class SharedBucket extends ForwardingBucket {
  private volatile boolean closed;

  SharedBucket(Bucket delegate) {
    super(delegate);
  }

  /** Does nothing: who shares does not own. */
  @Override
  public void close() {}

  boolean isClosed() {
    return closed;
  }

  void closeForAll() {
    closed = true;
    delegate().close();
  }

  @Override
  public String toString() {
    return "SharedBucket[" + name() + (closed ? ", closed]" : "]");
  }
}
