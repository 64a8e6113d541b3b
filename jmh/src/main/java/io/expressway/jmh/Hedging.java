package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.session.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Reads at a fixed rate from zones that answer one request in a hundred 100 ms late, with hedges
 * and without, in turns; then from zones that are all slow.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.Hedging
 *   --rounds 9 --seconds 12 --rate 400 --out docs/benchmarks
 * </pre>
 *
 * <p>{@code --model service} reads 64 KiB over two zones whose late answers take 20 to 100 ms,
 * which is what the service is taken to do; the default is harder, and tells hedges apart better.
 *
 * <p>The oracle knows what every request will take: it takes the lesser of the primary's delay and
 * the hedge's, as late as hedges are, of the delays that the server logged. It knows of no pause of
 * a process: what is held against it leaves out reads that met one.
 */
public final class Hedging {
  private static final double BYTES_PER_MILLISECOND = 80_000;
  private static final int ORACLE_DRAWS = 20;
  private static final int WARM_READS = 8_000;
  private static final int WARM_AT_ONCE = 16;

  /** The budget lets a second's worth go before all is known to be slow. */
  private static final int SLOW_SECONDS = 20;

  /** So that what is under way while everything is slow finds a connection each. */
  private static final int SLOW_RATE = 100;

  /**
   * What is read, of what.
   *
   * @param zones how many there are
   * @param bytes of a read
   * @param model how late they are
   * @param name of the report
   */
  record Setting(int zones, int bytes, ZoneProcesses.Model model, String name) {
    static final Setting HARD = new Setting(3, 4 << 10, ZoneProcesses.Model.HARD, "hedging");
    static final Setting SERVICE =
        new Setting(2, 64 << 10, ZoneProcesses.Model.EXPRESS, "hedging-service");
  }

  private final Setting setting;
  private final int rate;
  private final int rounds;
  private final int seconds;
  private final ZoneProcesses zones;
  private final Sessions sessions;
  private final Pauses pauses = Pauses.watch();

  private Hedging(Setting setting, Arguments arguments, ZoneProcesses zones) {
    this.setting = setting;
    this.rate = arguments.number("rate", 400);
    this.rounds = arguments.number("rounds", 9);
    this.seconds = arguments.number("seconds", 12);
    this.zones = zones;
    this.sessions = zones.sessions();
  }

  /** Measures, prints the report and writes it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Arguments arguments =
        Arguments.parse(Set.of("rounds", "seconds", "rate", "model", "out"), args);
    Setting setting =
        arguments.text("model", "").equals("service") ? Setting.SERVICE : Setting.HARD;
    HedgingReport report;
    try (ZoneProcesses zones = new ZoneProcesses(setting.zones, setting.model)) {
      report = new Hedging(setting, arguments, zones).run();
    }
    Path out = Files.createDirectories(Path.of(arguments.text("out", ".")));
    Files.writeString(out.resolve(setting.name + ".md"), report.markdown());
    Files.writeString(out.resolve(setting.name + ".json"), report.json());
    Verdict.save(out, setting.name, report.verdicts());
    System.out.print(report.markdown());
    System.exit(report.holds() ? 0 : 1);
  }

  private HedgingReport run() throws InterruptedException {
    HedgingReport report = new HedgingReport(setting, rate, rounds * seconds);
    try (MultiAzBucket hedged = MultiAzBucket.of(MultiAzOptions.defaults(), zones.open(sessions));
        MultiAzBucket plain =
            MultiAzBucket.of(MultiAzOptions.defaults().hedgeBudget(0), zones.open(sessions))) {
      for (MultiAzBucket warmed : List.of(plain, hedged)) {
        warmUp(warmed);
        loop(warmed, seconds).run();
      }
      for (int round = 0; round < rounds; round++) {
        turn(report, plain, hedged);
      }
      if (setting.equals(Setting.HARD)) {
        allSlow(report, hedged);
      }
    }
    sessions.close();
    return report;
  }

  /** The compiler's time: at the measured rate it would take minutes. */
  private void warmUp(MultiAzBucket bucket) {
    ClosedLoop.run(() -> read(bucket), WARM_AT_ONCE, WARM_READS);
  }

  private CompletableFuture<?> read(Bucket bucket) {
    return bucket
        .read(ServerAddress.KEY, ByteRange.of(0, setting.bytes))
        .thenAccept(slice -> slice.close());
  }

  private OpenLoop loop(Bucket bucket, int howLong) {
    return loop(bucket, rate, howLong);
  }

  private OpenLoop loop(Bucket bucket, int perSecond, int howLong) {
    return new OpenLoop(() -> read(bucket), perSecond, howLong);
  }

  private void turn(HedgingReport report, MultiAzBucket plain, MultiAzBucket hedged)
      throws InterruptedException {
    zones.forget(pauses); // what a zone remembers it also collects, and all share a core
    OpenLoop without = loop(plain, seconds);
    without.run();
    report.without(without, zones.pauses(pauses));
    zones.forget(pauses);
    long before = zones.reads();
    OpenLoop with = loop(hedged, seconds);
    with.run();
    double hedgeMillis = hedged.zones().get(0).hedgeDelay().toNanos() / 1e6;
    System.err.println(hedged.zones());
    report.with(
        with, zones.pauses(pauses), zones.reads() - before, hedgeMillis, oracle(hedgeMillis));
  }

  /** What the same requests would have taken, in milliseconds, had each been hedged in time. */
  private double[] oracle(double hedgeMillis) {
    double[] delays =
        Stream.of(zones.ask(0, "delays").split(",", -1))
            .mapToDouble(micros -> Double.parseDouble(micros) / 1e3)
            .toArray();
    double bodyMillis = setting.bytes / BYTES_PER_MILLISECOND;
    SplittableRandom random = new SplittableRandom(1);
    double[] best = new double[delays.length * ORACLE_DRAWS];
    for (int i = 0; i < best.length; i++) {
      double other = delays[random.nextInt(delays.length)];
      best[i] = Math.min(delays[i % delays.length], hedgeMillis + other) + bodyMillis;
    }
    Arrays.sort(best);
    return best;
  }

  private void allSlow(HedgingReport report, MultiAzBucket hedged) throws InterruptedException {
    for (int zone = 0; zone < zones.count(); zone++) {
      String unused = zones.ask(zone, "slow");
    }
    long before = zones.reads();
    OpenLoop slow = loop(hedged, Math.min(rate, SLOW_RATE), SLOW_SECONDS);
    slow.run();
    report.allSlow(slow, zones.reads() - before);
  }
}
