package io.expressway.multiaz;

import io.expressway.Bucket;
import io.expressway.ExpressException;
import io.expressway.Operation;
import io.expressway.OutcomeUnknownException;
import io.expressway.RequestSite;
import io.expressway.ThrottledException;
import io.expressway.ZoneUnavailableException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One bucket of the set and what is known of its zone: whether it answers, and how soon.
 *
 * <p>The breaker hears of failures, and of successes only while failures are in its window, so that
 * a healthy zone's reads pass it by. A zone is silent when several attempts in a row waited for
 * longer than usual and nothing at all was heard of it meanwhile.
 *
 * <p>Thread: safe for many, lock-free but for the breaker.
 */
final class Replica {
  private static final int BREAKER_WINDOW = 10;
  private static final int FEWEST_CALLS = 5;
  private static final float FAILED_PERCENT = 50;
  private static final int STRIKES = 3;

  /** Silent for so many times as long as one waits before a hedge: less is a hiccup of many. */
  private static final int SILENCES = 3;

  /** Pauses of a server are shorter. The budget hedges all reads for so long: 5 % of a second. */
  private static final long LEAST_SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A zone that was never heard of has names, TLS and a session to get before it can answer. */
  private static final int COLD_FACTOR = 10;

  /** So often something is learned of a zone until that is believed. */
  private static final int FIRST_TIMES = 10;

  private static final long THROTTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A zone that answers so soon is quick enough, whatever the others do. */
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** A probe slower than those before counts for one in so many. */
  private static final int PROBE_MEMORY = 8;

  private final int index;
  private final Bucket bucket;
  private final String zone;
  private final Naming naming;
  private final RestTime rest = new RestTime();
  private final CircuitBreaker breaker;
  private final Latencies[] latencies = new Latencies[SizeClass.COUNT];
  private final long[] hedgeNanos = new long[SizeClass.COUNT];
  private final long[] learnedNanos = new long[SizeClass.COUNT];
  private final int[] known = new int[SizeClass.COUNT];
  private final long firstHedgeNanos;

  private final long coldNanos;
  private volatile boolean heardOnce;

  /** Lossy on purpose, like the strikes: written by whoever hears of the zone. */
  private volatile long heardNanos = System.nanoTime();

  private final AtomicInteger strikes = new AtomicInteger();

  /** Since when, for how long and until when somebody waited for nothing; the watch's own. */
  private long silentFrom;

  private long silentNanos;

  private long silentUntil;

  private volatile boolean troubled;
  private final AtomicInteger cleanRun = new AtomicInteger();
  private volatile long throttledUntil = System.nanoTime();
  private volatile long upSince;
  private volatile boolean ramping;
  private volatile @Nullable String why;
  private volatile long probedNanos = System.nanoTime();

  /** What probes of it take while it is up; -1 before the first. One is under way at a time. */
  private volatile long probeNanos = -1;

  /** Whether that is known of more than the first, which paid for names, TLS and a session. */
  private volatile boolean probedTwice;

  /** Another that is down was later than it: how long does it take now? */
  private volatile boolean toBeTimed;

  /** When a change was answered, and when something made us doubt that the zone is there. */
  private volatile long changedNanos = heardNanos;

  private volatile long doubtedNanos = heardNanos - 1;

  /** Probes in a row that had no answer, and when the first was sent. Guarded by this. */
  private int unanswered;

  private long unansweredFrom;

  /** Changes, and uploads, that wait for it. */
  final Lagging lagging = new Lagging();

  final Lagging lanes = new Lagging();

  final LongAdder reads = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder hedgesFired = new LongAdder();
  final LongAdder hedgesWon = new LongAdder();
  final LongAdder hedgesDenied = new LongAdder();

  Replica(int index, Bucket bucket, String zone, long firstHedgeNanos) {
    this.index = index;
    this.bucket = bucket;
    this.zone = zone;
    this.naming = new Naming(zone);
    this.breaker = CircuitBreaker.of(zone, breakerConfig(rest));
    this.firstHedgeNanos = firstHedgeNanos;
    this.coldNanos = COLD_FACTOR * firstHedgeNanos;
    for (int i = 0; i < SizeClass.COUNT; i++) {
      latencies[i] = new Latencies();
      hedgeNanos[i] = firstHedgeNanos;
    }
  }

