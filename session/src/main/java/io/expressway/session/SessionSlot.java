package io.expressway.session;

import io.expressway.AccessKey;
import io.expressway.BucketClosedException;
import io.expressway.BucketCredentials;
import io.expressway.CredentialsException;
import io.expressway.ExpressException;
import io.expressway.Operation;
import io.expressway.RequestSite;
import io.expressway.session.SessionStatus.Phase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The session of one bucket and mode.
 *
 * <pre>
 *   EMPTY       no key
 *     somebody asks                     -> FETCHING
 *   FETCHING    all callers wait for the same call
 *     it succeeds, it fails             -> LIVE, FAILED
 *   FAILED      callers fail at once, with that failure
 *     its time is over                  -> FETCHING when somebody asked meanwhile, else EMPTY
 *     the identity changed, a warm-up   -> the same, at once
 *   LIVE        callers get the key at once
 *     the refresh is due                -> REFRESHING
 *     the key is refused or ends        -> EMPTY
 *     it was not used for long          -> EMPTY
 *   REFRESHING  callers still get the key at once
 *     it succeeds, it fails             -> LIVE with the new key, LIVE with the old one
 *     the key is refused or ends        -> FETCHING, by the call under way
 * </pre>
 *
 * <p>Thread: safe for many. What {@link #current} needs lies in one immutable snapshot in a
 * volatile field, read without a lock or a clock: timers change it. Every transition holds the
 * slot's monitor, which also guards the fields marked so. Futures complete outside of it, so that
 * no dependent runs under the lock. At most one CreateSession is under way, whatever its outcome
 * will be good for.
 */
final class SessionSlot {
  /** Five minutes, fixed (S3 API, CreateSession, read on 2026-11-22). */
  private static final long LONGEST_LIFE_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** Of a session's life, at most this part of it goes unused at its end. */
  private static final int LARGEST_MARGIN = 20;

  /** A key refused sooner than this after its creation was never any good. */
  private static final long STILLBORN_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final int STILLBORN_LIMIT = 2;

  /** A denial may be the session's fault, but not again so soon. */
  private static final long DOUBT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final Snapshot NOTHING = new Snapshot(Phase.EMPTY, null, 0, 0, null, null);

  private final Ledger.Owner owner;
  private final BucketCredentials identity;
  private final Surroundings surroundings;
  private volatile Snapshot snapshot = NOTHING;

  /** Set by readers, cleared by {@link #tend}; plain, because a use missed or late is harmless. */
  private boolean used;

  /** Whether somebody asked since the last failure. */
  private volatile boolean wanted;

  // Guarded by this.
  private final List<Sessions.Registration> issuers = new ArrayList<>();
  private final FailureMemory failures = new FailureMemory();
  private final FailureMemory stillborn = new FailureMemory();
  private @Nullable Fetch inFlight;
  private Runnable cancelStep = () -> {};
  private Runnable cancelEnd = () -> {};
  private int stillbornInARow;
  private boolean doubted;
  private long doubtedAtNanos;
  private long usedAtNanos;
  private long created;
  private long failed;
  private long invalidated;
  private boolean closed;
  private boolean closedWithSessions;

  /**
   * What the slots of one {@link Sessions} share.
   *
   * @param jitter draws from [0, 1)
   * @param beforeFetch makes room when a slot begins to hold a session
   */
  record Surroundings(
      SessionOptions options,
      InstantSource clock,
      SessionTimer timer,
      DoubleSupplier jitter,
      Ledger ledger,
      Runnable beforeFetch) {}

  /**
   * What callers get.
   *
   * @param key completed with a key when live, failed when failed, null when empty
   * @param signer the identity's key that the session, or the failure to get one, came from
   * @param waiting how many wait for the key while it is fetched, null in other phases
   */
  private record Snapshot(
      Phase phase,
      @Nullable CompletableFuture<AccessKey> key,
      long createdNanos,
      long endNanos,
      @Nullable AccessKey signer,
      @Nullable AtomicInteger waiting) {
    static Snapshot fetching(Fetch fetch) {
      return new Snapshot(Phase.FETCHING, fetch.outcome(), 0, 0, null, new AtomicInteger());
    }

    int waiters() {
      return waiting == null ? 0 : waiting.get();
    }

    boolean isLive() {
      return phase == Phase.LIVE || phase == Phase.REFRESHING;
    }

    Snapshot in(Phase other) {
      return new Snapshot(other, key, createdNanos, endNanos, signer, null);
    }
  }

  SessionSlot(Ledger.Owner owner, BucketCredentials identity, Surroundings surroundings) {
    this.owner = owner;
    this.identity = identity;
    this.surroundings = surroundings;
    this.usedAtNanos = surroundings.timer().nanos();
  }

  // What callers see.

  /** The session's key, completed while there is one. */
  CompletableFuture<AccessKey> current() {
    Snapshot seen = snapshot;
    if (!used) {
      used = true;
    }
    CompletableFuture<AccessKey> key = seen.key;
    if (key == null) {
      return first();
    }
    return seen.isLive() ? key : join(seen, key);
  }

  /**
   * Waits with the others, or fails with them; without the monitor, which a crowd would queue for.
   */
  private CompletableFuture<AccessKey> join(Snapshot seen, CompletableFuture<AccessKey> key) {
    if (seen.waiting != null) {
      seen.waiting.incrementAndGet();
      surroundings.ledger().waits();
    } else {
      wanted = true;
    }
    return key;
  }

  private CompletableFuture<AccessKey> first() {
    Fetch begun;
    synchronized (this) {
      if (snapshot.key != null) {
        return current(); // somebody was faster
      }
      if (closed || issuers.isEmpty()) {
        return CompletableFuture.failedFuture(closedFailure());
      }
      begun = begin(Phase.FETCHING);
      join(snapshot, begun.outcome());
    }
    surroundings.timer().execute(() -> runFirst(begun));
    return begun.outcome();
  }

  private void runFirst(Fetch begun) {
    surroundings.beforeFetch().run();
    run(begun);
  }

  /** See {@link BucketCredentials#another}. */
  CompletableFuture<AccessKey> another(AccessKey denied) {
    Fetch begun;
    synchronized (this) {
      CompletableFuture<AccessKey> known = snapshot.key;
      if (known == null || !snapshot.isLive() || known.getNow(null) != denied) {
        return current();
      }
      if (inFlight != null) {
        return inFlight.outcome();
      }
      if (issuers.isEmpty() || (doubted && nowNanos() - doubtedAtNanos < DOUBT_NANOS)) {
        return known;
      }
      doubted = true;
      doubtedAtNanos = nowNanos();
      cancelStep.run();
      begun = begin(Phase.REFRESHING);
    }
    run(begun);
    return begun.outcome();
  }

  /** Drops {@code refused} when it is the key at hand. */
  void reject(AccessKey refused) {
    synchronized (this) {
      CompletableFuture<AccessKey> known = snapshot.key;
      if (known == null || !snapshot.isLive() || known.getNow(null) != refused) {
        return;
      }
      invalidated++;
      boolean neverGood = nowNanos() - snapshot.createdNanos < STILLBORN_NANOS;
      stillbornInARow = neverGood ? stillbornInARow + 1 : 0;
      drop();
      if (stillbornInARow > STILLBORN_LIMIT && inFlight == null) {
        ExpressException failure = stillbornFailure();
        remember(CompletableFuture.failedFuture(failure), null, stillborn.failed(failure));
      } else if (!neverGood) {
        stillborn.succeeded();
      }
    }
    surroundings.ledger().invalidated(owner);
  }

  /** Asks for a session if there is none, even if the last try has only just failed. */
  CompletableFuture<AccessKey> warmUp() {
    synchronized (this) {
      if (snapshot.phase == Phase.FAILED) {
        drop();
      }
    }
    return current();
  }

  // One CreateSession.

  /** Holding the monitor. A refresh leaves the key where it is. */
  private Fetch begin(Phase phase) {
    Fetch begun = new Fetch(issuers.get(0).issuer(), new CompletableFuture<>());
    inFlight = begun;
    snapshot = phase == Phase.REFRESHING ? snapshot.in(phase) : Snapshot.fetching(begun);
    return begun;
  }

  private void run(Fetch fetch) {
    long askedAt = nowNanos();
    CompletableFuture<AccessKey> unused =
        fetch
            .ask(owner.mode(), identity)
            .whenComplete(
                (key, failure) -> {
                  long took = nowNanos() - askedAt;
                  if (key == null) {
                    fail(fetch, took, failure);
                  } else if (lifeNanos(key) <= 0) {
                    fail(fetch, took, endedFailure(key));
                  } else {
                    succeed(fetch, took, key);
                  }
                });
  }

  /** From now on, by this machine's clock, as {@link AccessKey#expiration} is told. */
  private long lifeNanos(AccessKey key) {
    return key.expiration()
        .map(end -> Duration.between(surroundings.clock().instant(), end))
        .map(life -> life.compareTo(Duration.ofDays(1)) > 0 ? LONGEST_LIFE_NANOS : life.toNanos())
        .map(nanos -> Math.min(nanos, LONGEST_LIFE_NANOS))
        .orElse(LONGEST_LIFE_NANOS);
  }

  private void succeed(Fetch fetch, long tookNanos, AccessKey key) {
    boolean refresh;
    int waiters;
    synchronized (this) {
      if (inFlight != fetch) {
        return;
      }
      refresh = snapshot.phase == Phase.REFRESHING;
      waiters = snapshot.waiters();
      hold(fetch, key);
    }
    report(fetch, refresh, waiters, "");
    surroundings.ledger().succeeded(owner, refresh, tookNanos, waiters);
    fetch.outcome().complete(key);
  }

  /** Holding the monitor. */
  private void hold(Fetch fetch, AccessKey key) {
    inFlight = null;
    created++;
    failures.succeeded();
    long life = lifeNanos(key);
    long margin = Math.min(surroundings.options().expiryMargin().toNanos(), life / LARGEST_MARGIN);
    long now = nowNanos();
    Snapshot held =
        new Snapshot(
            Phase.LIVE,
            CompletableFuture.completedFuture(key),
            now,
            now + life - margin,
            fetch.signer(),
            null);
    snapshot = held;
    step((long) (life * refreshPoint()), this::refresh);
    cancelEnd.run();
    cancelEnd = surroundings.timer().schedule(life - margin, () -> end(held.key));
  }

  private double refreshPoint() {
    double earliest = surroundings.options().earliestRefresh();
    double latest = surroundings.options().latestRefresh();
    return earliest + (latest - earliest) * surroundings.jitter().getAsDouble();
  }

  /** What happens next, unless something else does. Holding the monitor. */
  private void step(long delayNanos, Runnable action) {
    cancelStep.run();
    cancelStep = surroundings.timer().schedule(Math.max(0, delayNanos), action);
  }

  private void fail(Fetch fetch, long tookNanos, @Nullable Throwable failure) {
    Throwable cause = Fetch.cause(failure);
    Throwable why = cause == null ? closedFailure() : cause;
    Fetch again = null;
    boolean refresh;
    int waiters;
    synchronized (this) {
      if (inFlight != fetch) {
        return;
      }
      refresh = snapshot.phase == Phase.REFRESHING;
      waiters = snapshot.waiters();
      Sessions.Registration other = why instanceof BucketClosedException ? otherThan(fetch) : null;
      if (other != null) {
        again = new Fetch(other.issuer(), fetch.outcome());
        inFlight = again;
      } else {
        settle(fetch, why);
      }
    }
    if (again != null) {
      run(again);
      return;
    }
    report(fetch, refresh, waiters, why.getClass().getSimpleName());
    surroundings.ledger().failed(owner, tookNanos, waiters, why);
    fetch.outcome().completeExceptionally(why);
  }

  /** Holding the monitor. */
  private void settle(Fetch fetch, Throwable why) {
    inFlight = null;
    failed++;
    long pause = failures.failed(why);
    if (snapshot.phase == Phase.REFRESHING) {
      snapshot = snapshot.in(Phase.LIVE);
      step((long) (pause * (0.5 + surroundings.jitter().getAsDouble() / 2)), this::refresh);
    } else {
      remember(CompletableFuture.failedFuture(why), fetch.signer(), pause);
    }
  }

  /** Holding the monitor. */
  private void remember(
      CompletableFuture<AccessKey> failure, @Nullable AccessKey signer, long nanos) {
    wanted = false;
    snapshot = new Snapshot(Phase.FAILED, failure, nowNanos(), 0, signer, null);
    step(nanos, () -> forget(failure));
  }

  private void forget(CompletableFuture<AccessKey> failure) {
    Fetch begun;
    synchronized (this) {
      if (snapshot.key != failure) {
        return;
      }
      snapshot = NOTHING;
      if (!wanted || issuers.isEmpty()) {
        return;
      }
      begun = begin(Phase.FETCHING);
    }
    run(begun);
  }

  private void refresh() {
    Fetch begun;
    synchronized (this) {
      if (snapshot.phase != Phase.LIVE || inFlight != null || issuers.isEmpty()) {
        return; // whoever comes next fetches
      }
      begun = begin(Phase.REFRESHING);
    }
    run(begun);
  }

  private synchronized void end(@Nullable CompletableFuture<AccessKey> ended) {
    if (snapshot.isLive() && snapshot.key == ended) {
      drop();
    }
  }

  /** Holding the monitor. */
  private void drop() {
    cancelStep.run();
    cancelEnd.run();
    snapshot = inFlight == null ? NOTHING : Snapshot.fetching(inFlight);
  }

  // What the sessions do to their slots.

  /** Looks after the slot every now and then: lets go what was idle, meets a rotated identity. */
  void tend(@Nullable AccessKey identityNow) {
    boolean letGo;
    synchronized (this) {
      noteUse();
      long idle = nowNanos() - usedAtNanos;
      letGo = snapshot.phase == Phase.LIVE && idle >= surroundings.options().idleAfter().toNanos();
      if (letGo) {
        drop();
      } else if (identityNow != null && snapshot.signer != null && snapshot.signer != identityNow) {
        meetRotation();
      }
    }
    if (letGo) {
      surroundings.ledger().letGo(owner);
    }
  }

  /** Holding the monitor. The old session serves until the new identity's is there. */
  private void meetRotation() {
    if (snapshot.phase == Phase.LIVE) {
      long spread = surroundings.options().identityCheck().toNanos() / 10;
      step((long) (spread * surroundings.jitter().getAsDouble()), this::refresh);
    } else if (snapshot.phase == Phase.FAILED) {
      CompletableFuture<AccessKey> failure = snapshot.key;
      if (failure != null) {
        step(0, () -> forget(failure));
      }
    }
  }

  /** Holding the monitor. */
  private void noteUse() {
    if (used) {
      used = false;
      usedAtNanos = nowNanos();
    }
  }

  /** When it was last used; Long.MAX_VALUE when there is nothing to let go. */
  synchronized long letGoRank() {
    noteUse();
    return snapshot.phase == Phase.LIVE ? usedAtNanos : Long.MAX_VALUE;
  }

  void letGo() {
    synchronized (this) {
      if (snapshot.phase != Phase.LIVE) {
        return;
      }
      drop();
    }
    surroundings.ledger().letGo(owner);
  }

  boolean isOccupied() {
    return snapshot.phase != Phase.EMPTY;
  }

  synchronized SessionStatus status() {
    Snapshot seen = snapshot;
    long now = nowNanos();
    boolean live = seen.isLive();
    return new SessionStatus(
        owner.bucket(),
        owner.mode(),
        seen.phase,
        Duration.ofNanos(live ? now - seen.createdNanos : 0),
        Duration.ofNanos(live ? Math.max(0, seen.endNanos - now) : 0),
        created,
        failed,
        invalidated,
        seen.waiters());
  }

  // Its issuers, and its end.

  void add(Sessions.Registration issuer) {
    synchronized (this) {
      issuers.add(issuer);
      if (snapshot.phase == Phase.FAILED) {
        drop(); // the new bucket may be set up better
      }
    }
  }

  private Sessions.@Nullable Registration otherThan(Fetch fetch) {
    return issuers.stream()
        .filter(registration -> registration.issuer() != fetch.issuer())
        .findFirst()
        .orElse(null);
  }

  /** Forgets an issuer; whether it was the last, which ends the slot. */
  boolean remove(Sessions.Registration issuer) {
    synchronized (this) {
      issuers.remove(issuer);
      if (!issuers.isEmpty()) {
        return false;
      }
    }
    finish(false);
    return true;
  }

  /** The sessions close, whatever buckets are still open. */
  void close() {
    finish(true);
  }

  private void finish(boolean withSessions) {
    Fetch waited;
    synchronized (this) {
      closed = true;
      closedWithSessions |= withSessions;
      waited = inFlight;
      inFlight = null;
      cancelStep.run();
      cancelEnd.run();
      snapshot = NOTHING;
    }
    if (waited != null) {
      waited.outcome().completeExceptionally(closedFailure());
    }
  }

  private void report(Fetch fetch, boolean refresh, int waiters, String failure) {
    CreateSessionEvent event = fetch.event();
    if (event != null && event.shouldCommit()) {
      event.bucket = owner.bucket().toString();
      event.mode = owner.mode().headerValue();
      event.refresh = refresh;
      event.waiters = waiters;
      event.failure = failure;
      event.commit();
    }
  }

  private RequestSite site() {
    return RequestSite.of(Operation.CREATE_SESSION, owner.bucket(), null, null);
  }

  private synchronized ExpressException closedFailure() {
    return closedWithSessions
        ? new CredentialsException(
            "these sessions are closed: close them after the buckets", site(), null)
        : new BucketClosedException("the bucket is closed", site(), null);
  }

  private CredentialsException endedFailure(AccessKey key) {
    return new CredentialsException(
        "the session had ended before it was issued, at "
            + key.expiration().map(Object::toString).orElse("no time")
            + ": compare the clocks of this machine and the service",
        site(),
        null);
  }

  private CredentialsException stillbornFailure() {
    return new CredentialsException(
        "the service refuses the sessions it has only just issued: it is asked again in a moment;"
            + " compare the clocks of this machine and the service",
        site(),
        null);
  }

  private long nowNanos() {
    return surroundings.timer().nanos();
  }
}
