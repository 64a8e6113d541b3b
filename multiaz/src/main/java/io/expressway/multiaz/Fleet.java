package io.expressway.multiaz;

import io.expressway.Bucket;
import io.expressway.BucketName;
import io.expressway.ByteRange;
import io.expressway.ExpressException;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.ThrottledException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The replicas, in which order they are read, and what keeps that order right: probes of zones that
 * are down, requests that keep the others warm, and what is learned of their latencies.
 *
 * <p>Thread: safe for many; the order is an immutable array in one volatile field.
 */
final class Fleet implements AutoCloseable {
  /** Where everything lies that we store for ourselves; listings leave it out. */
  static final String RESERVED = ".expressway/";

  private static final String PROBE_KEY = RESERVED + "probe";
  private static final Duration PROBE_PATIENCE = Duration.ofSeconds(1);

  /** A zone that changes wait for is asked whether it is there when it is silent for so long. */
  private static final long LAG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int TICKS_PER_SECOND = 10;
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND;
  private static final int WINDOW_TICKS = 5 * TICKS_PER_SECOND;

  /**
   * How much of the budget goes to reads that are no slower than some always are, at p95.75 for 5
   * %: about the p95 of Dean and Barroso ("The Tail at Scale", CACM 2013), where a budget of 5 %
   * would have nothing left when it is needed.
   */
  private static final double SPENT_ON_USUAL = 0.85;

  private static final double MOST_SPENT_ON_USUAL = 0.1;

  /** Below this a hedge costs more than the wait. */
  private static final long LEAST_HEDGE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final List<Replica> replicas;
  private final Replica[] preferred;
  private final MultiAzOptions options;
  private final StampClock clock;
  private final HedgeBudget budget;
  private final Watch watch;
  private final double hedgeQuantile;
  private volatile Replica[] ranking;
  private final boolean[] probing;
  private int ticks;

  final LongAdder reads = new LongAdder();
  final LongAdder failovers = new LongAdder();

  Fleet(List<? extends Bucket> buckets, MultiAzOptions options) {
    this(buckets, options, new StampClock(System::currentTimeMillis));
  }

  Fleet(List<? extends Bucket> buckets, MultiAzOptions options, StampClock clock) {
    check(buckets, options);
    this.options = options;
    this.clock = clock;
    List<Replica> made = new ArrayList<>();
    for (Bucket bucket : buckets) {
      String zone = bucket.name().zone().orElse(bucket.name().toString());
      made.add(new Replica(made.size(), bucket, zone, options.firstHedgeAfter().toNanos()));
    }
    this.replicas = List.copyOf(made);
    this.preferred = preferred(made, options);
    this.ranking = preferred;
    this.probing = new boolean[made.size()];
    this.budget = new HedgeBudget(options.hedgeBudget());
    this.hedgeQuantile =
        options.hedgeBudget() == 0
            ? 1 - MOST_SPENT_ON_USUAL
            : 1 - Math.min(MOST_SPENT_ON_USUAL, SPENT_ON_USUAL * options.hedgeBudget());
    for (Replica replica : made) {
      replica
          .breaker()
          .getEventPublisher()
          .onStateTransition(
              event ->
                  moved(
                      replica,
                      event.getStateTransition().getFromState(),
                      event.getStateTransition().getToState()));
    }
    this.watch = new Watch(buckets.get(0).name().toString(), LEAST_HEDGE_NANOS, this::chores);
  }

