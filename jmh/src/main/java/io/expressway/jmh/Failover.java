package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzListener;
import io.expressway.multiaz.MultiAzOptions;
import io.expressway.multiaz.ZoneStatus;
import io.expressway.session.Sessions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Loses zones in every way under a steady load of reads: does a read fail, how late do reads come,
 * and do they go back to the primary? Three zones in three processes, this one the client.
 */
final class Failover implements AutoCloseable {
  static final int READ_BYTES = 64 << 10;
  static final int RATE = 300;
  static final int PEER_RATE = 100;
  private static final int OBJECT_BYTES = 1 << 20;
  private static final int LONGEST_SECONDS = 120;

  /** Longer than the SDK waits for bytes, 30 s; a read that it repeats even then has no answer. */
  private static final int PEER_PATIENCE_SECONDS = 35;

  /** Reads count as back on the primary when it answers as many of them, for half a second. */
  private static final double BACK_SHARE = 0.9;

  private static final long BACK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final boolean isQuick;
  private final int rounds;
  private final List<Trouble> troubles;
  private final Episode.Timing timing;
  private final ZoneProcesses zones;
  private final List<Served> served = new ArrayList<>();
  private final Sessions sessions;
  private final MultiAzBucket bucket;
  private final LongAdder downs = new LongAdder();
  private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();
  private final FailoverReport report;

  private Failover(boolean isQuick, Arguments arguments) throws IOException {
    this.isQuick = isQuick;
    this.rounds = arguments.number("rounds", isQuick ? 1 : 3);
    this.troubles = troubles(arguments.text("only", ""));
    this.timing =
        isQuick
            ? new Episode.Timing(800, 1_500, 3_000, 30_000)
            : new Episode.Timing(2_000, 5_000, 10_000, 30_000);
    this.zones = new ZoneProcesses(ZoneProcesses.IDS.size(), ZoneProcesses.Model.STEADY);
    this.sessions = zones.sessions();
    this.bucket = MultiAzBucket.of(options(), open());
    this.report = new FailoverReport(isQuick);
  }

  /** Runs it, prints what was found and writes it; false when a claim does not hold. */
  static boolean run(String... args) throws IOException, InterruptedException {
    List<String> rest = new ArrayList<>(List.of(args));
    boolean isQuick = rest.remove("--quick");
    Arguments arguments =
        Arguments.parse(Set.of("out", "rounds", "only"), rest.toArray(new String[0]));
    try (Failover claim = new Failover(isQuick, arguments)) {
      claim.baseline();
      claim.zonesGo();
      claim.peers();
      claim.report.write(
          Files.createDirectories(
              Path.of(arguments.text("out", isQuick ? "jmh/target" : "docs/benchmarks"))));
      return claim.report.holds();
    }
  }

  private MultiAzOptions options() {
    MultiAzOptions options =
        MultiAzOptions.defaults()
            .listener(
                new MultiAzListener() {
                  @Override
                  public void onZoneDown(String zone, String why) {
                    downs.increment();
                  }
                });
    return isQuick ? options.failBackOver(Duration.ofSeconds(1)) : options;
  }

  private List<Bucket> open() {
    List<Bucket> open = new ArrayList<>();
    for (int zone = 0; zone < zones.count(); zone++) {
      ServerAddress address = zones.address(zone);
      Served counts = new Served(System.nanoTime());
      served.add(counts);
      open.add(
          ExpressBucket.open(
              address.bucket(),
              sessions,
              ExpressOptions.defaults().endpoint(address.endpoint()).listener(counts)));
    }
    sessions.warmUp(open.toArray(new Bucket[0])).join();
    return open;
  }

  private OpenLoop loop(long seconds) {
    return new OpenLoop(this::read, RATE, seconds);
  }

  /** Into lent memory and into one's own, in turns. */
  private CompletableFuture<?> read() {
    int draw = ThreadLocalRandom.current().nextInt(OBJECT_BYTES / READ_BYTES * 2);
    ByteRange range = ByteRange.of((long) (draw / 2) * READ_BYTES, READ_BYTES);
    if (draw % 2 == 0) {
      return bucket.read(ServerAddress.KEY, range).thenAccept(slice -> slice.close());
    }
    ByteBuffer kept = buffers.poll();
    ByteBuffer target = kept == null ? ByteBuffer.allocateDirect(READ_BYTES) : kept.clear();
    CompletableFuture<ObjectInfo> read =
        bucket.readInto(ReadRequest.of(ServerAddress.KEY, range), target);
    return read.whenComplete((info, failure) -> buffers.add(target));
  }

