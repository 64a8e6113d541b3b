package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.Slice;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CachedBucket;
import io.expressway.cache.DiskOptions;
import io.expressway.cache.ObjectReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether reading an object from its beginning to its end is ever slower for being cached: from
 * memory, from disk and from both, beside the same reads of the bucket itself, by turns in one
 * process, of a service that answers at once and of one that takes 5 ms.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.CachedSequential
 *   --rounds 15 --directory /tmp --out docs/benchmarks
 * </pre>
 *
 * <p>Exits with 1 when what is cached took longer than what is not, in the median round.
 */
public final class CachedSequential {
  private static final Set<String> KNOWN = Set.of("rounds", "directory", "out");
  private static final int OBJECT_BYTES = 64 << 20;
  private static final int PIECE_BYTES = 128 << 10;
  private static final int SLICE_BYTES = 1 << 20;
  private static final int MOST_FILLS = 200;
  private static final long SETTLE_NANOS = 20_000_000;

  /** Where the object is. */
  private enum Kept {
    NOWHERE("nowhere: the bucket itself", 0),
    COLD("nowhere: the cache fills", 160 << 20),
    MEMORY("memory", 160 << 20),
    MIXED("memory and disk", 44 << 20),
    DISK("disk", 12 << 20);

    private final String title;
    private final int memoryBytes;

    Kept(String title, int memoryBytes) {
      this.title = title;
      this.memoryBytes = memoryBytes;
    }

    boolean isOnDisk() {
      return this == DISK || this == MIXED;
    }

    boolean isBarred() {
      return this == MEMORY || isOnDisk();
    }
  }

  /** How it is read. */
  private enum Way {
    READER("ObjectReader, 128 KiB at a time"),
    SLICES("slices of 1 MiB, one after the other");

    private final String title;

    Way(String title) {
      this.title = title;
    }
  }

  private record Row(int latencyMillis, Way way, Kept kept) {}

  /** A bucket, cached or not. */
  private record Opened(Bucket bucket, @Nullable BlockCache memory) {}

  private final int rounds;
  private final Map<Row, List<Double>> millis =
      new TreeMap<>(
          Comparator.comparing(Row::latencyMillis)
              .thenComparing(Row::way)
              .thenComparing(Row::kept));

  /** The most requests of one pass over what is cached. */
  private final Map<Row, Long> requests = new HashMap<>();

  private final byte[] piece = new byte[PIECE_BYTES];

  private CachedSequential(int rounds) {
    this.rounds = rounds;
  }