  private static void check(List<? extends Bucket> buckets, MultiAzOptions options) {
    if (buckets.size() < 2) {
      throw new IllegalArgumentException(
          "several zones need several buckets, but there "
              + (buckets.isEmpty() ? "is none" : "is one"));
    }
    Set<BucketName> names = new HashSet<>();
    Set<String> zones = new HashSet<>();
    long general = buckets.stream().filter(bucket -> bucket.name().zone().isEmpty()).count();
    for (Bucket bucket : buckets) {
      if (!names.add(bucket.name())) {
        throw new IllegalArgumentException(
            "bucket " + bucket.name() + " is named twice: its copies would be lost together");
      }
      String zone = bucket.name().zone().orElse(null);
      if (zone != null && !zones.add(zone)) {
        throw new IllegalArgumentException(
            "two buckets are in zone "
                + zone
                + ": both would be lost with it; "
                + bucket.name()
                + " is the second");
      }
    }
    if (general > 0 && buckets.get(0).name().zone().isEmpty()) {
      throw new IllegalArgumentException(
          "the primary must be a directory bucket, but "
              + buckets.get(0).name()
              + " is a general-purpose bucket: name it last");
    }
    if (general > 1) {
      throw new IllegalArgumentException(
          general
              + " of the buckets are general-purpose buckets: they span the zones of a Region, so"
              + " one of them, named last, is as good as several");
    }
    if (general == 1 && buckets.get(buckets.size() - 1).name().zone().isPresent()) {
      throw new IllegalArgumentException(
          "a general-purpose bucket is the slowest copy: name it last");
    }
    String nearest = options.nearest().orElse(null);
    if (nearest != null && !nearest.matches("[a-z]+[0-9]+(-[a-z0-9]+)*-az[0-9]+")) {
      throw new IllegalArgumentException(
          "nearest must be an Availability Zone ID such as usw2-az1, but is \"" + nearest + "\"");
    }
  }

  private static Replica[] preferred(List<Replica> replicas, MultiAzOptions options) {
    List<Replica> order = new ArrayList<>(replicas);
    String nearest = options.nearest().orElse(null);
    order.sort((a, b) -> Boolean.compare(b.zone().equals(nearest), a.zone().equals(nearest)));
    return order.toArray(new Replica[0]);
  }

  // What reads and writes need.

  List<Replica> replicas() {
    return replicas;
  }

  Replica primary() {
    return replicas.get(0);
  }

  int size() {
    return replicas.size();
  }

  MultiAzOptions options() {
    return options;
  }

  MultiAzListener listener() {
    return options.listener();
  }

  StampClock clock() {
    return clock;
  }

  HedgeBudget budget() {
    return budget;
  }

  Watch watch() {
    return watch;
  }

  /** The replicas in the order in which the next read tries them; not to be changed. */
  Replica[] order() {
    Replica[] order = ranking;
    return order[0].isRamping() ? drawn(order) : order;
  }

  /** Those that came back lately are first by lot; else the first that was there all the time. */
  private Replica[] drawn(Replica[] order) {
    long now = System.nanoTime();
    for (int i = 0; i < order.length && order[i].isUp(); i++) {
      boolean isDrawn =
          !order[i].isRamping()
              || ThreadLocalRandom.current().nextDouble()
                  <= order[i].share(now, options.failBackOver().toNanos());
      if (isDrawn) {
        return moved(order, i, 0);
      }
    }
    return order;
  }

  /** The same order with the one at {@code from} before the one at {@code to}; never in place. */
  static Replica[] moved(Replica[] order, int from, int to) {
    if (from == to) {
      return order;
    }
    Replica[] other = order.clone();
    System.arraycopy(order, to, other, to + 1, from - to);
    other[to] = order[from];
    return other;
  }

  /**
   * An attempt has waited for longer than usual. A zone is left for its silence only when another
   * that is up was heard since: when none was, all are slow, or it is this machine that slept.
   * Those that were not asked since are asked now. By the watch's thread.
   */
  void silentSince(Replica replica, SizeClass size, long sinceNanos, long nowNanos) {
    if (!replica.isSilentSince(sinceNanos, nowNanos, hedgeNanos(replica, size))) {
      return;
    }
    boolean isAnotherHeard = false;
    for (Replica other : replicas) {
      if (other != replica && other.isUp()) {
        isAnotherHeard |= other.isHeardSince(replica);
        askWhetherItIsThere(other, nowNanos);
      }
    }
    if (isAnotherHeard) {
      replica.leave(nowNanos);
    }
  }

  private void askWhetherItIsThere(Replica replica, long now) {
    if (!probing[replica.index()] && replica.isIdle(now, LEAST_HEDGE_NANOS)) {
      probing[replica.index()] = true;
      probe(replica, now, false);
    }
  }

