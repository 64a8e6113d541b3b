package io.expressway.spark;

import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import java.io.UncheckedIOException;
import java.sql.Timestamp;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** {@code express_stat}: what is known of an object; NULL when it is not there, or the key is. */
final class StatFunction implements UDF1<Object, @Nullable Row> {
  private static final long serialVersionUID = 1L;
  static final String NAME = "express_stat";

  /** How SQL sees an object. */
  static final StructType OBJECT =
      new StructType()
          .add("size", DataTypes.LongType)
          .add("version", DataTypes.StringType)
          .add("last_modified", DataTypes.TimestampType)
          .add("content_type", DataTypes.StringType)
          .add("metadata", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType));

  private final BucketDescription bucket;

  StatFunction(BucketDescription bucket) {
    this.bucket = bucket;
  }

  @Override
  public @Nullable Row call(@Nullable Object key) {
    if (key == null) {
      return null;
    }
    String name = SqlArguments.key(NAME, key);
    try {
      return row(TaskWait.forAnswer("stat of " + name, () -> bucket.shared().stat(name)));
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof ObjectNotFoundException) {
        return null;
      }
      throw e;
    }
  }

  static Row row(ObjectInfo info) {
    return RowFactory.create(
        info.size(),
        info.version().toString(),
        Timestamp.from(info.lastModified()),
        info.contentType().orElse(null),
        info.metadata());
  }
}
