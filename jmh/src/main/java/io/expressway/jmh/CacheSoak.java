package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.WriteOptions;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CachedBucket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Small random reads, scans, vectored reads, prefetches, pins and rewrites at once, through caches
 * of 64, 128 and 512 MiB and one that holds everything, by turns: does memory stay within the
 * limit, does every reader get on, are all bytes right, and what does the limit cost?
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.CacheSoak
 *   --rounds 6 --warm-up-seconds 5 --slice-seconds 20 --window-seconds 4 --reader-megabytes 25
 *   --rewrite-millis 500 --out docs/benchmarks
 * </pre>
 *
 * <p>Exits with 1 when a bar is missed; see {@link CacheSoakReport#passed}.
 */
public final class CacheSoak {
  private static final Set<String> KNOWN =
      Set.of(
          "rounds",
          "warm-up-seconds",
          "slice-seconds",
          "window-seconds",
          "reader-megabytes",
          "rewrite-millis",
          "out");
  static final int OBJECTS = 64;
  static final int OBJECT_BYTES = 8 << 20;
  private static final int HEAP_OBJECTS = 16;
  private static final int REWRITTEN_OBJECTS = 16;
  private static final int MEBIBYTE = 1 << 20;
  private static final int MOST_LOOKS = 500;
  private static final long LOOK_NANOS = 10_000_000;

  /** In MiB; the last holds everything, what is being rewritten included. */
  static final List<Integer> LIMITS = List.of(64, 128, 512, 896);

  /** A half of the readers are the most common kind. */
  private static final List<SoakReader.Way> READERS =
      List.of(
          SoakReader.Way.RANDOM,
          SoakReader.Way.RANDOM,
          SoakReader.Way.RANDOM,
          SoakReader.Way.SCAN,
          SoakReader.Way.VECTORED,
          SoakReader.Way.PREFETCH,
          SoakReader.Way.PIN);

  private final Arguments arguments;
  private final SoakContent content = new SoakContent(OBJECTS, OBJECT_BYTES);
  private final ByteBuffer body = ByteBuffer.allocateDirect(OBJECT_BYTES);
  private final Random random = new Random(1);
  private long seed;

  private CacheSoak(Arguments arguments) {
    this.arguments = arguments;
  }

  /** Runs all slices, prints the report and writes it. */
  public static void main(String[] args) throws IOException {
    Arguments arguments = Arguments.parse(KNOWN, args);
    CacheSoakReport report = new CacheSoak(arguments).run();
    Path out = Files.createDirectories(Path.of(arguments.text("out", ".")));
    Files.writeString(out.resolve("cache-soak.md"), report.markdown());
    Files.writeString(out.resolve("cache-soak.json"), report.json());
    Verdict.save(out, "cache-soak", report.verdicts());
    System.out.print(report.markdown());
    report.failures().forEach(System.out::println);
    System.exit(report.passed() ? 0 : 1);
  }

  private CacheSoakReport run() throws IOException {
    List<SoakSlice> slices = new ArrayList<>();
    HeapPerBlock heap;
    try (ServerProcess server = ServerProcess.start(PatternServer.class, "0", "0", "0");
        Bucket bucket = open(server.address())) {
      for (int i = 0; i < OBJECTS; i++) {
        write(bucket, i);
      }
      heap = HeapPerBlock.measure(bucket, HEAP_OBJECTS, OBJECT_BYTES);
      for (int round = 0; round < arguments.number("rounds", 6); round++) {
        for (int i = 0; i < LIMITS.size(); i++) {
          int at = round % 2 == 0 ? i : LIMITS.size() - 1 - i;
          slices.add(slice(bucket, LIMITS.get(at)));
        }
      }
    }
    return new CacheSoakReport(
        new CacheSoakReport.Setting(
            arguments.number("rounds", 6),
            arguments.number("slice-seconds", 20),
            arguments.number("window-seconds", 4),
            arguments.fraction("reader-megabytes", 25),
            READERS.size()),
        heap,
        slices);
  }

  private static ExpressBucket open(ServerAddress server) {
    return ExpressBucket.open(
        server.bucket(),
        Credentials.of(server.accessKeyId(), server.secretAccessKey()),
        ExpressOptions.defaults().endpoint(server.endpoint()));
  }

  private void write(Bucket bucket, int object) {
    ByteBuffer next = content.next(object, body);
    bucket.write(SoakContent.key(object), next, WriteOptions.defaults()).join();
    content.written(object);
  }

  private SoakSlice slice(Bucket bucket, int limitMiB) {
    SoakMemory memory = SoakMemory.settled();
    BlockCache cache = BlockCache.offHeap((long) limitMiB * MEBIBYTE);
    CachedBucket cached = new CachedBucket(cache, bucket);
    memory.watch(cache);
    List<SoakReader> readers = new ArrayList<>();
    for (SoakReader.Way way : READERS) {
      double rate = arguments.fraction("reader-megabytes", 25) * 1e6;
      readers.add(new SoakReader(way, cached, content, ++seed, rate));
    }
    SoakSlice slice = new SoakSlice(limitMiB, readers, memory);
    try {
      for (int i = OBJECTS - 1; i >= 0; i--) {
        cached.prefetch(SoakContent.key(i), List.of(ByteRange.all())).join();
      }
      readers.forEach(Thread::start);
      int window = arguments.number("window-seconds", 4);
      int warmUp = arguments.number("warm-up-seconds", 5);
      rewriteFor(cached, warmUp);
      slice.begin(cache.stats());
      for (int s = 0; s < arguments.number("slice-seconds", 20); s += window) {
        rewriteFor(cached, window);
        slice.windowEnds();
      }
      slice.end(cache.stats());
    } finally {
      readers.forEach(SoakReader::halt);
      readers.forEach(CacheSoak::join);
      empty(cache);
      slice.over(cache.stats());
      cache.close();
    }
    return slice;
  }

  /** Fetches that nobody waits for any more go on to their end, and have memory until then. */
  private static void empty(BlockCache cache) {
    for (int i = 0; i < MOST_LOOKS; i++) {
      cache.clear();
      if (cache.stats().usedBytes() <= cache.blockBytes()) {
        return;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Rewrites one of the less read objects now and then. */
  private void rewriteFor(CachedBucket bucket, int seconds) {
    long step = arguments.number("rewrite-millis", 500) * 1_000_000L;
    long until = System.nanoTime() + seconds * 1_000_000_000L;
    for (long next = System.nanoTime(); next < until; next += step) {
      write(bucket, OBJECTS - 1 - random.nextInt(REWRITTEN_OBJECTS));
      for (long now = System.nanoTime(); now < Math.min(next + step, until); ) {
        LockSupport.parkNanos(Math.min(next + step, until) - now);
        now = System.nanoTime();
      }
    }
  }
}
