package io.expressway.multiaz;

import io.expressway.BucketClosedException;
import io.expressway.ExpressException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.PreconditionFailedException;
import io.expressway.ReadClaim;
import io.expressway.RequestSite;
import io.expressway.Slice;
import io.expressway.ZoneUnavailableException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One question, asked in one zone after another until one of them has the answer.
 *
 * <pre>
 *   start ─► attempt ─► head comes: claims ─► body ─► answered
 *              │  │  │                          └─► breaks off ─► the rest, in another zone
 *              │  │  └─► refused by the object (403, 412, 416) ─────► fails
 *              │  └────► zone fault, or absent there ─► next zone at once
 *              └───────► silent for too long ─► next zone as well: the first head wins
 * </pre>
 *
 * <p>All zones are tried once without retries, then once more with each bucket's own, and again
 * those that lost to one that failed afterwards; then the race fails with the first failure, the
 * others suppressed.
 *
 * <p>Thread: safe for many. Whoever moves {@code winner} from null by compare-and-set has the
 * answer; the lists are guarded by this race, under which nothing waits and no caller's code runs.
 *
 * @param <T> what the answer is
 */
abstract class Race<T> extends Watch.Entry {
  private static final VarHandle WINNER;

  static {
    try {
      WINNER = MethodHandles.lookup().findVarHandle(Race.class, "winner", Race.Attempt.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How long an attempt that lost may still come. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Fleet fleet;
  private final String key;
  private final SizeClass size;
  private final @Nullable ObjectVersion required;

  /** Its length never changes, and its first never does. */
  private volatile Replica[] order;

  private final long deadlineNanos;
  private @Nullable CompletableFuture<T> answer;
  private volatile Race<T>.@Nullable Attempt winner;
  private volatile int started;

  /** Counts what attempts are for: all of it, or the rest of what broke off. */
  private volatile int generation;

  private final Attempt first;

  // Guarded by this.
  private @Nullable List<Attempt> others;
  private @Nullable List<Throwable> failures;
  private int next = 1;
  private int pending = 1;
  private int absent;
  private Replica @Nullable [] secondOrder;

  /** Who answered, but was not let: lost to one that failed afterwards. It has a turn left. */
  private @Nullable List<Replica> unheard;

  private boolean over;

  /**
   * A question about the key.
   *
   * @param allowedNanos for everything; 0 for as long as the buckets allow
   */
  Race(
      Fleet fleet,
      String key,
      SizeClass size,
      @Nullable ObjectVersion required,
      long allowedNanos) {
    this.fleet = fleet;
    this.key = key;
    this.size = size;
    this.required = required;
    this.order = only(fleet, required);
    long now = System.nanoTime();
    this.first = new Attempt(order[0], now, null, 0);
    this.deadlineNanos = allowedNanos == 0 ? 0 : now + allowedNanos;
  }

  /** A version that is one zone's own can be had there only. */
  private static Replica[] only(Fleet fleet, @Nullable ObjectVersion required) {
    if (required != null && Naming.stampIn(required).isEmpty()) {
      for (Replica replica : fleet.replicas()) {
        if (replica.naming().own(required).isPresent()) {
          return new Replica[] {replica};
        }
      }
    }
    return fleet.order();
  }

  // What a kind of question is.

  /** Asks one replica. */
  abstract CompletableFuture<T> ask(Replica replica, Attempt attempt, boolean isOnce);

  /** What the caller gets, once all of it is there. */
  abstract T answered(T last, Attempt by);

  /** Nobody wants it. */
  abstract void discard(T late);

  /** What the answer describes, for questions that are claimed when all of it has come. */
  @Nullable ObjectInfo describes(T late) {
    return null;
  }

  /** What came before the body broke off. Under the race's lock. */
  void keep(Slice partial) {
    partial.close();
  }

  /**
   * The content that what was kept is of, which the rest must be of; null when nothing was kept.
   */
  @Nullable ObjectInfo begun() {
    return null;
  }

  /** Forgets what was kept: the content is not to be had any more. Under the race's lock. */
  void startOver() {}

  /** Where it is asked, for errors. */
  abstract RequestSite site(Replica replica);

  final Fleet fleet() {
    return fleet;
  }

  final String key() {
    return key;
  }

  // The story.

  /** Asks the first zone; throws what a bucket refuses outright. */
  final CompletableFuture<T> start() {
    fleet.reads.increment();
    started = 1;
    first.replica.reads.increment();
    CompletableFuture<T> asked = ask(first.replica, first, true);
    CompletableFuture<T> outcome = asked.newIncompleteFuture();
    answer = outcome;
    first.future = asked;
    asked.whenComplete(first);
    if (!outcome.isDone()) {
      outcome.whenComplete(this::ended);
      if (order.length > 1) {
        fleet.watch().add(this, first.startNanos, fleet.hedgeNanos(first.replica, size));
      }
    }
    return outcome;
  }

  private CompletableFuture<T> answer() {
    return Objects.requireNonNull(answer);
  }

  /** The caller gave up, or has what it wanted. */
  private void ended(@Nullable T value, @Nullable Throwable problem) {
    if (problem instanceof CancellationException) {
      cancelAllBut(null);
    }
  }

  @Override
  final boolean isOver() {
    return answer().isDone() || (winner != null && !mayRevoke());
  }

  /** Whether the answer is the attempt's, for now. */
  @SuppressWarnings("ReferenceEquality") // the very attempt
  final boolean isWinner(Attempt attempt) {
    return winner == attempt;
  }

  /** Whether an answer may be given up in the middle: nobody's memory is written to any more. */
  boolean mayRevoke() {
    return false;
  }

  /** One zone's turn. */
  final class Attempt implements ReadClaim, BiConsumer<@Nullable T, @Nullable Throwable> {
    private final Replica replica;
    private final long startNanos;

    /** The attempt that had been silent for too long; null when this is no hedge. */
    private final @Nullable Attempt hedges;

    private final int generation;

    private volatile @Nullable CompletableFuture<T> future;
    private @Nullable ObjectInfo told;
    private @Nullable ObjectInfo refused;

    /** Whether it was told not to go on, for another's sake. */
    private volatile boolean lost;

    /** Whether its silence was told to the replica; the watch's own. */
    private boolean isTold;

    Attempt(Replica replica, long startNanos, @Nullable Attempt hedges, int generation) {
      this.replica = replica;
      this.startNanos = startNanos;
      this.hedges = hedges;
      this.generation = generation;
    }

    /** What the answer is of, once it was claimed. */
    @Nullable ObjectInfo told() {
      return told;
    }

    @Override
    public @Nullable ObjectInfo tryClaim(ObjectInfo found) {
      replica.heard(startNanos, System.nanoTime(), size);
      ObjectInfo known = replica.naming().known(found);
      if (generation != Race.this.generation) {
        lost = true;
        return null;
      }
      if (!fits(known)) {
        refused = known;
        return null;
      }
      told = known;
      if (!WINNER.compareAndSet(Race.this, null, this)) {
        lost = true;
        return null;
      }
      if (hedges != null) {
        replica.hedgesWon.increment();
      }
      if (started > 1) {
        cancelAllBut(this);
      }
      return known;
    }

    private boolean fits(ObjectInfo known) {
      ObjectInfo before = begun();
      return (required == null || required.equals(known.version()))
          && (before == null || before.version().equals(known.version()));
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // all writes are under the race's lock
    public void onPartial(Slice bytes) {
      synchronized (Race.this) {
        if (winner == this && !over) {
          keep(bytes);
          Race.this.generation++;
          return;
        }
      }
      bytes.close();
    }

    @Override
    public void accept(@Nullable T value, @Nullable Throwable problem) {
      if (value == null) {
        failed(this, Objects.requireNonNull(Fleet.cause(problem)));
        return;
      }
      if (winner != this && !claimsLate(value)) {
        discard(value);
        return;
      }
      replica.succeeded();
      T whole = answered(value, this);
      if (!answer().complete(whole)) {
        discard(whole);
      }
    }

    private boolean isPendingAndUp() {
      CompletableFuture<T> asked = future;
      return asked != null && !lost && !asked.isDone() && replica.isUp();
    }

    private boolean claimsLate(T value) {
      ObjectInfo found = describes(value);
      return found != null && tryClaim(found) != null;
    }

    /**
     * Another won. What is small is let come, refused at its head, and leaves its connection in
     * use; it is also heard how long it took. What is large, or late even so, is cancelled.
     */
    private void lose(long now) {
      CompletableFuture<T> asked = future;
      lost = true;
      if (asked == null || asked.isDone()) {
        return;
      }
      if (size == SizeClass.SMALL || size == SizeClass.HEAD) {
        fleet.watch().add(new Loser(this), now, LINGER_NANOS);
      } else {
        giveUp(now);
      }
    }

    /** Nobody waits for it any more; it counts as having taken so long, at least. */
    private void giveUp(long now) {
      CompletableFuture<T> asked = future;
      lost = true;
      if (asked != null && !asked.isDone()) {
        replica.outwaited(now - startNanos, size);
        asked.cancel(false);
      }
    }
  }

  private void cancelAllBut(@Nullable Attempt winning) {
    List<Attempt> all = new ArrayList<>();
    synchronized (this) {
      all.add(first);
      if (others != null) {
        all.addAll(others);
      }
    }
    long now = System.nanoTime();
    for (Attempt attempt : all) {
      if (attempt != winning && winning != null) {
        attempt.lose(now);
      } else if (attempt != winning) {
        attempt.giveUp(now);
      }
    }
  }

  /** Cancels an attempt that lost, when it has not come by then. */
  private static final class Loser extends Watch.Entry {
    private final Race<?>.Attempt attempt;

    Loser(Race<?>.Attempt attempt) {
      this.attempt = attempt;
    }

    @Override
    boolean isOver() {
      CompletableFuture<?> asked = attempt.future;
      return asked == null || asked.isDone();
    }

    @Override
    void due(long nowNanos) {
      attempt.giveUp(nowNanos);
    }
  }

  // Going on elsewhere.

  /** The latest attempt has been silent for long enough. */
  @Override
  final void due(long now) {
    Attempt claimed = winner;
    if (claimed != null) {
      watchBody(claimed, now);
      return;
    }
    Attempt silent;
    Replica candidate;
    synchronized (this) {
      silent = others == null ? first : others.get(others.size() - 1);
      candidate = next < order.length ? nextReplica() : null;
    }
    long left = fleet.hedgeNanos(silent.replica, size) - (now - silent.startNanos);
    if (left > 0) {
      fleet.watch().add(this, now, left);
      return;
    }
    boolean isFirst = !silent.isTold;
    if (isFirst) {
      silent.isTold = true; // one attempt is one strike, and wants one hedge
      fleet.silentSince(silent.replica, size, silent.startNanos, now);
    }
    if (isOver() || candidate == null) {
      return;
    }
    if (mayHedge(silent, candidate, now, isFirst)) {
      candidate.hedgesFired.increment();
      long waited = now - silent.startNanos;
      record(silent.replica, candidate, waited, "");
      fleet.listener().onHedge(key, silent.replica.zone(), candidate.zone(), waited);
      tryNext(silent);
    } else {
      fleet.watch().add(this, now, fleet.hedgeNanos(silent.replica, size) / 2);
    }
  }

  /** A body that is on its way from a zone that went down meanwhile is fetched elsewhere. */
  private void watchBody(Attempt claimed, long now) {
    if (!mayRevoke() || answer().isDone()) {
      return;
    }
    if (claimed.replica.isUp() || !fleet.order()[0].isUp()) {
      fleet.watch().add(this, now, fleet.hedgeNanos(claimed.replica, size));
      return;
    }
    if (revoke(claimed)) {
      claimed.giveUp(now);
    }
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // all writes are under this lock
  private boolean revoke(Attempt claimed) {
    synchronized (this) {
      if (next >= 2 * order.length || !WINNER.compareAndSet(this, claimed, null)) {
        return false;
      }
      startOver();
      generation++;
    }
    return tryNext(null);
  }

  /**
   * A zone that is down is left for one that is up without asking the budget; one that is only slow
   * is hedged, and so is one that is down when there is none better.
   */
  private boolean mayHedge(Attempt attempt, Replica candidate, long now, boolean isFirst) {
    Replica silent = attempt.replica;
    if (!silent.isUp() && candidate.isUp()) {
      return true;
    }
    boolean isWorth =
        silent.isUp() == candidate.isUp()
            && !candidate.isThrottled(now)
            && !silent.isThrottled(now);
    if (isWorth && fleet.budget().tryTake(isFirst, silent.isMuteSince(attempt.startNanos))) {
      return true;
    }
    if (isFirst) {
      silent.hedgesDenied.increment();
    }
    return false;
  }

  /** Asks the next zone, if there is one left; false when there is none. */
  private boolean tryNext(@Nullable Attempt hedged) {
    Attempt attempt;
    boolean isOnce;
    synchronized (this) {
      if (over || !isAnyLeft()) {
        return false;
      }
      if (winner != null || answer().isDone()) {
        return true; // somebody claimed it meanwhile
      }
      isOnce = next < order.length;
      Replica replica = nextReplica();
      if (next < 2 * order.length) {
        next++;
      } else {
        unheard().remove(replica);
      }
      attempt = new Attempt(replica, System.nanoTime(), hedged, generation);
      if (others == null) {
        others = new ArrayList<>(2);
      }
      others.add(attempt);
      pending++;
      started++;
    }
    send(attempt, isOnce);
    return true;
  }

  private void send(Attempt attempt, boolean isOnce) {
    attempt.replica.reads.increment();
    CompletableFuture<T> asked;
    try {
      asked = ask(attempt.replica, attempt, isOnce);
    } catch (RuntimeException refused) {
      asked = CompletableFuture.failedFuture(refused);
    }
    attempt.future = asked;
    asked.whenComplete(attempt);
    Attempt claimed = winner;
    if (claimed != null && claimed != attempt) {
      attempt.lose(System.nanoTime());
    } else if (answer().isDone()) {
      attempt.giveUp(System.nanoTime());
    } else if (!asked.isDone()) {
      fleet.watch().add(this, attempt.startNanos, fleet.hedgeNanos(attempt.replica, size));
    }
  }

  private void failed(Attempt attempt, Throwable problem) {
    boolean wasWinner;
    synchronized (this) {
      pending--;
      wasWinner = WINNER.compareAndSet(this, attempt, null);
      if (!wasWinner && attempt.lost && problem instanceof CancellationException) {
        unheard().add(attempt.replica);
      }
      if (!wasWinner && winner != null) {
        return; // another goes on
      }
    }
    if (problem instanceof CancellationException && attempt.refused == null && !wasWinner) {
      if (!answer().isDone()) {
        goOn(attempt, null); // lost to one that failed afterwards
      }
      return;
    }
    Throwable why = attempt.refused == null ? problem : otherVersion(attempt, attempt.refused);
    if (why instanceof BucketClosedException
        || !(why instanceof ExpressException known)
        || !isWorthAnother(attempt, known)) {
      end(why);
    } else {
      goOn(attempt, known);
    }
  }

  private boolean isWorthAnother(Attempt attempt, ExpressException why) {
    if (why.isZoneFault()) {
      attempt.replica.failed(why);
      return true;
    }
    attempt.replica.heard(attempt.startNanos, System.nanoTime(), SizeClass.HEAD);
    if (why instanceof ObjectNotFoundException) {
      return !isAbsent(attempt.replica);
    }
    return attempt.refused != null && mayHaveAnother(attempt.refused);
  }

  /** Counts a zone that has not got it; true when that is proof enough. */
  private synchronized boolean isAbsent(Replica replica) {
    absent |= 1 << replica.index();
    return fleet
        .options()
        .writes()
        .believesAbsence(Integer.bitCount(absent), (absent & 1) != 0, fleet.size());
  }

  /**
   * Whether the version that was asked for may be in another zone although this one has another.
   */
  private boolean mayHaveAnother(ObjectInfo found) {
    ObjectInfo before = begun();
    ObjectVersion wanted = before != null ? before.version() : required;
    if (wanted == null) {
      return true;
    }
    Stamp asked = Naming.stampIn(wanted).orElse(null);
    Stamp has = Naming.stampIn(found.version()).orElse(null);
    boolean isNewer = asked != null && has != null && has.compareTo(asked) > 0;
    return before != null || !isNewer;
  }

  private PreconditionFailedException otherVersion(Attempt attempt, ObjectInfo found) {
    return new PreconditionFailedException(
        "the object is of version " + found.version() + " there", site(attempt.replica), null);
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // all writes are under this lock
  private void goOn(Attempt attempt, @Nullable ExpressException why) {
    boolean isLast;
    boolean mayGo;
    synchronized (this) {
      if (why != null) {
        note(why);
      }
      if (attempt.refused != null && begun() != null) {
        startOver(); // nobody has the rest of what was begun: all of another content will do
        generation++;
      }
      isLast = !isAnyLeft() || isLate();
      mayGo = pending == 0 || (why != null && next < order.length) || !isAnyPendingUp();
    }
    if (!isLast && mayGo) {
      Replica following = nextReplica();
      if (why != null && following != attempt.replica) {
        fleet.failovers.increment();
        record(
            attempt.replica,
            following,
            System.nanoTime() - attempt.startNanos,
            why.getClass().getSimpleName());
        fleet.listener().onFailover(key, attempt.replica.zone(), following.zone(), why);
      }
      tryNext(null);
    } else if (isLast && pendingAttempts() == 0) {
      end(allFailed());
    }
  }

  /** Flight Recorder's classes take a tenth of a second to load: only for who started it. */
  private void record(Replica from, Replica next, long waitedNanos, String failure) {
    if (FlightRecorder.isInitialized()) {
      SecondAttemptEvent.commit(key, from, next, waitedNanos, failure);
    }
  }

  private boolean isLate() {
    return deadlineNanos != 0 && System.nanoTime() - deadlineNanos >= 0;
  }

  /** The time left of what the caller allowed, for one more attempt; 0 when the buckets decide. */
  final long remainingNanos() {
    return deadlineNanos == 0 ? 0 : Math.max(1, deadlineNanos - System.nanoTime());
  }

  /** Whether somebody who may well answer is still being waited for. */
  private synchronized boolean isAnyPendingUp() {
    boolean any = first.isPendingAndUp();
    if (others != null) {
      for (Attempt other : others) {
        any |= other.isPendingAndUp();
      }
    }
    return any;
  }

  private synchronized int pendingAttempts() {
    return pending;
  }

  /** Of those not asked yet the first that is up; all over again, by how they stand by then. */
  private synchronized Replica nextReplica() {
    if (next < order.length) {
      preferOneThatIsUp();
      return order[next];
    }
    if (next < 2 * order.length) {
      if (secondOrder == null) {
        secondOrder = order.length == 1 ? order : fleet.order();
      }
      return secondOrder[next - order.length];
    }
    for (Replica each : unheard()) {
      if (each.isUp()) {
        return each;
      }
    }
    return unheard().get(0);
  }

  /**
   * Whether anybody may still be asked. That ends: who comes to be unheard lost to an attempt that
   * has used up a turn.
   */
  private boolean isAnyLeft() {
    return next < 2 * order.length || (unheard != null && !unheard.isEmpty());
  }

  private List<Replica> unheard() {
    List<Replica> known = unheard;
    if (known == null) {
      known = new ArrayList<>(2);
      unheard = known;
    }
    return known;
  }

  /** Brings forward one that is up: the order is that of the moment when the race began. */
  private synchronized void preferOneThatIsUp() {
    for (int i = next; i < order.length; i++) {
      if (order[i].isUp()) {
        order = Fleet.moved(order, i, next);
        return;
      }
    }
  }

  private void note(Throwable why) {
    if (failures == null) {
      failures = new ArrayList<>(2);
    }
    failures.add(why);
  }

  /** The first failure, the others suppressed; absence is told only when it is certain. */
  private synchronized Throwable allFailed() {
    List<Throwable> all = failures == null ? List.of() : failures;
    Throwable fault = null;
    Throwable first = null;
    for (Throwable each : all) {
      first = first == null ? each : first;
      if (fault == null && !(each instanceof ObjectNotFoundException)) {
        fault = each;
      }
    }
    Throwable told = absent != 0 && fault != null ? uncertain(fault) : first;
    if (told == null) {
      told = new ZoneUnavailableException("no zone answered", site(order[0]), null);
    }
    for (Throwable each : all) {
      if (each != told && each != told.getCause()) {
        told.addSuppressed(each);
      }
    }
    return told;
  }

  private ZoneUnavailableException uncertain(Throwable fault) {
    return new ZoneUnavailableException(
        "the object is not in every zone that answered, but it may be in one that does not ("
            + fleet.options().writes()
            + " writes): "
            + fault.getMessage(),
        site(order[0]),
        fault);
  }

  private void end(Throwable why) {
    synchronized (this) {
      over = true;
      startOver();
    }
    answer().completeExceptionally(why);
    if (started > 1) {
      cancelAllBut(null);
    }
  }
}