  private void baseline() throws InterruptedException {
    loop(isQuick ? 3 : 15).run(); // the compiler's time
    awaitHealth();
    long before = zones.reads();
    OpenLoop loop = loop(isQuick ? 3 : 10);
    loop.run();
    report.healthy(loop, zones.reads() - before, hedgeMillis());
  }

  private double hedgeMillis() {
    return bucket.zones().get(0).hedgeDelay().toNanos() / 1e6;
  }

  private static List<Trouble> troubles(String names) {
    if (names.isEmpty()) {
      return List.of(Trouble.values());
    }
    List<Trouble> named = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      named.add(Trouble.valueOf(name.toUpperCase(Locale.ROOT)));
    }
    return named;
  }

  private void zonesGo() throws IOException, InterruptedException {
    for (Trouble trouble : troubles) {
      zonesGo(trouble, zonesHit(trouble));
    }
    for (Trouble trouble : troubles) {
      if (trouble != Trouble.PAUSED) {
        zonesGo(trouble, 2);
      }
    }
  }

  private static int zonesHit(Trouble trouble) {
    return trouble == Trouble.PAUSED ? 0 : 1;
  }

  private void zonesGo(Trouble trouble, int count) throws IOException, InterruptedException {
    List<FailoverReport.Round> seen = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      awaitHealth();
      Episode episode = new Episode(trouble, count, timing);
      OpenLoop loop = loop(LONGEST_SECONDS);
      long downsBefore = downs.sum();
      double hedgeMillis = hedgeMillis();
      double inTurnMillis =
          bucket.zones().stream()
              .limit(count)
              .mapToDouble(zone -> zone.hedgeDelay().toNanos() / 1e6)
              .sum();
      episode.run(zones, List.of(loop), LONGEST_SECONDS, () -> isBack(episode.ended()));
      seen.add(
          new FailoverReport.Round(
              episode, loop, hedgeMillis, inTurnMillis, downs.sum() - downsBefore));
    }
    report.ours(seen);
  }

  private boolean isBack(long ended) {
    long now = System.nanoTime();
    if (now - ended < BACK_NANOS) {
      return false;
    }
    long primary = served.get(0).between(now - BACK_NANOS, now);
    long all = served.stream().mapToLong(zone -> zone.between(now - BACK_NANOS, now)).sum();
    return all > 0 && primary >= BACK_SHARE * all;
  }

  private void awaitHealth() throws InterruptedException {
    long patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timing.patience());
    while (bucket.zones().stream().anyMatch(zone -> zone.health() != ZoneStatus.Health.UP)
        && System.nanoTime() - patience < 0) {
      bucket.read(ServerAddress.KEY, ByteRange.of(0, READ_BYTES)).join().close();
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  /** Each trouble once, in one zone. */
  private void peers() throws IOException, InterruptedException {
    for (Trouble trouble : troubles) {
      if (!isQuick || trouble == Trouble.SILENT) {
        try (SdkFailover sdk = new SdkFailover(zones)) {
          peersMeet(trouble, sdk);
        }
      }
    }
  }

  private void peersMeet(Trouble trouble, SdkFailover sdk)
      throws IOException, InterruptedException {
    for (int i = 0; i < PEER_RATE; i++) {
      sdk.primaryOnly(READ_BYTES).join();
      sdk.oneAfterAnother(READ_BYTES).join();
    }
    Episode episode = new Episode(trouble, zonesHit(trouble), timing);
    OpenLoop alone = new OpenLoop(() -> sdk.primaryOnly(READ_BYTES), PEER_RATE, LONGEST_SECONDS);
    OpenLoop byHand =
        new OpenLoop(() -> sdk.oneAfterAnother(READ_BYTES), PEER_RATE, LONGEST_SECONDS);
    long lastReads = isQuick ? 1 : PEER_PATIENCE_SECONDS;
    episode.run(zones, List.of(alone, byHand), lastReads, () -> true);
    report.peers(episode, alone, byHand);
  }

  @Override
  public void close() {
    bucket.close();
    sessions.close();
    zones.close();
  }
}
