package io.expressway.examples;

import io.expressway.ByteRange;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.multiaz.ReadConsistency;
import io.expressway.multiaz.WritePolicy;
import io.expressway.testkit.ZonalServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A log of numbered segments, each written once, durable when two of three zones have it: what
 * brokers and databases keep in S3 Express. A zone is lost in the middle, and nothing with it.
 */
final class QuorumLog {
  private static final String PREFIX = "expressway-examples/log/";
  private static final int SEGMENTS = 40;

  private QuorumLog() {}

  static void run(Arguments arguments) {
    ZonalServer server = ZonalServer.builder().zones("usw2-az1", "usw2-az3", "usw2-az4").start();
    MultiAzOptions options =
        MultiAzOptions.defaults().writes(WritePolicy.quorum()).reads(ReadConsistency.quorum());
    try (Replicas replicas = Replicas.in(server, "demo", options)) {
      for (int i = 0; i < SEGMENTS; i++) {
        if (i == SEGMENTS / 2) {
          server.zone("usw2-az1").stop();
          System.out.printf("usw2-az1 is lost after %d segments%n", i);
        }
        append(replicas.bucket(), i);
      }
      System.out.printf("%d segments are durable in two zones or more%n", SEGMENTS);
      System.out.printf("read back %d segments in order%n", replay(replicas.bucket()));
      System.out.printf("usw2-az1 is owed %d%n", replicas.bucket().zones().get(0).owedKeys());
    }
  }

  /** A segment has one number and is never replaced: of two writers one is told. */
  private static void append(MultiAzBucket log, int number) {
    ByteBuffer body = ByteBuffer.wrap(("segment " + number).getBytes(StandardCharsets.UTF_8));
    log.write(key(number), body, WriteOptions.defaults().ifAbsent()).join();
  }

  private static String key(int number) {
    return PREFIX + String.format("%08d", number);
  }

  private static int replay(MultiAzBucket log) {
    for (int i = 0; i < SEGMENTS; i++) {
      try (Slice segment = log.read(key(i), ByteRange.all()).join()) {
        String text = new String(segment.toByteArray(), StandardCharsets.UTF_8);
        if (!text.equals("segment " + i)) {
          throw new IllegalStateException("segment " + i + " holds \"" + text + "\"");
        }
      }
    }
    return SEGMENTS;
  }
}
