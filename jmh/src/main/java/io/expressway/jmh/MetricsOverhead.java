package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.BucketMetrics;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.Operation;
import io.expressway.RequestTimers;
import io.expressway.Slice;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CacheMetrics;
import io.expressway.cache.CachedBucket;
import io.expressway.internal.http.Traffic;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzMetrics;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.session.SessionMetrics;
import io.expressway.session.Sessions;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Recording;

/**
 * What it costs to be counted, which all is always, and to be timed, shown and recorded: a ranged
 * GET of 4 KiB from one bucket, and 4 KiB through all there is, sessions, two zones and a cache,
 * fetched and from memory. Two of each take turns, one as it is opened, the other with {@link
 * RequestTimers}, with all its meters bound, and with all JFR events recorded. The recording runs
 * all the time: starting one is not what a request pays.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.MetricsOverhead --rounds 15 --millis 3000
 * </pre>
 */
public final class MetricsOverhead {
  private static final int BYTES = 4 << 10;
  private static final ByteRange RANGE = ByteRange.of(0, BYTES);
  private static final int WARM_ROUNDS = 2; // on one core the optimizing compiler takes 20 s

  /** So many short ones make a turn, so that both meet what lasts longer; their median counts. */
  private static final int STRETCHES = 100;

  private static final int COUNTS = 2_000_000;
  private static final double MOST_OFF = 1;
  private static final double MOST_ON = 3;
  private static final long CACHE_BYTES = 64L << 20;
  private static final List<Tag> ALL = List.of(Tag.of("of", "all there is"));
  private static final List<String> ZONES = List.of("usw2-az1", "usw2-az3");
  private static final List<String> EVENTS =
      Stream.of(
              "Request",
              "Retry",
              "Connect",
              "CreateSession",
              "SessionEnd",
              "CacheFetch",
              "CacheStatistics",
              "SecondAttempt",
              "Zone")
          .map(name -> "io.expressway." + name)
          .toList();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Traffic traffic = new Traffic();
  private final Recording recording = new Recording();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final long turnNanos;
  private final List<Double> counting = new ArrayList<>();
  private final List<Sides> measured = new ArrayList<>();
  private double sink;

