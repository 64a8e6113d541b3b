package io.expressway;

import org.jspecify.annotations.Nullable;

/** The range begins past the object's end (416). */
public final class RangeNotSatisfiableException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Bytes of the whole object, or -1. */
  private final long objectSize;

  /** Reports it with the object's size in bytes, or -1 when the answer did not tell. */
  public RangeNotSatisfiableException(
      String problem, RequestSite site, long objectSize, @Nullable Throwable cause) {
    super(problem, site, cause);
    this.objectSize = objectSize;
  }

  /** Bytes of the whole object, or -1 when the answer did not tell. */
  public long objectSize() {
    return objectSize;
  }
}
