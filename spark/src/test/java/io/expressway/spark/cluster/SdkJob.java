package io.expressway.spark.cluster;

import io.expressway.spark.ExpressFunctions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Reads the same ranges by us and by S3A in one executor, as a driver, and tells whose classes did
 * it. Fails when one of the two did not read what is stored.
 */
public final class SdkJob {
  private static final int OBJECTS = 50;

  private SdkJob() {}

  /** Runs the job. */
  public static void main(String[] args) {
    SparkSession session = SparkSession.builder().appName("expressway-sdk").getOrCreate();
    try {
      ExpressFunctions.register(session);
      same("express_read", byUs(session));
      JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
      String bucket = session.conf().get("spark.expressway.buckets");
      same("S3A", byHadoop(spark, bucket));
      System.out.println("sdk " + session.version() + " " + here(spark));
    } finally {
      session.stop();
    }
  }

  private static void same(String who, List<Long> read) {
    List<Long> stored = new ArrayList<>();
    for (int object = 0; object < OBJECTS; object++) {
      stored.add(JobObjects.crc(JobObjects.content(object), 0, JobObjects.HEAD_BYTES));
    }
    if (!read.equals(stored)) {
      throw new IllegalStateException(who + " did not read what is stored: " + read);
    }
  }

  private static List<Long> byUs(SparkSession session) {
    return session
        .range(0, OBJECTS, 1, 4)
        .selectExpr(JobObjects.CRC_OF_HEAD)
        .collectAsList()
        .stream()
        .map((Row row) -> row.getLong(0))
        .toList();
  }

  private static List<Long> byHadoop(JavaSparkContext spark, String bucket) {
    SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
    List<Integer> objects = new ArrayList<>();
    for (int object = 0; object < OBJECTS; object++) {
      objects.add(object);
    }
    return spark
        .parallelize(objects, 4)
        .map(object -> byHadoop(object, bucket, hadoop.value()))
        .collect();
  }

  private static long byHadoop(int object, String bucket, Configuration hadoop) throws IOException {
    Path path = new Path("s3a://" + bucket + "/" + JobObjects.key(object));
    byte[] head = new byte[JobObjects.HEAD_BYTES];
    try (FSDataInputStream stream = path.getFileSystem(hadoop).open(path)) {
      stream.readFully(0, head);
    }
    return JobObjects.crc(head, 0, head.length);
  }

  /** The versions in the executor, the jar that the SDK comes from, and our libraries. */
  private static String here(JavaSparkContext spark) {
    return spark.parallelize(Collections.nCopies(1, 0), 1).map(unused -> classes()).first();
  }

  private static String classes() throws ReflectiveOperationException {
    Class<?> provider =
        Class.forName("software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider");
    String jar = provider.getProtectionDomain().getCodeSource().getLocation().getPath();
    return "Hadoop "
        + VersionInfo.getVersion()
        + ", SDK of "
        + jar.substring(jar.lastIndexOf('/') + 1)
        + ", "
        + ClusterJob.libraries();
  }
}