  /** How long a read of this size from this replica may be silent. */
  long hedgeNanos(Replica replica, SizeClass size) {
    return Math.max(LEAST_HEDGE_NANOS, replica.hedgeNanos(size));
  }

  /** Those of whom this is so when they are as many as needed, else all. */
  List<Replica> enough(int needed, Predicate<Replica> isAsked) {
    if (replicas.stream().allMatch(isAsked)) {
      return replicas;
    }
    List<Replica> some = replicas.stream().filter(isAsked).toList();
    return some.size() >= needed ? some : replicas;
  }

  // Keeping the order.

  /** Flight Recorder's classes take a tenth of a second to load: only for who started it. */
  private static void record(Replica replica, boolean isUp) {
    if (FlightRecorder.isInitialized()) {
      ZoneEvent.commit(replica, isUp);
    }
  }

  private void moved(Replica replica, State from, State to) {
    rank();
    if (to == State.OPEN && from == State.CLOSED) {
      record(replica, false);
      listener().onZoneDown(replica.zone(), replica.why());
    } else if (to == State.CLOSED) {
      record(replica, true);
      listener().onZoneUp(replica.zone());
    }
  }

  /** Healthy ones first, each kind as preferred. */
  private synchronized void rank() {
    List<Replica> order = new ArrayList<>(List.of(preferred));
    order.sort((a, b) -> Boolean.compare(b.isUp(), a.isUp()));
    ranking = order.toArray(new Replica[0]);
  }

  private long chores(long now) {
    budget.accrue(reads.sum(), TICKS_PER_SECOND);
    boolean turn = ++ticks % WINDOW_TICKS == 0;
    for (Replica replica : replicas) {
      replica.learn(hedgeQuantile, turn);
      if (replica.isRamping()) {
        replica.share(now, options.failBackOver().toNanos()); // standbys, too, are back some time
      }
      if (!probing[replica.index()]) {
        probeIfDue(replica, now);
      }
    }
    for (SizeClass size : SizeClass.ALL) {
      limitHedges(size);
    }
    return now + TICK_NANOS;
  }

  /** To wait for longer than twice what the quickest zone needs is worth nothing. */
  private void limitHedges(SizeClass size) {
    long quickest = Long.MAX_VALUE / 2;
    for (Replica replica : replicas) {
      long learned = replica.isUp() ? replica.learnedNanos(size) : -1;
      if (learned > 0) {
        quickest = Math.min(quickest, learned);
      }
    }
    for (Replica replica : replicas) {
      replica.limitHedge(size, 2 * quickest);
    }
  }

  private void probeIfDue(Replica replica, long now) {
    boolean isUp = replica.isUp();
    if (isUp ? isWorthAsking(replica, now) : replica.breaker().tryAcquirePermission()) {
      probing[replica.index()] = true;
      probe(replica, now, !isUp);
    }
  }

  private boolean isWorthAsking(Replica replica, long now) {
    return replica.isIdle(now, options.keepWarm().toNanos())
        || replica.isDoubted()
        || replica.isToBeTimed()
        || replica.isAwaitedFor(LAG_NANOS, now);
  }

  private void probe(Replica replica, long now, boolean isDown) {
    askProbe(replica, now)
        .thenAccept(
            problem -> {
              long nanos = System.nanoTime() - now;
              probing[replica.index()] = false;
              if (isDown) {
                settle(replica, problem, nanos);
              } else if (!isFault(problem)) {
                replica.tookToProbe(nanos);
                replica.heardProbe(now + nanos);
              } else {
                missed(replica, now, problem);
              }
            });
  }

