package io.expressway.spark.cluster;

import io.expressway.spark.BucketDescription;
import io.expressway.spark.ExpressFunctions;
import io.expressway.spark.KeyRange;
import io.expressway.spark.RangeReads;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * The job, as a driver: reads ranges of a thousand objects in partitions, then by SQL, writes some,
 * and prints what it found for {@link ClusterRun} to compare. Configured by system properties
 * {@code spark.*}, as by spark-submit.
 */
public final class ClusterJob {
  private static final int PARTITIONS = 32;
  private static final String SHADED = "io.expressway.shaded.io.netty.";

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final BucketDescription bucket;
  private final Set<String> executors = new TreeSet<>();

  private ClusterJob(SparkSession session) {
    this.session = session;
    this.spark = new JavaSparkContext(session.sparkContext());
    this.bucket = BucketDescription.from(session.sparkContext().getConf());
  }

  /** Runs the job. */
  public static void main(String[] args) {
    SparkSession session = SparkSession.builder().appName("expressway").getOrCreate();
    try {
      new ClusterJob(session).run();
    } finally {
      session.stop();
    }
  }

  private void run() {
    ExpressFunctions.register(session);
    session.udf().register("here", (UDF1<Long, String>) row -> here(), DataTypes.StringType);
    tell("spark", session.version());
    tell("ranges", Long.toHexString(readRanges()));
    tell("heads", Long.toHexString(readHeads()));
    tell("made", Long.toString(makeObjects()));
    tell("natives", natives());
    collectGarbage();
    tell("executors", String.join(",", executors));
  }

  private static void tell(String what, String value) {
    System.out.println("job " + what + " " + value);
    System.out.flush();
  }

  private long readRanges() {
    List<KeyRange> ranges = new ArrayList<>();
    for (int object = 0; object < JobObjects.COUNT; object++) {
      for (long[] each : JobObjects.ranges(object)) {
        ranges.add(KeyRange.of(JobObjects.key(object), each[0], each[1]));
      }
    }
    List<String> read =
        spark
            .parallelize(ranges, PARTITIONS)
            .mapPartitions(
                RangeReads.of(bucket, (range, slice) -> here() + " " + crc(slice.buffers())))
            .collect();
    return digest(read);
  }

  private static String here() {
    return SparkEnv.get().executorId();
  }

  private static long crc(List<ByteBuffer> buffers) {
    CRC32 crc = new CRC32();
    buffers.forEach(crc::update);
    return crc.getValue();
  }

  private long digest(List<String> placed) {
    long[] values = new long[placed.size()];
    for (int i = 0; i < values.length; i++) {
      int space = placed.get(i).indexOf(' ');
      executors.add(placed.get(i).substring(0, space));
      values[i] = Long.parseLong(placed.get(i).substring(space + 1));
    }
    return JobObjects.digest(values);
  }

  private long readHeads() {
    List<Row> rows =
        session
            .range(0, JobObjects.COUNT, 1, PARTITIONS)
            .selectExpr("id", JobObjects.CRC_OF_HEAD, "here(id) AS executor")
            .orderBy("id")
            .collectAsList();
    rows.forEach(row -> executors.add(row.getString(2)));
    return JobObjects.digest(rows.stream().mapToLong(row -> row.getLong(1)).toArray());
  }

  private long makeObjects() {
    List<Row> rows =
        session
            .range(0, JobObjects.MADE, 1, PARTITIONS)
            .selectExpr(
                "express_write(concat('made/', id), express_read(concat('part/', id), 0, 1000)).size"
                    + " AS size",
                "here(id) AS executor")
            .where("size = 1000")
            .collectAsList();
    rows.forEach(row -> executors.add(row.getString(1)));
    return rows.size();
  }

  /** Whether every executor has epoll and BoringSSL under their new names. */
  private String natives() {
    List<String> found =
        spark
            .parallelize(Collections.nCopies(PARTITIONS, 0), PARTITIONS)
            .map(unused -> libraries())
            .distinct()
            .collect();
    return String.join("; ", found);
  }

  /** Of the JVM that asks. */
  static String libraries() throws ReflectiveOperationException {
    return "epoll=" + has("channel.epoll.Epoll") + " tls=" + has("handler.ssl.OpenSsl");
  }

  private static Object has(String name) throws ReflectiveOperationException {
    ClassLoader loader = KeyRange.class.getClassLoader();
    return Class.forName(SHADED + name, true, loader).getMethod("isAvailable").invoke(null);
  }

  /** So that the leak detector finds what was dropped, and says it with the reads that follow. */
  private void collectGarbage() {
    BucketDescription here = bucket;
    for (int round = 0; round < 3; round++) {
      List<Long> unused =
          spark
              .parallelize(Collections.nCopies(8, KeyRange.whole(JobObjects.key(0))), 8)
              .mapPartitions(
                  ranges -> {
                    System.gc();
                    return RangeReads.of(here, (range, slice) -> slice.length()).call(ranges);
                  })
              .collect();
    }
  }
}
