package io.expressway.spark.cluster;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Slice;
import io.expressway.spark.BucketDescription;
import io.expressway.spark.KeyRange;
import io.expressway.spark.RangeReads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * What reads in a task cost, as a driver with one executor of one core: each client in turn reads
 * the same ranges, and the task measures its own JVM. Arguments: rounds. Prints a line for each
 * turn.
 */
public final class ReadCosts {
  private static final int READS = 2000;

  /** Rounds that are not counted: S3A grows faster for its first ten thousand reads and more. */
  private static final int WARM_UP = 10;

  private enum Client {
    /** Sixteen ranges in flight, read where they lie. */
    RANGES,
    /** One at a time, copied: what express_read does. */
    ONE,
    /** Hadoop's S3A, one at a time, told the length and that reads are random. */
    S3A
  }

  private ReadCosts() {}

  /** Measures. */
  public static void main(String[] args) {
    int rounds = Integer.parseInt(args[0]);
    SparkSession session = SparkSession.builder().appName("expressway-costs").getOrCreate();
    try {
      measure(session, rounds);
    } finally {
      session.stop();
    }
  }

  private static void measure(SparkSession session, int rounds) {
    JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
    BucketDescription bucket = BucketDescription.from(session.sparkContext().getConf());
    SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
    for (int round = -WARM_UP; round < rounds; round++) {
      for (int kib : JobObjects.KIBS) {
        for (Client client : Client.values()) {
          long seed = round * 31L + kib;
          String figures =
              spark
                  .parallelize(Collections.singletonList(seed), 1)
                  .map(drawn -> turn(client, ranges(kib << 10, drawn), bucket, hadoop.value()))
                  .first();
          if (round >= 0) {
            System.out.println(
                "cost " + client.name().toLowerCase(Locale.ROOT) + " " + kib + " " + figures);
          }
        }
      }
    }
  }

  private static List<KeyRange> ranges(int bytes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<KeyRange> ranges = new ArrayList<>();
    for (int i = 0; i < READS; i++) {
      int object = random.nextInt(JobObjects.COUNT);
      int room = JobObjects.size(object) - bytes;
      ranges.add(KeyRange.of(JobObjects.key(object), random.nextInt(room + 1), bytes));
    }
    return ranges;
  }

  /**
   * Reads per second, heap bytes per read, milliseconds of collections, CPU microseconds per read.
   */
  private static String turn(
      Client client, List<KeyRange> ranges, BucketDescription bucket, Configuration hadoop)
      throws IOException {
    System.gc();
    long heap = allocated();
    long collecting = collecting();
    long processing = processing();
    long began = System.nanoTime();
    long bytes =
        switch (client) {
          case RANGES -> inFlight(ranges, bucket);
          case ONE -> one(ranges, bucket.shared());
          case S3A -> s3a(ranges, bucket.buckets().get(0), hadoop);
        };
    double seconds = (System.nanoTime() - began) / 1e9;
    if (bytes != ranges.stream().mapToLong(KeyRange::length).sum()) {
      throw new IOException(client + " read " + bytes + " bytes");
    }
    return Math.round(READS / seconds)
        + " "
        + (allocated() - heap) / READS
        + " "
        + (collecting() - collecting)
        + " "
        + (processing() - processing) / READS / 1000;
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long each : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, each);
    }
    return sum;
  }

  private static long collecting() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  /** Nanoseconds of CPU, of all threads. */
  private static long processing() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long inFlight(List<KeyRange> ranges, BucketDescription bucket) {
    Iterator<Long> lengths =
        RangeReads.of(bucket, (range, slice) -> slice.length()).call(ranges.iterator());
    long sum = 0;
    while (lengths.hasNext()) {
      sum += lengths.next();
    }
    return sum;
  }

  private static long one(List<KeyRange> ranges, Bucket bucket) {
    long sum = 0;
    for (KeyRange each : ranges) {
      try (Slice slice =
          bucket.read(each.key(), ByteRange.of(each.offset(), each.length())).join()) {
        sum += slice.toByteArray().length;
      }
    }
    return sum;
  }

  private static long s3a(List<KeyRange> ranges, String bucket, Configuration hadoop)
      throws IOException {
    Path root = new Path("s3a://" + bucket + "/");
    FileSystem files = root.getFileSystem(hadoop);
    long sum = 0;
    for (KeyRange each : ranges) {
      byte[] into = new byte[(int) each.length()];
      try (FSDataInputStream stream = open(files, new Path(root, each.key()))) {
        stream.readFully(each.offset(), into);
      }
      sum += into.length;
    }
    return sum;
  }

  private static FSDataInputStream open(FileSystem files, Path path) throws IOException {
    int object = Integer.parseInt(path.getName());
    try {
      return files
          .openFile(path)
          .opt("fs.option.openfile.read.policy", "random")
          .opt("fs.option.openfile.length", Integer.toString(JobObjects.size(object)))
          .build()
          .join();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
