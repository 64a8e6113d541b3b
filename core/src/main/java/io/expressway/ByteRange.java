package io.expressway;

/**
 * Bytes of one object: {@code [offset, offset + length)}, everything from an offset, the last
 * bytes, or all of them.
 *
 * <p>A range that begins inside the object and ends past it is cut short there, as S3 has it; one
 * that begins past the end fails with {@link RangeNotSatisfiableException}. Immutable.
 */
public final class ByteRange {
  private static final long TO_END = -1;
  private static final ByteRange ALL = new ByteRange(0, TO_END, false);

  private final long offset;
  private final long length;
  private final boolean suffix;

  private ByteRange(long offset, long length, boolean suffix) {
    this.offset = offset;
    this.length = length;
    this.suffix = suffix;
  }

  /**
   * The bytes {@code [offset, offset + length)}.
   *
   * @throws IllegalArgumentException when the offset is negative, the length is not positive, or
   *     their sum overflows
   */
  public static ByteRange of(long offset, long length) {
    if (offset < 0) {
      throw new IllegalArgumentException(
          "range offset must not be negative, but is "
              + offset
              + "; use ByteRange.last(n)"
              + " for the end of an object");
    }
    if (length <= 0) {
      throw new IllegalArgumentException(
          "range length must be at least 1 byte, but is " + length + " (offset " + offset + ")");
    }
    if (offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException(
          "range end overflows: offset " + offset + " + length " + length + " is more than 2^63-1");
    }
    return new ByteRange(offset, length, false);
  }

  /** Everything from {@code offset} to the object's end. */
  public static ByteRange from(long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("range offset must not be negative, but is " + offset);
    }
    return offset == 0 ? ALL : new ByteRange(offset, TO_END, false);
  }

  /** The last {@code length} bytes, or the whole object when it is shorter. */
  public static ByteRange last(long length) {
    if (length <= 0) {
      throw new IllegalArgumentException(
          "the last " + length + " bytes are no range: the length must be at least 1");
    }
    return new ByteRange(0, length, true);
  }

  /**
   * The whole object, which may be empty. Its checksum is verified where the bucket returns one.
   */
  public static ByteRange all() {
    return ALL;
  }

  /** First byte, counted from the object's start; 0 for {@link #last}. */
  public long offset() {
    return offset;
  }

  /** Bytes asked for, or -1 when that depends on the object's size. */
  public long length() {
    return length;
  }

  /** Whether the range counts from the object's end. */
  public boolean isSuffix() {
    return suffix;
  }

  /** Whether the range is the whole object. */
  public boolean isAll() {
    return !suffix && offset == 0 && length == TO_END;
  }

  /** Whether the range has a first and a last byte that do not depend on the object's size. */
  public boolean isBounded() {
    return !suffix && length != TO_END;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteRange that
        && offset == that.offset
        && length == that.length
        && suffix == that.suffix;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(offset * 31 + length) + (suffix ? 1 : 0);
  }

  /** The range as an HTTP {@code Range} value names it (RFC 9110, 14.1.2), or {@code all}. */
  @Override
  public String toString() {
    if (isAll()) {
      return "all";
    }
    if (suffix) {
      return "bytes=-" + length;
    }
    return length == TO_END ? "bytes=" + offset + "-" : "bytes=" + offset + "-" + end();
  }

  private long end() {
    return offset + length - 1;
  }
}
