package io.expressway.spark;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is closed together, the last first. Confined to who opens it; closed once. */
final class Parts implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return part;
  }

  /** Closes every part, whatever becomes of the others. */
  @Override
  public void close() {
    IllegalStateException failure = new IllegalStateException("closing failed");
    closeAfter(failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  /** Closes every part; what fails is suppressed by what went wrong before. */
  void closeAfter(Throwable first) {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        first.addSuppressed(e);
      }
    }
  }
}
