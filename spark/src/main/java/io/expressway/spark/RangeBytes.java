package io.expressway.spark;

import java.io.Serializable;

/** A range and its bytes, on the heap: what may leave a task. */
public final class RangeBytes implements Serializable {
  private static final long serialVersionUID = 1L;

  private final KeyRange range;
  private final byte[] bytes;

  RangeBytes(KeyRange range, byte[] bytes) {
    this.range = range;
    this.bytes = bytes;
  }

  /** What was asked for. */
  public KeyRange range() {
    return range;
  }

  /** The bytes, fewer than asked for where the object ends sooner; not copied. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return "RangeBytes[" + bytes.length + " bytes of " + range + "]";
  }
}
