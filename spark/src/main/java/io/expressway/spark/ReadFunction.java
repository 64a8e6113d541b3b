package io.expressway.spark;

import io.expressway.Slice;
import org.apache.spark.sql.api.java.UDF3;
import org.jspecify.annotations.Nullable;

/** {@code express_read}: the bytes of a range; NULL when an argument is. */
final class ReadFunction implements UDF3<Object, Object, Object, byte @Nullable []> {
  private static final long serialVersionUID = 1L;
  static final String NAME = "express_read";

  private final BucketDescription bucket;

  ReadFunction(BucketDescription bucket) {
    this.bucket = bucket;
  }

  @Override
  public byte @Nullable [] call(
      @Nullable Object key, @Nullable Object offset, @Nullable Object length) {
    if (key == null || offset == null || length == null) {
      return null;
    }
    KeyRange range =
        KeyRange.of(
            SqlArguments.key(NAME, key),
            SqlArguments.number(NAME, "offset", offset),
            SqlArguments.number(NAME, "length", length));
    try (Slice slice =
        TaskWait.forAnswer(range, () -> bucket.shared().read(range.key(), range.bytes()))) {
      return slice.toByteArray();
    }
  }
}
