package io.expressway.testkit.store;

import org.jspecify.annotations.Nullable;

/**
 * One range of a body: {@code [offset, offset + length)}, in bytes, never empty.
 *
 * <p>Source: API reference, GetObject ("Amazon S3 doesn't support retrieving multiple ranges of
 * data per GET request"), RFC 9110, 14.2 (a Range that is not understood is ignored), read on
 * 2026-11-22.
 */
record ByteSpan(int offset, int length) {
  /**
   * Reads a Range header.
   *
   * @param header the header, such as {@code bytes=0-99}, {@code bytes=100-} or {@code bytes=-5}
   * @param size the size of the object, bytes
   * @return null when the header is malformed or names several ranges: the whole object is answered
   * @throws S3Error 416 InvalidRange when no byte of the object is in the range
   */
  static @Nullable ByteSpan parse(String header, int size) {
    if (!header.regionMatches(true, 0, "bytes=", 0, 6)) {
      return null;
    }
    String spec = header.substring(6).trim();
    int dash = spec.indexOf('-');
    if (dash < 0 || !digits(spec, 0, dash) || !digits(spec, dash + 1, spec.length())) {
      return null;
    }
    String first = spec.substring(0, dash);
    String last = spec.substring(dash + 1);
    if (first.isEmpty()) {
      return last.isEmpty() ? null : suffix(number(last), size, header);
    }
    return span(number(first), last.isEmpty() ? Long.MAX_VALUE : number(last), size, header);
  }

  /** The value of the {@code content-range} header. */
  String contentRange(int size) {
    return "bytes " + offset + '-' + (offset + length - 1) + '/' + size;
  }

  private static ByteSpan suffix(long wanted, int size, String header) {
    if (wanted == 0 || size == 0) {
      throw outside(header, size);
    }
    int length = (int) Math.min(wanted, size);
    return new ByteSpan(size - length, length);
  }

  private static @Nullable ByteSpan span(long first, long last, int size, String header) {
    if (last < first) {
      return null;
    }
    if (first >= size) {
      throw outside(header, size);
    }
    return new ByteSpan((int) first, (int) (Math.min(last, size - 1L) - first + 1));
  }

  /** The 416 of S3, with the size that the client did not know. */
  static S3Error outside(String range, int size) {
    return new S3Error(416, "InvalidRange", "The requested range is not satisfiable")
        .with("RangeRequested", range)
        .with("ActualObjectSize", Integer.toString(size))
        .withHeader("content-range", "bytes */" + size);
  }

  private static boolean digits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** More digits than a long holds mean "past any end". */
  private static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
