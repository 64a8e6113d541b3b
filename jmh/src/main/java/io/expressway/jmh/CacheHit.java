package io.expressway.jmh;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.Slice;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CacheOptions;
import io.expressway.cache.CachedBucket;
import io.expressway.cache.Freshness;
import io.expressway.testkit.ZonalServer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What it costs to read what is in memory, from the call to the closed slice, beside what a map and
 * Caffeine take to find one entry of as many. Run it with {@code -prof gc} and {@code -t 1}, then
 * {@code -t 2}: a score is the time of one hit on one thread, so equal scores mean that two threads
 * do twice the work.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CacheHit {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int OBJECT_BYTES = 16 << 20;
  private static final int OBJECTS = 8;

  /** Eight objects of 16 MiB, all in memory, and the ranges to read. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class Cached {
    /** Bytes of one read. */
    @Param({"4096", "65536", "1048576"})
    public int bytes;

    /** Whether objects never change, or are believed for a minute: a look at the clock. */
    @Param({"immutable", "minute"})
    public String freshness = "";

    private ZonalServer server;
    private BlockCache memory;
    private CachedBucket bucket;
    private final String[] keys = new String[OBJECTS];
    private ByteRange[] ranges;

    /** Fills the cache. */
    @Setup
    public void open() {
      server = ZonalServer.builder().zones("usw2-az1").bucket("demo").start();
      memory = BlockCache.offHeap(192L << 20, BLOCK_BYTES);
      bucket =
          new CachedBucket(
              memory,
              ExpressBucket.open(
                  "demo--usw2-az1--x-s3",
                  Credentials.of(server.accessKeyId(), server.secretAccessKey()),
                  ExpressOptions.defaults().endpoint(server.zone("usw2-az1").hostEndpoint())),
              CacheOptions.defaults()
                  .freshness(
                      "immutable".equals(freshness)
                          ? Freshness.immutable()
                          : Freshness.within(Duration.ofDays(1))));
      for (int i = 0; i < OBJECTS; i++) {
        keys[i] = "data/part-" + i + ".parquet";
        server.zone("usw2-az1").putObject("demo--usw2-az1--x-s3", keys[i], new byte[OBJECT_BYTES]);
        bucket.read(keys[i], ByteRange.all()).join().close();
      }
      ranges = new ByteRange[OBJECT_BYTES / bytes];
      for (int i = 0; i < ranges.length; i++) {
        ranges[i] = ByteRange.of((long) i * bytes, bytes);
      }
    }

    /** Says how often it hit, and closes. */
    @TearDown
    public void close() {
      System.out.println(memory.stats());
      bucket.close();
      memory.close();
      server.close();
    }
  }

  /** What a hit cannot be quicker than: one look-up. */
  @State(Scope.Benchmark)
  public static class Maps {
    private final String[] keys = new String[1024];
    private final ConcurrentHashMap<String, String> map = new ConcurrentHashMap<>();
    private final Cache<String, String> caffeine =
        Caffeine.newBuilder().maximumSize(1024).executor(Runnable::run).build();

    /** As many entries as there are ranges of 16 KiB. */
    @Setup
    public void fill() {
      for (int i = 0; i < keys.length; i++) {
        keys[i] = "data/part-" + i + ".parquet";
        map.put(keys[i], keys[i]);
        caffeine.put(keys[i], keys[i]);
      }
    }
  }

  /** Where a thread is in its walk over the ranges. */
  @State(Scope.Thread)
  public static class Walk {
    private int at = ThreadLocalRandom.current().nextInt();

    int next() {
      at += 0x9E3779B9;
      return at >>> 8;
    }
  }

  /** Our hit: found, pinned, lent, closed. */
  @Benchmark
  public long expressway(Cached cached, Walk walk) {
    int next = walk.next();
    String key = cached.keys[next & (OBJECTS - 1)];
    ByteRange range = cached.ranges[(next >>> 3) & (cached.ranges.length - 1)];
    try (Slice slice = cached.bucket.read(key, range).join()) {
      return slice.length();
    }
  }

  /** Caffeine's own look-up. */
  @Benchmark
  public @Nullable Object caffeine(Maps maps, Walk walk) {
    return maps.caffeine.getIfPresent(maps.keys[walk.next() & 1023]);
  }

  /** A concurrent map's look-up. */
  @Benchmark
  public @Nullable Object map(Maps maps, Walk walk) {
    return maps.map.get(maps.keys[walk.next() & 1023]);
  }
}
