package io.expressway.spark;

import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The functions {@code express_read(key, offset, length)}, {@code express_stat(key)} and {@code
 * express_write(key, bytes)} over one described bucket, for SQL and for columns.
 *
 * <pre>{@code
 * ExpressFunctions.register(session); // the bucket of spark.expressway.*
 * session.sql("SELECT express_read(key, 0, 4096) FROM files");
 * }</pre>
 *
 * <p>Each reads or writes one row at a time, so a task has one request under way: see {@link
 * RangeReads} for many. Thread: safe for many.
 */
public final class ExpressFunctions {
  private final BucketDescription bucket;

  private ExpressFunctions(BucketDescription bucket) {
    this.bucket = bucket;
  }

  /**
   * The functions over {@code bucket}.
   *
   * @throws IllegalArgumentException when settings do not fit each other
   */
  public static ExpressFunctions of(BucketDescription bucket) {
    return new ExpressFunctions(bucket.checked());
  }

  /**
   * Registers the functions for the bucket that the session's keys {@code spark.expressway.*}
   * describe.
   *
   * @throws IllegalArgumentException naming the key that is unknown, wrong or missing
   */
  public static void register(SparkSession session) {
    Map<String, String> conf = CollectionConverters.asJava(session.conf().getAll());
    of(BucketDescription.from(conf)).registerIn(session);
  }

  /** Registers the functions for {@code bucket}; those of that name before are replaced. */
  public static void register(SparkSession session, BucketDescription bucket) {
    of(bucket).registerIn(session);
  }

  private void registerIn(SparkSession session) {
    session.udf().register(ReadFunction.NAME, read());
    session.udf().register(StatFunction.NAME, stat());
    session.udf().register(WriteFunction.NAME, write());
  }

  /** BINARY of a key, an offset and a length: NULL when one of them is. */
  public UserDefinedFunction read() {
    return functions.udf(new ReadFunction(bucket), DataTypes.BinaryType);
  }

  /** STRUCT of a key: NULL when the object is not there. */
  public UserDefinedFunction stat() {
    return functions.udf(new StatFunction(bucket), StatFunction.OBJECT);
  }

  /** Stores BINARY at a key; STRUCT as {@link #stat} of what was stored. */
  public UserDefinedFunction write() {
    // Else Spark may drop a call whose result nobody looks at, or call twice.
    return functions.udf(new WriteFunction(bucket), StatFunction.OBJECT).asNondeterministic();
  }
}