  private static CircuitBreakerConfig breakerConfig(RestTime rest) {
    return CircuitBreakerConfig.custom()
        .slidingWindow(
            BREAKER_WINDOW, FEWEST_CALLS, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
        .failureRateThreshold(FAILED_PERCENT)
        .permittedNumberOfCallsInHalfOpenState(1)
        .waitIntervalFunctionInOpenState(rest)
        .build();
  }

  /** Its place in the order given; 0 for the primary. */
  int index() {
    return index;
  }

  Bucket bucket() {
    return bucket;
  }

  /** The zone's ID, or the bucket's name where it has none. */
  String zone() {
    return zone;
  }

  Naming naming() {
    return naming;
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  /** Whether it is read from before others are tried. */
  boolean isUp() {
    return breaker.getState() == State.CLOSED;
  }

  // What is heard of it.

  /** An answer began to come. */
  void heard(long askedNanos, long nowNanos, SizeClass size) {
    heardNanos = nowNanos;
    if (!heardOnce) {
      heardOnce = true;
    }
    if (strikes.get() != 0) {
      strikes.set(0);
    }
    latencies[size.place()].record(nowNanos - askedNanos);
  }

  /** A request that only kept it warm was answered: it is not silent, however few reads it has. */
  void heardProbe(long nowNanos) {
    heardNanos = nowNanos;
    strikes.set(0);
  }

  /** So long it took to answer what only kept it warm; a slow one is forgotten soon. */
  void tookToProbe(long nanos) {
    long known = probeNanos;
    probedTwice = known >= 0;
    probeNanos = known < 0 || nanos < known ? nanos : known + (nanos - known) / PROBE_MEMORY;
  }

  /** An attempt was given up unanswered after this time: it would have taken longer. */
  void outwaited(long nanos, SizeClass size) {
    latencies[size.place()].record(nanos);
  }

  /** An attempt brought what was asked for. */
  void succeeded() {
    if (troubled && breaker.getState() == State.CLOSED) {
      breaker.onSuccess(0, TimeUnit.NANOSECONDS);
      if (cleanRun.incrementAndGet() >= BREAKER_WINDOW) {
        troubled = false;
      }
    }
  }

  /** An attempt failed as attempts do when the zone is in trouble. */
  void failed(ExpressException problem) {
    failures.increment();
    heardNanos = System.nanoTime(); // a refusal is no silence
    if (problem instanceof ThrottledException) {
      throttledUntil = System.nanoTime() + THROTTLE_NANOS;
    }
    why = problem.getMessage();
    cleanRun.set(0);
    troubled = true;
    if (breaker.getState() == State.CLOSED) {
      breaker.onError(0, TimeUnit.NANOSECONDS, problem);
    }
  }

  /**
   * An attempt has waited for longer than usual. By the watch's thread.
   *
   * @return whether several in a row have, and waited for long enough together
   */
  boolean isSilentSince(long sinceNanos, long nowNanos, long usualNanos) {
    if (!isMuteSince(sinceNanos)) {
      return false;
    }
    int count = strikes.incrementAndGet();
    if (count == 1) {
      silentFrom = sinceNanos;
      silentNanos = nowNanos - sinceNanos;
    } else {
      silentNanos += nowNanos - Math.max(sinceNanos, silentUntil); // two at once wait once
    }
    silentUntil = nowNanos;
    long silence = Math.max(LEAST_SILENCE_NANOS, SILENCES * usualNanos);
    return count >= STRIKES && silentNanos >= silence && isUp();
  }

  /** Whether nothing was heard of it since then. */
  boolean isMuteSince(long sinceNanos) {
    return heardNanos - sinceNanos < 0;
  }

  /** Whether something was heard of it since another fell silent. */
  boolean isHeardSince(Replica silent) {
    return heardNanos - silent.silentFrom > 0;
  }

  /** It answers nothing, although others do: it is down. */
  void leave(long nowNanos) {
    why = "it answered nothing for " + TimeUnit.NANOSECONDS.toMillis(nowNanos - heardNanos) + " ms";
    breaker.transitionToOpenState();
  }

  // What changes and probes tell of it.

  /**
   * A change was answered, or failed. That takes no reads away, since it may be a matter of changes
   * alone (asked too often, too many bytes for their time, 503 to PUT): it makes us ask whether the
   * zone is there, and that answer counts. Nor do answers to changes end a silence towards reads.
   */
  void changed(@Nullable Throwable problem) {
    if (problem == null) {
      changedNanos = System.nanoTime();
    } else if (problem instanceof OutcomeUnknownException || Fleet.isFault(problem)) {
      doubt();
    }
  }

  /** Asks for a change, of which what comes tells of the zone; a refusal thrown is a failure. */
  <T> CompletableFuture<T> change(Function<Replica, ? extends CompletableFuture<T>> how) {
    CompletableFuture<T> asked;
    try {
      asked = how.apply(this);
    } catch (RuntimeException refused) {
      asked = CompletableFuture.failedFuture(refused);
    }
    return asked.whenComplete((value, why) -> changed(Fleet.cause(why)));
  }

  /** It is asked soon whether it is there, unless it is heard before. */
  void doubt() {
    doubtedNanos = System.nanoTime();
  }

  private long lastHeardNanos() {
    long heard = heardNanos;
    long changed = changedNanos;
    return heard - changed > 0 ? heard : changed;
  }

  /** Whether something made us doubt that it is there, and nothing was heard since. */
  boolean isDoubted() {
    return doubtedNanos - lastHeardNanos() >= 0;
  }

  /** It is asked soon how long it takes: answers to changes do not tell. */
  void timeSoon() {
    toBeTimed = true;
  }

  boolean isToBeTimed() {
    return toBeTimed;
  }

  /** Whether changes wait for it, and for so long nothing was heard, nor anything asked. */
  boolean isAwaitedFor(long nanos, long nowNanos) {
    return lagging.isAny()
        && nowNanos - lastHeardNanos() >= nanos
        && nowNanos - probedNanos >= nanos;
  }

  /** Whether anything at all was heard of it since then. */
  boolean isHeardAfter(long nanos) {
    return lastHeardNanos() - nanos > 0;
  }

  /**
   * A probe of it, although it is up, failed as it does in a zone in trouble, or had no answer.
   *
   * @return whether it is the third in a row, with nothing heard between
   */
  synchronized boolean isMissed(long askedNanos) {
    if (unanswered == 0 || isHeardAfter(unansweredFrom)) {
      unanswered = 0;
      unansweredFrom = askedNanos;
    }
    doubt();
    return ++unanswered >= STRIKES && isUp();
  }

  /** When the first of those probes was sent. */
  synchronized long missedFrom() {
    return unansweredFrom;
  }

  /** It is missed, although others answer: it is down. */
  void leave(Throwable problem) {
    forgetMissed();
    why = "it does not answer: " + problem.getMessage();
    breaker.transitionToOpenState();
  }

  private synchronized void forgetMissed() {
    unanswered = 0;
  }

  /** Why a change is not asked of it, or waits for it no more. */
  ZoneUnavailableException down(Operation operation, String key) {
    return new ZoneUnavailableException(
        "the zone is down: " + why(), RequestSite.of(operation, bucket.name(), key, null), null);
  }

  boolean isThrottled(long nowNanos) {
    return throttledUntil - nowNanos > 0;
  }

  /** What went wrong last. */
  String why() {
    String known = why;
    return known == null ? "it failed too often" : known;
  }

  /** What went wrong last; empty while nothing did. */
  String trouble() {
    String known = why;
    return known == null ? "" : known;
  }

  // Coming back.

  /**
   * Whether an answer after that time is one of a zone that may be read from. One that always took
   * longer than the others, as what kept it warm tells, is farther away, and not in trouble.
   */
  private boolean isQuick(long nanos, long usualNanos) {
    long own = probedTwice ? probeNanos : 0;
    return nanos <= Math.max(QUICK_NANOS, 2 * Math.max(usualNanos, own));
  }

  /**
   * A probe was answered; by a zone that is quick enough, so that it is up again.
   *
   * @return whether it is
   */
  boolean probed(long nanos, long usualNanos) {
    boolean isQuick = isQuick(nanos, usualNanos);
    if (isQuick) {
      strikes.set(0);
      troubled = false;
      ramping = true;
      upSince = System.nanoTime();
      rest.isUpSince(upSince);
      breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    } else {
      rest.answeredLate();
      why = "it takes " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms to answer";
      breaker.onError(nanos, TimeUnit.NANOSECONDS, new IllegalStateException(why));
    }
    return isQuick;
  }

  /** A probe failed. */
  void probeFailed(Throwable problem) {
    rest.failed();
    why = String.valueOf(problem.getMessage());
    breaker.onError(0, TimeUnit.NANOSECONDS, problem);
  }

  /** The share of reads that may go to it: less than one for a while after it came back. */
  double share(long nowNanos, long rampNanos) {
    double share = (double) (nowNanos - upSince) / rampNanos;
    if (share >= 1) {
      ramping = false;
    }
    return Math.max(0.05, share);
  }

  boolean isRamping() {
    return ramping;
  }

  // How soon it answers.

  /** How long an attempt may be silent before another zone is asked as well. */
  long hedgeNanos(SizeClass size) {
    return heardOnce ? hedgeNanos[size.place()] : coldNanos; // racy: any recent value will do
  }

  /** What was learned of it; -1 when it answered too seldom. */
  long learnedNanos(SizeClass size) {
    return learnedNanos[size.place()];
  }

  /** Waits no longer than this, whatever was learned. */
  void limitHedge(SizeClass size, long mostNanos) {
    hedgeNanos[size.place()] = Math.min(hedgeNanos[size.place()], mostNanos);
  }

  /**
   * Learns from the answers of the last seconds; called ten times a second. Those of the first
   * second teach no longer delay than was set, and are forgotten after it: there were classes to
   * load, connections and a server to warm, and perhaps nothing to compare with.
   */
  void learn(double quantile, boolean turn) {
    for (int i = 0; i < SizeClass.COUNT; i++) {
      long learned = latencies[i].quantile(quantile);
      learnedNanos[i] = learned;
      if (learned > 0) {
        boolean isFirst = known[i] < FIRST_TIMES;
        hedgeNanos[i] = isFirst ? Math.min(learned, firstHedgeNanos) : learned;
        if (isFirst && ++known[i] == FIRST_TIMES) {
          latencies[i].forget();
        }
      }
      if (turn) {
        latencies[i].turn();
      }
    }
  }

  /** The median of the small reads of the last seconds; -1 when too few are known. */
  long medianNanos() {
    return medianNanos(SizeClass.SMALL);
  }

  private long medianNanos(SizeClass size) {
    return latencies[size.place()].quantile(0.5);
  }

  /**
   * What it takes to begin an answer: to small reads, else to larger ones, to heads or to probes;
   * -1 when nothing of that is known. That is told of the head, so that all are alike.
   */
  long usualNanos() {
    for (SizeClass size : SizeClass.ALL) {
      long median = medianNanos(size);
      if (median > 0) {
        return median;
      }
    }
    return probeNanos;
  }

  void probing(long nowNanos) {
    probedNanos = nowNanos;
    toBeTimed = false;
  }

  /** Whether nothing was heard of it for so long; what is asked and then given up tells nothing. */
  boolean isIdle(long nowNanos, long nanos) {
    return nowNanos - heardNanos >= nanos && nowNanos - probedNanos >= nanos;
  }

  @Override
  public String toString() {
    return zone + " " + breaker.getState();
  }
}
