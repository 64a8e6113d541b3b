package io.expressway.spark;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * What is closed together, the last first. Confined to who opens it; closed once. What it is made
 * of can be asked for by many once it is open.
 */
final class Parts implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Set<Object> all = Collections.newSetFromMap(new IdentityHashMap<>());

  <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return include(part);
  }

  /** Remembers a part that another part closes; twice is once. */
  <T> T include(T part) {
    all.add(part);
    return part;
  }

  /** Every part, closed ones too. Not changed any more once all is open. */
  Set<Object> all() {
    return all;
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
