package io.expressway.examples;

import io.expressway.ByteRange;
import io.expressway.WriteOptions;
import io.expressway.examples.support.Timeline;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.testkit.Fault;
import io.expressway.testkit.LatencyProfile;
import io.expressway.testkit.ZonalServer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Reads at a steady rate while zones are lost and come back, and draws each read's latency. */
final class SurviveZoneLoss {
  private static final String KEY = "expressway-examples/day.parquet";
  private static final int READS_PER_SECOND = 200;

  private SurviveZoneLoss() {}

  static void run(Arguments arguments) throws Exception {
    Path out = Path.of(arguments.get("out").orElse("survive-zone-loss.html"));
    int seconds = arguments.number("seconds", 3);
    ZonalServer server =
        ZonalServer.builder()
            .zones("usw2-az1", "usw2-az3", "usw2-az4")
            .latency(LatencyProfile.express())
            .start();
    MultiAzOptions options = MultiAzOptions.defaults().failBackOver(Duration.ofSeconds(1));
    try (Replicas replicas = Replicas.in(server, "demo", options)) {
      MultiAzBucket bucket = replicas.bucket();
      bucket.write(KEY, ByteBuffer.allocate(1 << 20), WriteOptions.defaults()).join();
      Timeline timeline = new Timeline("64 KiB reads over three zones, two of them lost");
      read(bucket, timeline, seconds, "three zones");
      server.zone("usw2-az1").stop();
      read(bucket, timeline, seconds, "usw2-az1 is gone");
      server.zone("usw2-az3").inject(Fault.blackHole().always());
      read(bucket, timeline, seconds, "usw2-az3 is silent, too");
      server.zone("usw2-az1").start();
      server.zone("usw2-az3").clearFaults();
      read(bucket, timeline, seconds, "both are back");
      bucket.zones().forEach(System.out::println);
      timeline.writeTo(out);
      System.out.println("drawn in " + out.toAbsolutePath());
    }
  }

  /** Reads begin when they should, whether or not the ones before are answered. */
  private static void read(MultiAzBucket bucket, Timeline timeline, int seconds, String phase) {
    Timeline.Phase running = timeline.begin(phase);
    long begin = System.nanoTime();
    int reads = seconds * READS_PER_SECOND;
    for (int i = 0; i < reads; i++) {
      long intended = begin + i * TimeUnit.SECONDS.toNanos(1) / READS_PER_SECOND;
      while (intended - System.nanoTime() > 0) {
        LockSupport.parkNanos(intended - System.nanoTime());
      }
      bucket
          .read(KEY, ByteRange.of((i % 16) << 16, 64 << 10))
          .whenComplete(
              (slice, failure) -> {
                running.ended(intended, System.nanoTime(), failure);
                if (slice != null) {
                  slice.close();
                }
              });
    }
    System.out.println(running.await(reads));
  }
}
