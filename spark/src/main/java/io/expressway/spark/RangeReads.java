package io.expressway.spark;

import io.expressway.Slice;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Reads the ranges of a partition, several at once, and gives the results in the order asked for:
 * an argument for {@code mapPartitions} of {@code JavaRDD} and {@code Dataset}.
 *
 * <pre>{@code
 * JavaRDD<Integer> rows =
 *     ranges.mapPartitions(RangeReads.of(logs, (range, slice) -> count(slice.buffers())));
 * }</pre>
 *
 * <p>Ranges of one key that follow each other and lie close together share a request. However the
 * task ends, when it does every read is given up and every slice closed. A read that fails fails
 * the task with an {@link java.io.UncheckedIOException} that names key and range. Immutable: every
 * method gives a changed copy.
 *
 * @param <T> what a range becomes
 */
public final class RangeReads<T>
    implements FlatMapFunction<Iterator<KeyRange>, T>, MapPartitionsFunction<KeyRange, T> {
  private static final long serialVersionUID = 1L;
  private static final int MOST_IN_FLIGHT = 4096;

  private final BucketDescription bucket;
  private final SliceFunction<T> function;
  private final int inFlight;
  private final long inFlightBytes;

  private RangeReads(
      BucketDescription bucket, SliceFunction<T> function, int inFlight, long inFlightBytes) {
    this.bucket = bucket;
    this.function = function;
    this.inFlight = inFlight;
    this.inFlightBytes = inFlightBytes;
  }

  /** Reads each range and gives {@code function} its bytes where they lie. */
  public static <T> RangeReads<T> of(BucketDescription bucket, SliceFunction<T> function) {
    // As many as a connection pool of 64 has for each of four cores.
    return new RangeReads<>(bucket, function, 16, 64L << 20);
  }

  /** Reads each range and copies its bytes to the heap, once. */
  public static RangeReads<RangeBytes> bytes(BucketDescription bucket) {
    return of(bucket, RangeReads::copy);
  }

  private static RangeBytes copy(KeyRange range, Slice slice) {
    return new RangeBytes(range, slice.toByteArray());
  }

  /** At most so many ranges of a task are read, or wait for their turn, at once; 16 unless set. */
  public RangeReads<T> inFlight(int ranges) {
    if (ranges < 1 || ranges > MOST_IN_FLIGHT) {
      throw new IllegalArgumentException(
          "inFlight must be 1 to " + MOST_IN_FLIGHT + ", but is " + ranges);
    }
    return new RangeReads<>(bucket, function, ranges, inFlightBytes);
  }

  /**
   * At most so many bytes of a task are read, or wait for their turn, at once, or one range if that
   * is more; 64 MiB unless set. What is read to an object's end counts as nothing.
   */
  public RangeReads<T> inFlightBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("inFlightBytes must be positive, but is " + bytes);
    }
    return new RangeReads<>(bucket, function, inFlight, bytes);
  }

  /** The results, read ahead of who takes them; released with the task, if this is in one. */
  @Override
  public Iterator<T> call(Iterator<KeyRange> ranges) {
    OrderedReads<T> reads =
        new OrderedReads<>(bucket.shared(), function, ranges, inFlight, inFlightBytes);
    TaskContext task = TaskContext.get();
    if (task != null) {
      TaskContext unused =
          task.addTaskCompletionListener((TaskCompletionListener) ended -> reads.close());
    }
    return reads;
  }
}
