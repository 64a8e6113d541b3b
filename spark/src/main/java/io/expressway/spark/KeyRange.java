package io.expressway.spark;

import io.expressway.ByteRange;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one object, to be read: {@code [offset, offset + length)}, or from the offset to the
 * end. Immutable, and no record: Kryo, which Spark may be told to use, cannot read those.
 */
public final class KeyRange implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long TO_END = -1;

  private final String key;
  private final long offset;
  private final long length;

  private KeyRange(String key, long offset, long length) {
    this.key = key;
    this.offset = offset;
    this.length = length;
  }

  /**
   * The bytes {@code [offset, offset + length)} of the object at {@code key}.
   *
   * @throws IllegalArgumentException as {@link ByteRange#of}, naming the key
   */
  public static KeyRange of(String key, long offset, long length) {
    KeyRange range = new KeyRange(key, offset, length);
    try {
      ByteRange unused = ByteRange.of(offset, length);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("key " + key + ": " + e.getMessage(), e);
    }
    return range;
  }

  /** All bytes of the object at {@code key}. */
  public static KeyRange whole(String key) {
    return new KeyRange(key, 0, TO_END);
  }

  /** The object's key. */
  public String key() {
    return key;
  }

  /** The first byte. */
  public long offset() {
    return offset;
  }

  /** Bytes, or -1 for all to the object's end. */
  public long length() {
    return length;
  }

  ByteRange bytes() {
    return length == TO_END ? ByteRange.from(offset) : ByteRange.of(offset, length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyRange that
        && key.equals(that.key)
        && offset == that.offset
        && length == that.length;
  }

  @Override
  public int hashCode() {
    return (31 * key.hashCode() + Long.hashCode(offset)) * 31 + Long.hashCode(length);
  }

  @Override
  public String toString() {
    return key + " " + bytes();
  }
}
