package io.expressway.examples;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CacheStats;
import io.expressway.cache.CachedBucket;
import io.expressway.cache.DiskOptions;
import io.expressway.examples.support.TemporaryDirectory;
import io.expressway.testkit.LatencyProfile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads an object in ranges through memory and disk: cold, warm, and after a restart. */
final class CachedReads {
  private static final String KEY = "expressway-examples/model.bin";
  private static final int RANGES = 64;
  private static final int RANGE_BYTES = 128 << 10;

  private CachedReads() {}

  static void run(Arguments arguments) throws Exception {
    try (TemporaryDirectory directory = TemporaryDirectory.named("expressway-cached-reads");
        Place place = Place.of(arguments, LatencyProfile.express())) {
      ByteBuffer model = ByteBuffer.allocate(RANGES * RANGE_BYTES);
      place.bucket().write(KEY, model, WriteOptions.defaults()).join();
      System.out.printf("%-9s %9s %9s %8s %6s%n", "", "ms", "requests", "memory", "disk");
      try (BlockCache cache = open(directory.path());
          CachedBucket bucket = new CachedBucket(cache, place.openAgain())) {
        read("cold", cache, bucket);
        read("warm", cache, bucket);
      } // the cache writes to disk what is not there yet
      try (BlockCache cache = open(directory.path());
          CachedBucket bucket = new CachedBucket(cache, place.openAgain())) {
        read("restarted", cache, bucket);
      }
      place.bucket().delete(KEY).join();
    }
  }

  private static BlockCache open(Path directory) {
    return BlockCache.tiered(32 << 20, DiskOptions.in(directory, 64 << 20).freeBytes(64 << 20));
  }

  private static void read(String phase, BlockCache cache, Bucket bucket) {
    CacheStats before = cache.stats();
    long begin = System.nanoTime();
    for (long i = 0; i < RANGES; i++) {
      try (Slice slice = bucket.read(KEY, ByteRange.of(i * RANGE_BYTES, RANGE_BYTES)).join()) {
        slice.buffers(); // views of the cache's own memory, until the slice is closed
      }
    }
    double millis = (System.nanoTime() - begin) / 1e6;
    CacheStats stats = cache.stats().since(before);
    System.out.printf(
        "%-9s %9.1f %9d %8d %6d%n",
        phase, millis, stats.fetches() + stats.revalidations(), stats.hits(), stats.diskHits());
  }
}
