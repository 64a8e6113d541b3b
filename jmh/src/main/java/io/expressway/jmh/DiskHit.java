package io.expressway.jmh;

import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.Slice;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CacheOptions;
import io.expressway.cache.CacheStats;
import io.expressway.cache.CachedBucket;
import io.expressway.cache.DiskOptions;
import io.expressway.cache.Freshness;
import io.expressway.testkit.ZonalServer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * What it costs to read 256 KiB that memory let go and disk kept, beside a positional read of the
 * same bytes from a file and their CRC32C. Both files are in the system's page cache; both sides
 * read into as many buffers in turn. Batches of either alternate in one process.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.DiskHit
 *   --rounds 60 --reads 100 --directory /tmp --out docs/benchmarks
 * </pre>
 *
 * <p>Exits with 1 when the median read takes more than 1.5 times as long, or when the server was
 * asked for anything.
 */
public final class DiskHit {
  private static final Set<String> KNOWN = Set.of("rounds", "reads", "directory", "out");
  private static final String BUCKET = "demo--usw2-az1--x-s3";
  private static final String KEY = "data/part-0";
  private static final int BLOCK_BYTES = 256 << 10;
  private static final int BLOCKS = 512;
  private static final int MEMORY_BLOCKS = 16;
  private static final double MOST_OF_A_READ = 1.5;
  private static final long A_MILLISECOND = 1_000_000;
  private static final long NO_DISK_HIT = -1;

  private final int rounds;
  private final int reads;
  private final Random random = new Random(1);
  private final List<Round> measured = new ArrayList<>();

  /** One read of a block; how many nanoseconds it took, or {@link #NO_DISK_HIT}. */
  private interface Side {
    long read(int block) throws IOException;
  }

  /** Medians of one round, in nanoseconds. */
  private record Round(long joined, long chained, long floor) {}

  private DiskHit(Arguments arguments) {
    this.rounds = arguments.number("rounds", 60);
    this.reads = arguments.number("reads", 100);
  }