  private MetricsOverhead(int millis) {
    this.turnNanos = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /**
   * One way to read, as it is and with everything on.
   *
   * @param atOnce reads between two looks at the clock
   * @param off microseconds a read, round by round
   * @param on likewise
   */
  private record Sides(
      String about,
      Supplier<Slice> bare,
      Supplier<Slice> metered,
      int atOnce,
      List<Double> off,
      List<Double> on) {}

  /** Measures, prints the table and writes it. */
  public static void main(String[] args) throws Exception {
    Arguments arguments = Arguments.parse(Set.of("rounds", "millis", "out"), args);
    MetricsOverhead overhead = new MetricsOverhead(arguments.number("millis", 3_000));
    List<ServerAddress> zones = new ArrayList<>();
    for (String zone : ZONES) {
      ServerProcess server =
          ServerProcess.start(
              ZoneProcesses.onCoreOf(0), PatternServer.class, "0", "0", "0", "parquet", zone);
      overhead.opened.push(server);
      zones.add(server.address());
    }
    try {
      overhead.run(zones, arguments.number("rounds", 15));
    } finally {
      for (AutoCloseable each : overhead.opened) {
        each.close();
      }
    }
    overhead.report(Files.createDirectories(Path.of(arguments.text("out", "."))));
  }

  private void run(List<ServerAddress> zones, int rounds) {
    Credentials keys = Credentials.of(zones.get(0).accessKeyId(), zones.get(0).secretAccessKey());
    ExpressBucket alone = ExpressBucket.open(zones.get(0).bucket(), keys, options(zones.get(0)));
    ExpressBucket shown = ExpressBucket.open(zones.get(0).bucket(), keys, timed(zones.get(0)));
    opened.push(alone);
    opened.push(shown);
    new BucketMetrics(shown, List.of()).bindTo(registry);
    add("a ranged GET of 4 KiB", 1, () -> read(alone), () -> read(shown));
    CachedBucket stack = stack(zones, keys, false);
    CachedBucket shownStack = stack(zones, keys, true);
    add("4 KiB by all there is, fetched", 1, () -> fetched(stack), () -> fetched(shownStack));
    add("4 KiB by all there is, cached", 1_000, () -> read(stack), () -> read(shownStack));
    recording.start();
    for (int round = -WARM_ROUNDS; round < rounds; round++) {
      for (Sides sides : measured) {
        measure(sides, round >= 0);
      }
      scrape();
      double counted = countNanos();
      if (round >= 0) {
        counting.add(counted);
      }
    }
  }

  private void add(String about, int atOnce, Supplier<Slice> bare, Supplier<Slice> metered) {
    measured.add(new Sides(about, bare, metered, atOnce, new ArrayList<>(), new ArrayList<>()));
  }

  private static ExpressOptions options(ServerAddress server) {
    return ExpressOptions.defaults().endpoint(server.endpoint());
  }

  private ExpressOptions timed(ServerAddress server) {
    return options(server).listener(new RequestTimers(registry, List.of()));
  }

  /** Two zones by sessions of their own, behind a cache of its own. */
  private CachedBucket stack(List<ServerAddress> zones, Credentials keys, boolean isShown) {
    Sessions sessions = Sessions.over(keys);
    List<ExpressBucket> buckets = new ArrayList<>();
    for (ServerAddress zone : zones) {
      buckets.add(
          ExpressBucket.open(zone.bucket(), sessions, isShown ? timed(zone) : options(zone)));
    }
    MultiAzBucket set = MultiAzBucket.of(MultiAzOptions.defaults(), buckets);
    BlockCache memory = BlockCache.offHeap(CACHE_BYTES);
    CachedBucket stack = new CachedBucket(memory, set);
    opened.push(sessions);
    opened.push(memory);
    opened.push(stack);
    if (isShown) {
      buckets.forEach(each -> new BucketMetrics(each, ALL).bindTo(registry));
      new SessionMetrics(sessions, ALL).bindTo(registry);
      new MultiAzMetrics(set, ALL).bindTo(registry);
      new CacheMetrics(memory, ALL).bindTo(registry);
    }
    return stack;
  }

  private static Slice read(Bucket bucket) {
    return bucket.read(ServerAddress.KEY, RANGE).join();
  }

  private static Slice fetched(CachedBucket bucket) {
    bucket.evict(ServerAddress.KEY);
    return read(bucket);
  }

  private void measure(Sides sides, boolean counts) {
    List<Double> without = new ArrayList<>();
    List<Double> with = new ArrayList<>();
    for (int i = 0; i < 2 * STRETCHES; i++) {
      if (i % 4 == 0 || i % 4 == 3) { // who was last is first
        EVENTS.forEach(recording::disable);
        without.add(micros(sides.bare, sides.atOnce));
      } else {
        EVENTS.forEach(recording::enable);
        with.add(micros(sides.metered, sides.atOnce));
      }
    }
    if (counts) {
      sides.off.add(Rounds.median(without));
      sides.on.add(Rounds.median(with));
    }
  }

  /** What was switched before settles, uncounted, for a quarter more. */
  private double micros(Supplier<Slice> read, int atOnce) {
    double unused = micros(read, atOnce, turnNanos / STRETCHES / 4);
    return micros(read, atOnce, turnNanos / STRETCHES);
  }

  private double micros(Supplier<Slice> read, int atOnce, long nanos) {
    long begun = System.nanoTime();
    int reads = 0;
    long now;
    do {
      for (int i = 0; i < atOnce; i++) {
        try (Slice slice = read.get()) {
          sink += slice.length();
        }
      }
      reads += atOnce;
      now = System.nanoTime();
    } while (now - begun < nanos);
    return (now - begun) / 1e3 / reads;
  }

  private void scrape() {
    registry
        .getMeters()
        .forEach(meter -> meter.measure().forEach(measure -> sink += measure.getValue()));
  }

  /** What counting one request takes by itself. */
  private double countNanos() {
    long begun = System.nanoTime();
    for (int i = 0; i < COUNTS; i++) {
      traffic.sent(Operation.READ, 0);
      traffic.answered(Operation.READ, 206, BYTES, i);
    }
    return (double) (System.nanoTime() - begun) / COUNTS;
  }

  // What came of it.

  private void report(Path out) throws Exception {
    System.err.println("bytes read, and more: " + sink);
    List<Double> off = measured.get(0).off;
    List<Double> counted = Rounds.paired(counting, off, (nanos, micros) -> nanos / 10 / micros);
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(
        Verdict.ofRounds(
            measured.get(0).about,
            "counted, no meter bound",
            "< 1 %",
            "%",
            counted,
            p -> p < MOST_OFF));
    StringBuilder rows =
        new StringBuilder("| read | as it is | with everything on |\n|---|---|---|\n");
    for (Sides sides : measured) {
      List<Double> more =
          Rounds.paired(sides.on, sides.off, (with, without) -> 100 * (with / without - 1));
      verdicts.add(
          Verdict.ofRounds(
              sides.about, "timed, shown and recorded", "< 3 %", "%", more, p -> p < MOST_ON));
      rows.append(
          format(
              "| %s | %.3f µs | %.3f µs |%n",
              sides.about, Rounds.median(sides.off), Rounds.median(sides.on)));
    }
    String text =
        "# What metrics cost\n\n"
            + JmhRounds.environment("jmh/run metrics")
            + format(
                "One reader on loopback, %d rounds, in each a hundred turns of %d ms with and as many without,"
                    + " of which the medians count. As it is opened a bucket counts"
                    + " its requests and bytes: %.0f ns of a read of %.1f µs, measured by itself."
                    + " With everything on there are a timer for every answer, all meters bound and"
                    + " all %d JFR events recorded. All there is: sessions, two zones, and a cache.%n%n",
                off.size(),
                TimeUnit.NANOSECONDS.toMillis(turnNanos / STRETCHES),
                Rounds.median(counting),
                Rounds.median(off),
                EVENTS.size())
            + rows
            + "\n"
            + Verdict.table("reads", verdicts);
    Report.publish(out, "metrics-overhead", text, json(), verdicts);
    System.exit(Verdict.noneFails(verdicts) ? 0 : 1);
  }

  private String json() {
    String sides =
        measured.stream()
            .map(
                each ->
                    format(
                        "{\"read\":\"%s\",\"offMicros\":%s,\"onMicros\":%s}",
                        each.about, Rounds.json(each.off), Rounds.json(each.on)))
            .collect(Collectors.joining(",\n"));
    return format("{\"countNanos\":%s,%n\"reads\":[%s]}%n", Rounds.json(counting), sides);
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
