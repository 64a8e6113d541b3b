package io.expressway.spark;

import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.jspecify.annotations.Nullable;

/**
 * {@code express_write}: stores an object and tells what is known of it; NULL, and nothing stored,
 * when an argument is. A task that Spark repeats stores the same once more.
 */
final class WriteFunction implements UDF2<Object, Object, @Nullable Row> {
  private static final long serialVersionUID = 1L;
  static final String NAME = "express_write";

  private final BucketDescription bucket;

  WriteFunction(BucketDescription bucket) {
    this.bucket = bucket;
  }

  @Override
  public @Nullable Row call(@Nullable Object key, @Nullable Object bytes) {
    if (key == null || bytes == null) {
      return null;
    }
    String name = SqlArguments.key(NAME, key);
    ByteBuffer body = ByteBuffer.wrap(SqlArguments.bytes(NAME, bytes));
    return StatFunction.row(
        TaskWait.forAnswer(
            "write of " + body.remaining() + " bytes to " + name,
            () -> bucket.shared().write(name, body, WriteOptions.defaults())));
  }
}