  /**
   * A zone that is up did not answer what keeps it warm. It is left, as for its silence to reads,
   * when that happens three times in a row and another zone was heard since: else it is this
   * machine, or its network. A zone that says that it is asked too often is there.
   */
  private void missed(Replica replica, long askedNanos, Throwable problem) {
    if (problem instanceof ThrottledException throttled) {
      if (throttled.site().status() != 0) {
        replica.changed(null);
      }
      return; // else nothing was asked: too many wait for a connection here
    }
    boolean isLong = replica.isMissed(askedNanos);
    boolean isAnotherHeard = false;
    for (Replica other : replicas) {
      boolean isOther = other != replica && other.isUp();
      if (isOther && other.isHeardAfter(replica.missedFrom())) {
        isAnotherHeard = true;
      } else if (isOther) {
        other.doubt();
      }
    }
    if (isLong && isAnotherHeard) {
      replica.leave(problem);
    }
  }

  /**
   * Asks for a byte of an object that is not there: any answer is one. Gives what went wrong; never
   * fails.
   */
  private static CompletableFuture<Throwable> askProbe(Replica replica, long now) {
    replica.probing(now);
    CompletableFuture<Slice> answer;
    try {
      answer =
          replica
              .bucket()
              .read(ReadRequest.of(PROBE_KEY, ByteRange.of(0, 1)).deadline(PROBE_PATIENCE).once());
    } catch (RuntimeException refused) {
      answer = CompletableFuture.failedFuture(refused);
    }
    return answer.handle(
        (slice, problem) -> {
          if (slice != null) {
            slice.close();
          }
          return cause(problem);
        });
  }

  /** Whether it is what a zone in trouble answers. */
  static boolean isFault(@Nullable Throwable problem) {
    return problem instanceof ExpressException known && known.isZoneFault();
  }

  private void settle(Replica replica, @Nullable Throwable problem, long nanos) {
    if (problem != null && isFault(problem)) {
      replica.probeFailed(problem);
    } else if (!replica.probed(nanos, usualNanos(replica))) {
      timeOthers(replica);
    }
  }

  /** All may have become slow since they were timed: else who is no slower would stay away. */
  private void timeOthers(Replica late) {
    for (Replica other : replicas) {
      if (other != late) {
        other.timeSoon();
      }
    }
  }

  /** What an answer takes in the quickest other zone that is up; ever so long when none is. */
  private long usualNanos(Replica but) {
    long usual = Long.MAX_VALUE / 4;
    for (Replica replica : replicas) {
      long took = replica == but || !replica.isUp() ? -1 : replica.usualNanos();
      if (took > 0) {
        usual = Math.min(usual, took);
      }
    }
    return usual;
  }

  // How it stands.

  List<ZoneStatus> statuses(ToLongFunction<Replica> owed) {
    return replicas.stream().map(replica -> status(replica, owed.applyAsLong(replica))).toList();
  }

  private ZoneStatus status(Replica replica, long owed) {
    ZoneStatus.Breaker breaker = breaker(replica.breaker().getState());
    return new ZoneStatus(
        replica.zone(),
        replica.bucket().name().toString(),
        breaker != ZoneStatus.Breaker.CLOSED
            ? ZoneStatus.Health.DOWN
            : replica.isRamping() ? ZoneStatus.Health.RETURNING : ZoneStatus.Health.UP,
        breaker,
        replica.trouble(),
        replica.reads.sum(),
        replica.failures.sum(),
        replica.hedgesFired.sum(),
        replica.hedgesWon.sum(),
        replica.hedgesDenied.sum(),
        Duration.ofNanos(Math.max(0, replica.medianNanos())),
        Duration.ofNanos(hedgeNanos(replica, SizeClass.SMALL)),
        owed);
  }

  private static ZoneStatus.Breaker breaker(State state) {
    return switch (state) {
      case CLOSED -> ZoneStatus.Breaker.CLOSED;
      case HALF_OPEN -> ZoneStatus.Breaker.HALF_OPEN;
      default -> ZoneStatus.Breaker.OPEN;
    };
  }

  static @Nullable Throwable cause(@Nullable Throwable problem) {
    return problem instanceof CompletionException && problem.getCause() != null
        ? problem.getCause()
        : problem;
  }

  @Override
  public void close() {
    watch.close();
    RuntimeException failure = null;
    for (Replica replica : replicas) {
      try {
        replica.bucket().close();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