  /** Measures, prints the report and writes it. */
  public static void main(String[] args) throws IOException {
    Arguments arguments = Arguments.parse(KNOWN, args);
    DiskHit hit = new DiskHit(arguments);
    Path directory =
        Files.createTempDirectory(
            Path.of(arguments.text("directory", System.getProperty("java.io.tmpdir"))), "disk-hit");
    boolean quiet;
    try {
      quiet = hit.run(directory);
    } finally {
      delete(directory);
    }
    Path out = Files.createDirectories(Path.of(arguments.text("out", ".")));
    Files.writeString(out.resolve("disk-hit.md"), hit.markdown());
    Files.writeString(out.resolve("disk-hit.json"), hit.json());
    Verdict.save(out, "disk-hit", hit.verdicts(quiet));
    System.out.print(hit.markdown());
    if (!quiet) {
      System.out.println("the server was asked for bytes that should have been on disk");
    }
    System.exit(quiet && hit.ratio(Round::joined) <= MOST_OF_A_READ ? 0 : 1);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private boolean run(Path directory) throws IOException {
    byte[] content = new byte[BLOCKS * BLOCK_BYTES];
    random.nextBytes(content);
    Path file = Files.write(directory.resolve("floor"), content);
    DiskOptions disk = DiskOptions.in(directory.resolve("cache"), 4L * content.length);
    try (ZonalServer server = ZonalServer.builder().zones("usw2-az1").bucket("demo").start();
        BlockCache memory =
            BlockCache.tiered((long) MEMORY_BLOCKS * BLOCK_BYTES, disk.freeBytes(0));
        CachedBucket bucket =
            new CachedBucket(
                memory,
                ExpressBucket.open(
                    BUCKET,
                    Credentials.of(server.accessKeyId(), server.secretAccessKey()),
                    ExpressOptions.defaults().endpoint(server.zone("usw2-az1").hostEndpoint())),
                CacheOptions.defaults().freshness(Freshness.immutable()));
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      server.zone("usw2-az1").putObject(BUCKET, KEY, content);
      fill(memory, bucket);
      CacheStats before = memory.stats();
      Side floor = floor(channel);
      for (int i = -rounds / 3; i < rounds; i++) {
        Round round =
            new Round(
                median(fromDisk(memory, block -> joined(bucket, block))),
                median(fromDisk(memory, block -> chained(bucket, block))),
                median(floor));
        if (i >= 0) {
          measured.add(round);
        }
      }
      CacheStats since = memory.stats().since(before);
      System.out.println(since);
      return since.fetches() == 0 && since.around() == 0;
    }
  }

  /** Reads everything until everything is on disk; the writer skips what comes too quickly. */
  private static void fill(BlockCache memory, CachedBucket bucket) {
    long fetched;
    do {
      fetched = memory.stats().fetches();
      for (int block = 0; block < BLOCKS; block++) {
        long written = memory.stats().diskWrites() + memory.stats().diskSkips();
        boolean isNew = memory.stats().fetches() > fetched;
        bucket.read(KEY, range(block)).join().close();
        for (int i = 0; isNew && i < 100; i++) {
          if (memory.stats().diskWrites() + memory.stats().diskSkips() > written) {
            break;
          }
          LockSupport.parkNanos(A_MILLISECOND / 10);
        }
      }
    } while (memory.stats().fetches() > fetched);
  }

  private static ByteRange range(int block) {
    return ByteRange.of((long) block * BLOCK_BYTES, BLOCK_BYTES);
  }

  /** What was in memory after all does not count. */
  private static Side fromDisk(BlockCache memory, Side side) {
    return block -> {
      long before = memory.stats().diskHits();
      long took = side.read(block);
      return memory.stats().diskHits() == before ? NO_DISK_HIT : took;
    };
  }

  /** The caller waits for the bytes. */
  private static long joined(CachedBucket bucket, int block) {
    long start = System.nanoTime();
    bucket.read(KEY, range(block)).join().close();
    return System.nanoTime() - start;
  }

  /** The bytes are handed to what the caller chained, on whatever thread; the caller is free. */
  private static long chained(CachedBucket bucket, int block) {
    long start = System.nanoTime();
    CompletableFuture<Slice> read = bucket.read(KEY, range(block));
    CompletableFuture<Long> handed =
        read.thenApply(
            slice -> {
              slice.close();
              return System.nanoTime();
            });
    while (!handed.isDone()) {
      Thread.onSpinWait();
    }
    return handed.join() - start;
  }

  /** What it cannot be quicker than. */
  private static Side floor(FileChannel channel) {
    ByteBuffer[] buffers = new ByteBuffer[MEMORY_BLOCKS];
    Arrays.setAll(buffers, i -> ByteBuffer.allocateDirect(BLOCK_BYTES));
    CRC32C crc = new CRC32C();
    int[] next = new int[1];
    return block -> {
      long start = System.nanoTime();
      ByteBuffer target = buffers[next[0]++ % MEMORY_BLOCKS].clear();
      while (target.hasRemaining()) {
        if (channel.read(target, (long) block * BLOCK_BYTES + target.position()) < 0) {
          throw new EOFException("the file ended");
        }
      }
      crc.reset();
      crc.update(target.flip());
      return crc.getValue() < 0 ? NO_DISK_HIT : System.nanoTime() - start;
    };
  }

  private long median(Side side) throws IOException {
    long[] nanos = new long[reads];
    for (int i = 0; i < reads; ) {
      long took = side.read(random.nextInt(BLOCKS));
      if (took != NO_DISK_HIT) {
        nanos[i++] = took;
      }
    }
    Arrays.sort(nanos);
    return nanos[reads / 2];
  }

  // What is told.

  private List<Verdict> verdicts(boolean quiet) {
    return List.of(
        Verdict.ofRounds(
            "256 KiB from disk",
            "time beside a positional read and CRC32C",
            "≤ 1.5 ×",
            "×",
            ratios(Round::joined),
            ratio -> ratio <= MOST_OF_A_READ),
        Verdict.of(
            "256 KiB from disk", "requests to the service", "0", quiet ? "0" : "some", quiet));
  }

  /** Of the medians of each round. */
  private List<Double> ratios(ToLongFunction<Round> side) {
    return measured.stream()
        .map(round -> (double) side.applyAsLong(round) / round.floor)
        .sorted()
        .toList();
  }

  private double ratio(ToLongFunction<Round> side) {
    return ratios(side).get(measured.size() / 2);
  }

  private double micros(ToLongFunction<Round> side) {
    long[] sorted = measured.stream().mapToLong(side).sorted().toArray();
    return sorted[sorted.length / 2] / 1e3;
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# A hit on disk\n\n");
    text.append(JmhRounds.environment("jmh/cache disk"));
    text.append(
        String.format(
            Locale.ROOT,
            "256 KiB of 128 MiB that disk keeps and the system's page cache holds, at random, with"
                + " room for %d blocks in memory; %d rounds of %d reads each, in one process, the"
                + " sides by turns. Medians of the rounds' medians, the ratio round by round."
                + " Waited for: the caller joins the future. Chained: until the bytes are with the"
                + " caller's function.%n%n",
            MEMORY_BLOCKS,
            rounds,
            reads));
    text.append("| read | µs | × the floor |\n|---|---|---|\n");
    row(text, "positional read and CRC32C, the floor", Round::floor);
    row(text, "expressway, waited for", Round::joined);
    row(text, "expressway, chained", Round::chained);
    return text.toString();
  }

  private void row(StringBuilder text, String title, ToLongFunction<Round> side) {
    text.append(
        String.format(Locale.ROOT, "| %s | %.1f | %.2f |%n", title, micros(side), ratio(side)));
  }

  private String json() {
    return measured.stream()
        .map(
            round ->
                String.format(
                    Locale.ROOT,
                    "{\"floorNanos\":%d,\"joinedNanos\":%d,\"chainedNanos\":%d}",
                    round.floor,
                    round.joined,
                    round.chained))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }
}