  /** Measures, prints the table and writes it. */
  public static void main(String[] args) throws IOException {
    Arguments arguments = Arguments.parse(KNOWN, args);
    CachedSequential measured = new CachedSequential(arguments.number("rounds", 15));
    Path directory =
        Files.createTempDirectory(
            Path.of(arguments.text("directory", System.getProperty("java.io.tmpdir"))),
            "sequential");
    try {
      measured.run(0, directory.resolve("0"));
      measured.run(5, directory.resolve("5"));
    } finally {
      delete(directory);
    }
    Path out = Files.createDirectories(Path.of(arguments.text("out", ".")));
    Files.writeString(out.resolve("cached-sequential.md"), measured.markdown());
    Files.writeString(out.resolve("cached-sequential.json"), measured.json());
    Verdict.save(out, "cached-sequential", measured.verdicts());
    System.out.print(measured.markdown());
    System.exit(measured.passed() ? 0 : 1);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void run(int latencyMillis, Path directory) throws IOException {
    Map<Kept, Opened> opened = new TreeMap<>();
    try (ServerProcess server =
        ServerProcess.start(
            PatternServer.class,
            String.valueOf(latencyMillis),
            "1",
            String.valueOf(OBJECT_BYTES))) {
      for (Kept kept : Kept.values()) {
        opened.put(kept, open(server.address(), kept, directory.resolve(kept.name())));
      }
      for (int round = -rounds / 3; round < rounds; round++) {
        for (Way way : Way.values()) {
          for (Map.Entry<Kept, Opened> each : opened.entrySet()) {
            double took = pass(latencyMillis, each.getKey(), each.getValue(), way);
            if (round >= 0) {
              Row row = new Row(latencyMillis, way, each.getKey());
              millis.computeIfAbsent(row, r -> new ArrayList<>()).add(took);
            }
          }
        }
      }
    } finally {
      for (Opened each : opened.values()) {
        close(each);
      }
    }
  }

  private static void close(Opened opened) {
    opened.bucket.close();
    if (opened.memory != null) {
      opened.memory.close();
    }
  }

  private Opened open(ServerAddress server, Kept kept, Path directory) throws IOException {
    ExpressBucket express =
        ExpressBucket.open(
            server.bucket(),
            Credentials.of(server.accessKeyId(), server.secretAccessKey()),
            ExpressOptions.defaults().endpoint(server.endpoint()));
    if (kept == Kept.NOWHERE) {
      return new Opened(express, null);
    }
    BlockCache memory =
        kept.isOnDisk()
            ? BlockCache.tiered(
                kept.memoryBytes, DiskOptions.in(directory, 8L * OBJECT_BYTES).freeBytes(0))
            : BlockCache.offHeap(kept.memoryBytes);
    CachedBucket bucket = new CachedBucket(memory, express);
    if (kept.isBarred()) {
      fill(memory, bucket);
    }
    return new Opened(bucket, memory);
  }

  /** Reads until nothing is fetched any more; the disk's writer skips what comes too quickly. */
  private static void fill(BlockCache memory, CachedBucket bucket) {
    long before = -1;
    for (int i = 0; i < MOST_FILLS && memory.stats().fetches() != before; i++) {
      before = memory.stats().fetches();
      for (int at = 0; at < OBJECT_BYTES; at += SLICE_BYTES) {
        long fetched = memory.stats().fetches();
        bucket.read(PatternServer.key(0), ByteRange.of(at, SLICE_BYTES)).join().close();
        if (memory.stats().fetches() > fetched) {
          LockSupport.parkNanos(SETTLE_NANOS); // the writer's turn
        }
      }
    }
  }

  private double pass(int latencyMillis, Kept kept, Opened opened, Way way) throws IOException {
    BlockCache memory = opened.memory;
    if (memory != null && kept == Kept.COLD) {
      memory.clear();
    }
    long asked = memory == null ? 0 : requests(memory);
    long start = System.nanoTime();
    long bytes = way == Way.READER ? byReader(opened.bucket) : bySlices(opened.bucket);
    double took = (System.nanoTime() - start) / 1e6;
    if (bytes != OBJECT_BYTES) {
      throw new IOException(bytes + " bytes of " + OBJECT_BYTES);
    }
    if (memory != null && kept.isBarred()) {
      requests.merge(
          new Row(latencyMillis, way, kept), requests(memory) - asked, (a, b) -> Math.max(a, b));
    }
    return took;
  }

  private static long requests(BlockCache memory) {
    return memory.stats().fetches() + memory.stats().around();
  }

  private long byReader(Bucket bucket) throws IOException {
    long bytes = 0;
    try (ObjectReader reader = ObjectReader.open(bucket, PatternServer.key(0))) {
      ByteBuffer target = ByteBuffer.wrap(piece);
      for (int count = reader.read(target); count >= 0; count = reader.read(target.clear())) {
        bytes += count;
      }
    }
    return bytes;
  }

  private static long bySlices(Bucket bucket) {
    long bytes = 0;
    for (int at = 0; at < OBJECT_BYTES; at += SLICE_BYTES) {
      ByteRange range = ByteRange.of(at, SLICE_BYTES);
      try (Slice slice = bucket.read(PatternServer.key(0), range).join()) {
        bytes += slice.length();
      }
    }
    return bytes;
  }

  // What is told.

  private List<Double> of(Row row) {
    return millis.getOrDefault(row, List.of());
  }

  /** Round by round; the median. */
  private double ratio(Row row) {
    return Rounds.median(ratios(row));
  }

  private List<Double> ratios(Row row) {
    return Rounds.ratios(of(row), of(new Row(row.latencyMillis, row.way, Kept.NOWHERE)));
  }

  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    for (Row row : millis.keySet()) {
      if (row.kept.isBarred()) {
        verdicts.add(
            Verdict.ofRounds(
                row.way.title + ", service " + row.latencyMillis + " ms",
                "time from " + row.kept.title + " beside uncached",
                "≤ 1 ×",
                "×",
                ratios(row),
                ratio -> ratio <= 1));
      }
    }
    return verdicts;
  }

  private boolean passed() {
    return millis.keySet().stream()
        .filter(row -> row.kept.isBarred())
        .allMatch(row -> ratio(row) <= 1 && requests.getOrDefault(row, 0L) == 0);
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# Reading from the beginning to the end, cached\n\n");
    text.append(JmhRounds.environment("jmh/cache sequential"));
    text.append(
        String.format(
            Locale.ROOT,
            "64 MiB, %d rounds in one process by turns; medians, and the ratio to the same reads of"
                + " the bucket itself, round by round. Memory and disk: 44 MiB of memory and the"
                + " rest on disk; disk: 12 MiB of memory. A part of what comes from disk is still"
                + " in memory then, as the policy chose. Requests: the most that one pass over what is"
                + " cached sent to the service.%n%n",
            rounds));
    text.append("| service | read by | the object is in | ms | ÷ uncached | requests |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (Row row : millis.keySet()) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %d ms | %s | %s | %.1f | %.2f | %s |%n",
              row.latencyMillis,
              row.way.title,
              row.kept.title,
              Rounds.median(of(row)),
              ratio(row),
              row.kept.isBarred() ? requests.getOrDefault(row, 0L) : ""));
    }
    return text.toString();
  }

  private String json() {
    return millis.entrySet().stream()
        .map(
            entry ->
                String.format(
                    Locale.ROOT,
                    "{\"latencyMillis\":%d,\"way\":\"%s\",\"kept\":\"%s\",\"millis\":%s}",
                    entry.getKey().latencyMillis,
                    entry.getKey().way,
                    entry.getKey().kept,
                    Rounds.json(entry.getValue())))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }
}
