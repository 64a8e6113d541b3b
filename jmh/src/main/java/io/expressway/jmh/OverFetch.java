package io.expressway.jmh;

import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CacheStats;
import io.expressway.cache.CachedBucket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How many bytes a cache fetches for those it was asked for: reads at random places of an object of
 * 1 GiB, with nothing in memory each time.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.OverFetch --reads 2000 --out docs/benchmarks
 * </pre>
 *
 * <p>Exits with 1 when reads of 256 KiB fetch more than 1.1 times what they asked for, or need more
 * than one request each.
 */
public final class OverFetch {
  private static final Set<String> KNOWN = Set.of("reads", "out");
  private static final int OBJECT_BYTES = 1 << 30;
  private static final int CACHE_BYTES = 64 << 20;
  private static final int BARRED_BYTES = 256 << 10;
  private static final double MOST = 1.1;

  /** Where reads begin, as multiples of so many bytes. */
  private enum Places {
    ANYWHERE("at any byte", 1),
    PAGES("at multiples of 4 KiB", 4 << 10),
    BLOCKS("at multiples of 256 KiB", 256 << 10);

    private final String title;
    private final int step;

    Places(String title, int step) {
      this.title = title;
      this.step = step;
    }
  }

  private record Row(Places places, int bytes, long reads, long gets, long fetched, long sent) {
    double fetchedRatio() {
      return (double) fetched / bytes / reads;
    }

    double sentRatio() {
      return (double) sent / bytes / reads;
    }

    boolean passed() {
      return gets == reads && (bytes < BARRED_BYTES || sentRatio() <= MOST);
    }
  }

  private final int reads;
  private final Random random = new Random(1);
  private final List<Row> rows = new ArrayList<>();

  private OverFetch(int reads) {
    this.reads = reads;
  }

  /** Counts, prints the table and writes it. */
  public static void main(String[] args) throws IOException {
    Arguments arguments = Arguments.parse(KNOWN, args);
    OverFetch counted = new OverFetch(arguments.number("reads", 2_000));
    try (ServerProcess server =
            ServerProcess.start(PatternServer.class, "0", "1", String.valueOf(OBJECT_BYTES));
        BlockCache memory = BlockCache.offHeap(CACHE_BYTES);
        CachedBucket bucket = open(server.address(), memory)) {
      for (int bytes : new int[] {4 << 10, 64 << 10, 256 << 10, 1 << 20}) {
        for (Places places : Places.values()) {
          counted.rows.add(counted.count(server, memory, bucket, places, bytes));
        }
      }
    }
    Path out = Files.createDirectories(Path.of(arguments.text("out", ".")));
    Files.writeString(out.resolve("over-fetch.md"), counted.markdown());
    Files.writeString(out.resolve("over-fetch.json"), counted.json());
    Verdict.save(out, "over-fetch", counted.verdicts());
    System.out.print(counted.markdown());
    System.exit(counted.rows.stream().allMatch(Row::passed) ? 0 : 1);
  }

  private static CachedBucket open(ServerAddress server, BlockCache memory) {
    return new CachedBucket(
        memory,
        ExpressBucket.open(
            server.bucket(),
            Credentials.of(server.accessKeyId(), server.secretAccessKey()),
            ExpressOptions.defaults().endpoint(server.endpoint())));
  }

  private Row count(
      ServerProcess server, BlockCache memory, CachedBucket bucket, Places places, int bytes) {
    String[] before = server.ask("count").split(" ", -1);
    CacheStats begun = memory.stats();
    for (int i = 0; i < reads; i++) {
      int place = random.nextInt((OBJECT_BYTES - bytes) / places.step + 1) * places.step;
      bucket.read(PatternServer.key(0), ByteRange.of(place, bytes)).join().close();
      memory.clear();
    }
    String[] after = server.ask("count").split(" ", -1);
    return new Row(
        places,
        bytes,
        reads,
        Long.parseLong(after[0]) - Long.parseLong(before[0]),
        memory.stats().since(begun).fetchedBytes(),
        Long.parseLong(after[2]) - Long.parseLong(before[2]));
  }

  private List<Verdict> verdicts() {
    double most =
        rows.stream()
            .filter(row -> row.bytes == BARRED_BYTES)
            .mapToDouble(Row::sentRatio)
            .max()
            .orElseThrow();
    return List.of(
        Verdict.of(
            "256 KiB at random places of 1 GiB",
            "bytes sent for each byte asked for",
            "≤ 1.10",
            String.format(Locale.ROOT, "%.3f", most),
            rows.stream().allMatch(Row::passed)));
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# Bytes fetched for bytes asked for\n\n");
    text.append(JmhRounds.environment("jmh/cache fetched"));
    text.append(
        String.format(
            Locale.ROOT,
            "%d reads of each kind at random places of 1 GiB, blocks of 256 KiB, nothing in memory"
                + " before each. Fetched is what the cache asked for; sent is what left the server,"
                + " heads included.%n%n",
            reads));
    text.append("| bytes | places | GETs a read | fetched ÷ asked | sent ÷ asked |\n");
    text.append("|---|---|---|---|---|\n");
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %d KiB | %s | %.3f | %.4f | %.4f |%n",
              row.bytes >> 10,
              row.places.title,
              (double) row.gets / row.reads,
              row.fetchedRatio(),
              row.sentRatio()));
    }
    return text.toString();
  }

  private String json() {
    return rows.stream()
        .map(
            row ->
                String.format(
                    Locale.ROOT,
                    "{\"bytes\":%d,\"multiplesOf\":%d,\"reads\":%d,\"gets\":%d,"
                        + "\"fetchedBytes\":%d,\"sentBytes\":%d}",
                    row.bytes,
                    row.places.step,
                    row.reads,
                    row.gets,
                    row.fetched,
                    row.sent))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }
}
