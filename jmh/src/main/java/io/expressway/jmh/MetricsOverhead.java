package io.expressway.jmh;

import io.expressway.BucketMetrics;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.Operation;
import io.expressway.RequestTimers;
import io.expressway.Slice;
import io.expressway.internal.http.Traffic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;

/**
 * What it costs a ranged GET of 4 KiB to be counted, which it always is, and to be timed, shown and
 * recorded: two buckets of the same server take turns, one as it is opened, the other with {@link
 * RequestTimers}, with its meters bound, and with its JFR events recorded. The recording runs all
 * the time: starting one is not what a request pays.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.MetricsOverhead --rounds 15 --millis 5000
 * </pre>
 */
public final class MetricsOverhead {
  private static final int BYTES = 4 << 10;
  private static final int WARM_ROUNDS = 2; // on one core the optimizing compiler takes 20 s

  /** So many short ones make a turn, so that both meet what lasts longer; their median counts. */
  private static final int STRETCHES = 100;

  private static final int COUNTS = 2_000_000;
  private static final double MOST_OFF = 1;
  private static final double MOST_ON = 3;
  private static final List<String> EVENTS =
      List.of("io.expressway.Request", "io.expressway.Retry", "io.expressway.Connect");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Traffic traffic = new Traffic();
  private final Recording recording = new Recording();
  private final long turnNanos;
  private final List<Double> counting = new ArrayList<>();
  private final List<Double> off = new ArrayList<>();
  private final List<Double> on = new ArrayList<>();
  private double sink;

  private MetricsOverhead(int millis) {
    this.turnNanos = TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Measures, prints the table and writes it. */
  public static void main(String[] args) throws Exception {
    Arguments arguments = Arguments.parse(Set.of("rounds", "millis", "out"), args);
    MetricsOverhead overhead = new MetricsOverhead(arguments.number("millis", 5_000));
    try (ServerProcess server =
        ServerProcess.start(ZoneProcesses.onCoreOf(0), PatternServer.class, "0", "0", "0")) {
      overhead.run(server.address(), arguments.number("rounds", 15));
    }
    overhead.report(Files.createDirectories(Path.of(arguments.text("out", "."))));
  }

  private void run(ServerAddress server, int rounds) {
    ExpressOptions options = ExpressOptions.defaults().endpoint(server.endpoint());
    try (ExpressBucket bare = open(server, options);
        ExpressBucket metered =
            open(server, options.listener(new RequestTimers(registry, List.of())))) {
      new BucketMetrics(metered, List.of()).bindTo(registry);
      recording.start();
      for (int round = -WARM_ROUNDS; round < rounds; round++) {
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        for (int i = 0; i < 2 * STRETCHES; i++) {
          if (i % 4 == 0 || i % 4 == 3) { // who was last is first
            without.add(plain(bare));
          } else {
            with.add(recorded(metered));
          }
        }
        scrape();
        double counted = countNanos();
        if (round >= 0) {
          off.add(Rounds.median(without));
          on.add(Rounds.median(with));
          counting.add(counted);
        }
      }
    }
  }

  private static ExpressBucket open(ServerAddress server, ExpressOptions options) {
    return ExpressBucket.open(
        server.bucket(), Credentials.of(server.accessKeyId(), server.secretAccessKey()), options);
  }

  /** One turn as the bucket was opened: microseconds a read. */
  private double plain(ExpressBucket bucket) {
    EVENTS.forEach(recording::disable);
    return micros(bucket);
  }

  /** One turn with everything on. */
  private double recorded(ExpressBucket bucket) {
    EVENTS.forEach(recording::enable);
    return micros(bucket);
  }

  /** What was switched before settles, uncounted, for a quarter more. */
  private double micros(ExpressBucket bucket) {
    double unused = micros(bucket, turnNanos / STRETCHES / 4);
    return micros(bucket, turnNanos / STRETCHES);
  }

  private double micros(ExpressBucket bucket, long nanos) {
    long begun = System.nanoTime();
    int reads = 0;
    long now;
    do {
      try (Slice slice = bucket.read(ServerAddress.KEY, ByteRange.of(0, BYTES)).join()) {
        sink += slice.length();
      }
      reads++;
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
    List<Double> counted = Rounds.paired(counting, off, (nanos, micros) -> nanos / 10 / micros);
    List<Double> more = Rounds.paired(on, off, (with, without) -> 100 * (with / without - 1));
    String about = "a ranged GET of 4 KiB";
    List<Verdict> verdicts =
        List.of(
            Verdict.ofRounds(
                about, "counted, no meter bound", "< 1 %", "%", counted, p -> p < MOST_OFF),
            Verdict.ofRounds(
                about, "timed, shown and recorded", "< 3 %", "%", more, p -> p < MOST_ON));
    String text =
        "# What metrics cost\n\n"
            + JmhRounds.environment("jmh/run metrics")
            + format(
                "One reader on loopback, %d rounds, in each a hundred turns of %d ms with and as many without,"
                    + " of which the medians count. As it is opened a bucket counts"
                    + " its requests and bytes: %.0f ns of a read of %.1f µs, measured by itself."
                    + " With a timer for every answer, its meters bound and its three"
                    + " JFR events recorded a read takes %.1f µs.%n%n",
                off.size(),
                TimeUnit.NANOSECONDS.toMillis(turnNanos / STRETCHES),
                Rounds.median(counting),
                Rounds.median(off),
                Rounds.median(on))
            + Verdict.table("reads", verdicts);
    Report.publish(out, "metrics-overhead", text, json(), verdicts);
    System.exit(Verdict.noneFails(verdicts) ? 0 : 1);
  }

  private String json() {
    return format(
        "{\"countNanos\":%s,%n\"offMicros\":%s,%n\"onMicros\":%s}%n",
        Rounds.json(counting), Rounds.json(off), Rounds.json(on));
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
