package io.expressway.spark.cluster;

import io.expressway.testkit.ZonalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Runs {@link ReadCosts} against a server in this process and writes what it measured. Arguments: a
 * SPARK_HOME with hadoop-aws, the bundle, the job's jar, a directory to work in, rounds, a
 * directory for {@code spark.md} and {@code spark.json}.
 */
public final class S3aComparison {
  /** One turn; heap and CPU are of a read, collections of the turn. */
  private record Turn(long readsPerSecond, long heapBytes, long gcMillis, long cpuMicros) {
    static Turn of(String[] words) {
      return new Turn(
          Long.parseLong(words[3]),
          Long.parseLong(words[4]),
          Long.parseLong(words[5]),
          Long.parseLong(words[6]));
    }
  }

  private S3aComparison() {}

  /** Measures and writes. */
  public static void main(String[] args) throws Exception {
    try (ZonalServer server = ClusterRun.server()) {
      List<String> told = new HadoopCluster(server, args).run(ReadCosts.class, args[4]);
      write(turns(told), args[4], Path.of(args[5]));
    }
  }

  /** By client and size, as {@code s3a 4}. */
  private static Map<String, List<Turn>> turns(List<String> told) {
    Map<String, List<Turn>> turns = new TreeMap<>();
    for (String line : told) {
      String[] words = line.split(" ", -1);
      if (words.length == 7 && words[0].equals("cost")) {
        turns
            .computeIfAbsent(words[1] + " " + words[2], unused -> new ArrayList<>())
            .add(Turn.of(words));
      }
    }
    return turns;
  }

  private static void write(Map<String, List<Turn>> turns, String rounds, Path out)
      throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
            # What reads in a Spark task cost

            `spark/run s3a` on %s %s, %d cores, JDK %s, Spark 4.2.0 with hadoop-aws 3.5.0. One executor of
            one core in a process of its own, the server in another; each turn 2,000 reads of random ranges
            of 1,000 objects, the clients in turns, median of %s rounds after ten to warm up. Heap is what all threads of the
            executor allocated, GC its collectors' time in a turn. `RangeReads` has 16 ranges in flight and
            reads the bytes where they lie; `express_read` and S3A read one at a time into an array. S3A is
            told the length, so that it asks no HEAD, and that reads are random; it signs with IAM, without
            sessions. CPU is that of the executor's process, all threads: a core for a task is Spark's word, and
            nothing is pinned, so that event loops and collectors run on the other core. Rounds one by one
            in `spark.json`.

            | read | client | reads/s and core | least to most | CPU per read, µs | heap per read, B | GC, ms |
            |---|---|---|---|---|---|---|
            """,
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version"),
            rounds));
    Map<String, String> names =
        Map.of("ranges", "`RangeReads`", "one", "`express_read`'s way", "s3a", "S3A");
    for (int kib : JobObjects.KIBS) {
      for (String client : List.of("ranges", "one", "s3a")) {
        List<Turn> all = turns.getOrDefault(client + " " + kib, List.of());
        text.append(
            String.format(
                Locale.ROOT,
                "| %d KiB | %s | %d | %d to %d | %d | %d | %d |%n",
                kib,
                names.get(client),
                median(all.stream().map(Turn::readsPerSecond).toList()),
                all.stream().mapToLong(Turn::readsPerSecond).min().orElseThrow(),
                all.stream().mapToLong(Turn::readsPerSecond).max().orElseThrow(),
                median(all.stream().map(Turn::cpuMicros).toList()),
                median(all.stream().map(Turn::heapBytes).toList()),
                median(all.stream().map(Turn::gcMillis).toList())));
      }
    }
    Files.createDirectories(out);
    Files.writeString(out.resolve("spark.md"), text);
    Files.writeString(out.resolve("spark.json"), json(turns));
    System.out.print(text);
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private static String json(Map<String, List<Turn>> turns) {
    return turns.entrySet().stream()
        .map(
            each ->
                "{\"client\":\""
                    + each.getKey().split(" ", -1)[0]
                    + "\",\"kib\":"
                    + each.getKey().split(" ", -1)[1]
                    + ",\"readsPerSecond\":"
                    + each.getValue().stream().map(Turn::readsPerSecond).toList()
                    + ",\"heapBytesPerRead\":"
                    + each.getValue().stream().map(Turn::heapBytes).toList()
                    + ",\"gcMillis\":"
                    + each.getValue().stream().map(Turn::gcMillis).toList()
                    + ",\"cpuMicrosPerRead\":"
                    + each.getValue().stream().map(Turn::cpuMicros).toList()
                    + "}")
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }
}
