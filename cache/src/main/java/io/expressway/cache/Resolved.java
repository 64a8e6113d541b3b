package io.expressway.cache;

import io.expressway.ByteRange;

/** Where a range begins and ends in an object of known size; nowhere when the two meet. */
final class Resolved {
  private Resolved() {}

  /** The first byte. */
  static long from(ByteRange range, long size) {
    return range.isSuffix() ? Math.max(0, size - range.length()) : range.offset();
  }

  /** One past the last byte; at or before {@link #from} when the range holds none. */
  static long to(ByteRange range, long size) {
    return range.isBounded() ? Math.min(size, range.offset() + range.length()) : size;
  }
}
