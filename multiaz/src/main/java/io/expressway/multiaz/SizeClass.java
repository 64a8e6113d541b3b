package io.expressway.multiaz;

import io.expressway.ByteRange;
import java.util.List;

/** Reads that take about as long to be answered. */
enum SizeClass {
  /** Up to 64 KiB. */
  SMALL(0),
  /** Up to 1 MiB. */
  MIDDLE(1),
  /** Larger, or of unknown length. */
  LARGE(2),
  /** No body at all. */
  HEAD(3);

  static final int COUNT = 4;

  /** The small first. */
  static final List<SizeClass> ALL = List.of(values());

  private final int place;

  SizeClass(int place) {
    this.place = place;
  }

  /** Where it stands in a table of all. */
  int place() {
    return place;
  }

  static SizeClass of(ByteRange range) {
    long length = range.isBounded() || range.isSuffix() ? range.length() : Long.MAX_VALUE;
    return length <= 64 << 10 ? SMALL : length <= 1 << 20 ? MIDDLE : LARGE;
  }
}
