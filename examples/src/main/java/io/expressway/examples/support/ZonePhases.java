package io.expressway.examples.support;

import io.expressway.ByteRange;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzStats;
import java.nio.ByteBuffer;
import java.util.Random;
import org.HdrHistogram.Histogram;

/** Writes objects to all zones and reads them, the last of three times without the primary. */
public final class ZonePhases {
  private static final int OBJECTS = 16;
  private static final int OBJECT_BYTES = 256 << 10;
  private static final int READ_BYTES = 64 << 10;
  private static final String PREFIX = "expressway-quickstart/copies/";
  private final MultiAzBucket bucket;
  private final int reads;
  private final Random random = new Random(11);

  public ZonePhases(MultiAzBucket bucket, int reads) {
    this.bucket = bucket;
    this.reads = reads;
  }

  /**
   * Shows a line for each phase.
   *
   * @param losePrimary called in the middle of the second phase
   * @param bringBack called before the third
   */
  public void run(Runnable losePrimary, Runnable bringBack) {
    System.out.printf(
        "%n64 KiB reads over three zones, %d objects written to a quorum of them%n", OBJECTS);
    System.out.printf(
        "%-24s %6s %7s %9s %9s %10s %7s%n",
        "", "reads", "failed", "p50 ms", "p99 ms", "failovers", "hedges");
    write();
    phase("all zones", () -> {});
    phase("primary lost half-way", losePrimary);
    bringBack.run();
    phase("primary back", () -> {});
  }

  private void write() {
    for (int i = 0; i < OBJECTS; i++) {
      byte[] content = new byte[OBJECT_BYTES];
      new Random(i).nextBytes(content);
      bucket.write(PREFIX + i, ByteBuffer.wrap(content), WriteOptions.defaults()).join();
    }
  }

  private void phase(String name, Runnable halfWay) {
    Histogram micros = new Histogram(3);
    MultiAzStats before = bucket.stats();
    int failed = 0;
    for (int i = 0; i < reads; i++) {
      if (i == reads / 2) {
        halfWay.run();
      }
      long begin = System.nanoTime();
      long offset = random.nextInt(OBJECT_BYTES - READ_BYTES);
      ByteRange range = ByteRange.of(offset, READ_BYTES);
      try (Slice slice = bucket.read(PREFIX + random.nextInt(OBJECTS), range).join()) {
        micros.recordValue((System.nanoTime() - begin) / 1_000);
        if (slice.length() != READ_BYTES) {
          throw new IllegalStateException("a read brought " + slice.length() + " bytes");
        }
      } catch (java.util.concurrent.CompletionException e) {
        failed++;
      }
    }
    MultiAzStats after = bucket.stats();
    System.out.printf(
        "%-24s %6d %7d %9.2f %9.2f %10d %7d%n",
        name,
        reads,
        failed,
        micros.getValueAtPercentile(50) / 1e3,
        micros.getValueAtPercentile(99) / 1e3,
        after.failovers() - before.failovers(),
        after.hedgesFired() - before.hedgesFired());
  }
}
