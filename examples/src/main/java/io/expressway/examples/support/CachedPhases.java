package io.expressway.examples.support;

import io.expressway.Bucket;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CacheStats;
import io.expressway.cache.CachedBucket;
import io.expressway.cache.DiskOptions;
import io.expressway.cache.ObjectReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/** Reads one object through a cache: cold, then warm, then from disk, as after a restart. */
public final class CachedPhases {
  private static final long MEMORY_BYTES = 192L << 20;
  private static final long DISK_BYTES = 512L << 20;
  private static final long FREE_BYTES = 64L << 20;

  /** Half of the memory is the most that is worth keeping of one object. */
  private static final long MOST_BYTES = 64L << 20;

  private static final int PIECE_BYTES = 256 << 10;
  private static final int BAR = 40;

  private final Supplier<Bucket> buckets;
  private final String key;
  private final Traffic traffic;
  private double longestMillis;
  private long crc;

  /**
   * Reads the object at {@code key}.
   *
   * @param buckets opens the bucket; each is closed when its phase is over
   */
  public CachedPhases(Supplier<Bucket> buckets, String key, Traffic traffic) {
    this.buckets = buckets;
    this.key = key;
    this.traffic = traffic;
  }

  public void run() throws Exception {
    System.out.printf("%nthe file read in order, through a cache of memory and disk%n");
    System.out.printf("%-9s %9s %9s %12s  from%n", "", "ms", "MB/s", "round trips");
    try (TemporaryDirectory directory = TemporaryDirectory.named("expressway-quickstart")) {
      try (BlockCache memory = open(directory.path());
          CachedBucket bucket = new CachedBucket(memory, buckets.get())) {
        phase("cold", memory, bucket);
        phase("warm", memory, bucket);
      }
      try (BlockCache memory = open(directory.path());
          CachedBucket bucket = new CachedBucket(memory, buckets.get())) {
        phase("restarted", memory, bucket);
      }
    }
  }

  private static BlockCache open(Path directory) {
    return BlockCache.tiered(
        MEMORY_BYTES, DiskOptions.in(directory, DISK_BYTES).freeBytes(FREE_BYTES));
  }

  private void phase(String name, BlockCache memory, CachedBucket bucket) throws IOException {
    CacheStats before = memory.stats();
    Traffic.Count trafficBefore = traffic.now();
    long begin = System.nanoTime();
    long bytes = 0;
    CRC32C sum = new CRC32C();
    try (ObjectReader reader = ObjectReader.open(bucket, key)) {
      ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
      while (bytes < MOST_BYTES && reader.read(piece.clear()) > 0) {
        bytes += piece.flip().remaining();
        sum.update(piece);
      }
    }
    double millis = (System.nanoTime() - begin) / 1e6;
    check(sum.getValue());
    show(name, bytes, millis, memory.stats().since(before), trafficBefore);
  }

  /** The first phase tells what all others must read. */
  private void check(long sum) {
    if (crc == 0) {
      crc = sum;
    } else if (crc != sum) {
      throw new IllegalStateException("the cache gave other bytes than the bucket");
    }
  }

  private void show(
      String name, long bytes, double millis, CacheStats stats, Traffic.Count trafficBefore) {
    String from =
        stats.diskHits() > 0 ? "disk" : stats.fetchedBytes() > 0 ? "the bucket" : "memory";
    longestMillis = Math.max(longestMillis, millis);
    System.out.printf(
        "%-9s %9.1f %9.0f %12d  %-10s %s%n",
        name,
        millis,
        bytes / millis / 1e3,
        traffic.now().since(trafficBefore).roundTrips(),
        from,
        "█".repeat((int) Math.max(1, millis / longestMillis * BAR)));
  }
}
