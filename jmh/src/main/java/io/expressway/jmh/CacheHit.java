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
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.s3.analyticsaccelerator.S3SeekableInputStream;
import software.amazon.s3.analyticsaccelerator.S3SeekableInputStreamConfiguration;
import software.amazon.s3.analyticsaccelerator.S3SeekableInputStreamFactory;
import software.amazon.s3.analyticsaccelerator.S3SyncSdkObjectClient;
import software.amazon.s3.analyticsaccelerator.common.ConnectorConfiguration;
import software.amazon.s3.analyticsaccelerator.util.OpenStreamInformation;
import software.amazon.s3.analyticsaccelerator.util.S3URI;

/**
 * What it costs to read what is in memory, from the call to the closed slice, beside what a map and
 * Caffeine take to find one entry of as many, and beside the Analytics Accelerator reading from its
 * own memory. {@code jmh/run hits} runs it with {@code -prof gc} on one thread and on two: a score
 * is the time of one hit on one thread, so equal scores mean that two threads do twice the work.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CacheHit {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int OBJECT_BYTES = 16 << 20;
  private static final int OBJECTS = 8;
  private static final String BUCKET = "demo--usw2-az1--x-s3";

  private static ZonalServer newServer(String[] keys) {
    ZonalServer server = ZonalServer.builder().zones("usw2-az1").bucket("demo").start();
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "data/part-" + i;
      server.zone("usw2-az1").putObject(BUCKET, keys[i], new byte[OBJECT_BYTES]);
    }
    return server;
  }

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
      server = newServer(keys);
      memory = BlockCache.offHeap(192L << 20, BLOCK_BYTES);
      bucket =
          new CachedBucket(
              memory,
              ExpressBucket.open(
                  BUCKET,
                  Credentials.of(server.accessKeyId(), server.secretAccessKey()),
                  ExpressOptions.defaults().endpoint(server.zone("usw2-az1").hostEndpoint())),
              CacheOptions.defaults()
                  .freshness(
                      "immutable".equals(freshness)
                          ? Freshness.immutable()
                          : Freshness.within(Duration.ofDays(1))));
      for (String key : keys) {
        bucket.read(key, ByteRange.all()).join().close();
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
      if (memory.stats().evictions() > 0) {
        throw new IllegalStateException("not everything was in memory all the time");
      }
      bucket.close();
      memory.close();
      server.close();
    }
  }

  /** The accelerator, with the same objects in its memory, which is the heap. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class Accelerated {
    private static final Duration KEPT = Duration.ofHours(1);

    /** Bytes of one read. */
    @Param({"4096", "65536", "1048576"})
    public int bytes;

    private ZonalServer server;
    private S3Client client;
    private S3SeekableInputStreamFactory factory;
    private final String[] keys = new String[OBJECTS];

    /** Opens it with defaults, but that what it has is kept for longer than the run. */
    @Setup
    public void open() {
      server = newServer(keys);
      client =
          S3Client.builder()
              .httpClientBuilder(UrlConnectionHttpClient.builder())
              .region(Region.of(server.region()))
              .endpointOverride(server.zones().get(0).endpoint())
              .forcePathStyle(true)
              .disableS3ExpressSessionAuth(true)
              .credentialsProvider(
                  StaticCredentialsProvider.create(
                      AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
              .build();
      factory =
          new S3SeekableInputStreamFactory(
              new S3SyncSdkObjectClient(client),
              S3SeekableInputStreamConfiguration.fromConfiguration(
                  new ConnectorConfiguration(
                      Map.of("physicalio.cache.timeout", String.valueOf(KEPT.toMillis())))));
    }

    /** Closes. */
    @TearDown
    public void close() throws IOException {
      factory.close();
      client.close();
      server.close();
    }
  }

  /** One thread's streams over the accelerator's objects, all read once. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class Streams {
    private final S3SeekableInputStream[] streams = new S3SeekableInputStream[OBJECTS];
    private byte[] target;

    /** Fills the accelerator's memory. */
    @Setup
    public void open(Accelerated accelerated) throws IOException {
      target = new byte[accelerated.bytes];
      for (int i = 0; i < OBJECTS; i++) {
        streams[i] =
            accelerated.factory.createStream(
                S3URI.of(BUCKET, accelerated.keys[i]), OpenStreamInformation.ofDefaults());
        for (int at = 0; at < OBJECT_BYTES; at += target.length) {
          fill(streams[i], at, target);
        }
      }
    }

    private static void fill(S3SeekableInputStream stream, long from, byte[] target)
        throws IOException {
      stream.seek(from);
      for (int at = 0; at < target.length; ) {
        int count = stream.read(target, at, target.length - at);
        if (count < 0) {
          throw new EOFException("the object ended");
        }
        at += count;
      }
    }

    /** Closes. */
    @TearDown
    public void close() throws IOException {
      for (S3SeekableInputStream stream : streams) {
        stream.close();
      }
    }
  }

  /** What a hit must not do. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class Counted {
    /** Requests that the server saw. */
    public long roundTrips;

    /** Reads that were not complete when the call returned, or went to another thread. */
    public long handOffs;

    /** How often the reading thread gave up its core; a garbage collection makes it. */
    public long coreGivenUp;

    private CoreGivenUp core;
    private long coreBefore;
    private long tripsBefore;

    /** Begins to count. */
    @Setup(Level.Iteration)
    public void begin(Cached cached) {
      core = new CoreGivenUp();
      tripsBefore = cached.server.roundTrips().total();
      handOffs = 0;
      coreBefore = core.times();
    }

    /** Takes what was counted. */
    @TearDown(Level.Iteration)
    public void end(Cached cached) throws IOException {
      coreGivenUp = core.times() - coreBefore;
      roundTrips = cached.server.roundTrips().total() - tripsBefore;
      core.close();
    }
  }

  /** Where a caller wants the bytes who cannot use them where they lie. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // made before each run
  public static class Target {
    private ByteBuffer bytes;

    /** Makes room. */
    @Setup
    public void make(Cached cached) {
      bytes = ByteBuffer.wrap(new byte[cached.bytes]);
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
        keys[i] = "data/part-" + i;
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
  public long expressway(Cached cached, Walk walk, Counted counted) {
    CompletableFuture<Slice> hit = read(cached, walk);
    if (!hit.isDone()) {
      counted.handOffs++;
    }
    try (Slice slice = hit.join()) {
      return slice.length();
    }
  }

  /** The same, and the bytes copied to an array of the caller's, as the accelerator does. */
  @Benchmark
  public long expresswayCopied(Cached cached, Walk walk, Target target) {
    try (Slice slice = read(cached, walk).join()) {
      slice.copyTo(target.bytes.clear());
      return slice.length();
    }
  }

  static CompletableFuture<Slice> read(Cached cached, Walk walk) {
    int next = walk.next();
    String key = cached.keys[next & (OBJECTS - 1)];
    ByteRange range = cached.ranges[(next >>> 3) & (cached.ranges.length - 1)];
    return cached.bucket.read(key, range);
  }

  /** The accelerator's hit: bytes copied from its memory. */
  @Benchmark
  public long aal(Accelerated accelerated, Streams streams, Walk walk) throws IOException {
    int next = walk.next();
    int ranges = OBJECT_BYTES / streams.target.length;
    long from = (long) ((next >>> 3) & (ranges - 1)) * streams.target.length;
    Streams.fill(streams.streams[next & (OBJECTS - 1)], from, streams.target);
    return streams.target.length;
  }

  /** Caffeine's own look-up. */
  @Benchmark
  public @Nullable Object caffeine(Maps maps, Walk walk) {
    return caffeineGet(maps, walk);
  }

  /** A concurrent map's look-up. */
  @Benchmark
  public @Nullable Object map(Maps maps, Walk walk) {
    return mapGet(maps, walk);
  }

  static @Nullable String caffeineGet(Maps maps, Walk walk) {
    return maps.caffeine.getIfPresent(maps.keys[walk.next() & 1023]);
  }

  static @Nullable String mapGet(Maps maps, Walk walk) {
    return maps.map.get(maps.keys[walk.next() & 1023]);
  }
}
