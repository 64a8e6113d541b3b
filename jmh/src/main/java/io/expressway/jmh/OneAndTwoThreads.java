package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A benchmark that was run on one thread and on two, with {@code -prof gc}. Immutable. */
final class OneAndTwoThreads {
  private static final String HEAP = "gc.alloc.rate.norm";

  private final List<String> rows;
  private final Map<String, JmhRun> one;
  private final Map<String, JmhRun> two;

  /**
   * Reads JMH's JSON of both.
   *
   * @param rows the benchmark methods, in the order in which they are told
   */
  OneAndTwoThreads(Class<?> suite, List<String> rows, Path one, Path two) throws IOException {
    this.rows = rows;
    this.one = runs(suite, one);
    this.two = runs(suite, two);
  }

  private static Map<String, JmhRun> runs(Class<?> suite, Path json) throws IOException {
    Map<String, JmhRun> runs = new TreeMap<>();
    JmhRun.of(suite, Files.readString(json)).forEach(run -> runs.put(run.method(), run));
    return runs;
  }

  private JmhRun run(String row, int threads) {
    Map<String, JmhRun> runs = threads == 1 ? one : two;
    JmhRun run = runs.get(row);
    if (run == null) {
      throw new IllegalArgumentException("no " + row + " among " + runs.keySet());
    }
    return run;
  }

  /** Of one operation on one thread. */
  double nanos(String row, int threads) {
    return run(row, threads).score();
  }

  /** Allocated for one operation. */
  double bytes(String row, int threads) {
    return run(row, threads).score(HEAP);
  }

  /** The more of both. */
  double mostBytes(String row) {
    return Math.max(bytes(row, 1), bytes(row, 2));
  }

  /** The work of two threads over that of one. */
  double speedUp(String row) {
    return 2 * nanos(row, 1) / nanos(row, 2);
  }

  /** As Markdown; {@code what} is the first column's title. */
  String table(String what) {
    StringBuilder text = new StringBuilder("| " + what + " | ns, 1 thread | ns, 2 threads ");
    text.append("| speed-up | B, 1 thread | B, 2 threads |\n|---|---|---|---|---|---|\n");
    for (String row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %.2f | %.2f | %.3f | %.3f |%n",
              row,
              nanos(row, 1),
              nanos(row, 2),
              speedUp(row),
              bytes(row, 1),
              bytes(row, 2)));
    }
    return text.toString();
  }

  /** The same as JSON. */
  String json(String what) {
    return rows.stream()
        .flatMap(row -> Stream.of(json(what, row, 1), json(what, row, 2)))
        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private String json(String what, String row, int threads) {
    return String.format(
        Locale.ROOT,
        "{\"%s\":\"%s\",\"threads\":%d,\"nanos\":%.3f,\"heapBytes\":%.3f}",
        what,
        row,
        threads,
        nanos(row, threads),
        bytes(row, threads));
  }
}
