package io.expressway.session;

import io.expressway.AccessDeniedException;
import io.expressway.AccessKey;
import io.expressway.BucketClosedException;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.CredentialsException;
import io.expressway.ExpressException;
import io.expressway.Operation;
import io.expressway.RequestSite;
import io.expressway.SessionMode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The session of one bucket and mode.
 *
 * <pre>
 *   EMPTY       no key, or for a moment the failure to get one
 *     current() asks for one            -> FETCHING
 *   FETCHING    all callers wait for the same call
 *     it succeeds, it fails             -> LIVE, EMPTY
 *   LIVE        callers get the key at once
 *     the refresh is due                -> REFRESHING
 *     the key is rejected or expires    -> EMPTY
 *   REFRESHING  callers still get the key at once
 *     it succeeds, it fails             -> LIVE with the new key, LIVE with the old one
 *     the key is rejected or expires    -> FETCHING, by the call under way
 * </pre>
 *
 * <p>Thread: safe for many. What {@link #current} needs lies in one immutable snapshot in a
 * volatile field, read without a lock; every transition holds the slot's monitor, which also guards
 * the fields marked so. Futures complete outside of it, so that no dependent runs under the lock.
 * At most one CreateSession is under way, whatever its outcome will be good for.
 */
final class SessionSlot {
  /** Five minutes, fixed (S3 API, CreateSession, read on 2026-11-22). */
  private static final long LONGEST_LIFE_MILLIS = 300_000;

  private static final long FIRST_RETRY_MILLIS = 250;
  private static final long LONGEST_RETRY_MILLIS = 10_000;
  private static final CompletableFuture<AccessKey> NO_KEY = new CompletableFuture<>();
  private static final Snapshot NOTHING = new Snapshot(Phase.EMPTY, NO_KEY, Long.MIN_VALUE);

  private final BucketName bucket;
  private final SessionMode mode;
  private final BucketCredentials identity;
  private final Surroundings surroundings;
  private volatile Snapshot snapshot = NOTHING;

  // Guarded by this.
  private final List<Sessions.Registration> issuers = new ArrayList<>();
  private @Nullable Fetch inFlight;
  private Runnable cancelRefresh = () -> {};
  private int failedRefreshes;
  private boolean closed;
  private boolean closedWithSessions;

  enum Phase {
    EMPTY,
    FETCHING,
    LIVE,
    REFRESHING
  }

  /** What the slots of one {@link Sessions} share; {@code jitter} draws from [0, 1). */
  record Surroundings(
      SessionOptions options,
      InstantSource clock,
      SessionTimer timer,
      DoubleSupplier jitter,
      LongAdder created,
      LongAdder failed) {}

  /** What callers get until a moment: a key, one to come, or a failure still remembered. */
  private record Snapshot(Phase phase, CompletableFuture<AccessKey> key, long holdsUntilMillis) {}

  /** One CreateSession under way, and who waits for it. */
  private static final class Fetch {
    private final Sessions.Registration by;
    private final CompletableFuture<AccessKey> outcome;

    Fetch(Sessions.Registration by, CompletableFuture<AccessKey> outcome) {
      this.by = by;
      this.outcome = outcome;
    }
  }

  SessionSlot(
      BucketName bucket, SessionMode mode, BucketCredentials identity, Surroundings surroundings) {
    this.bucket = bucket;
    this.mode = mode;
    this.identity = identity;
    this.surroundings = surroundings;
  }

  /** The session's key, completed while one is good. */
  CompletableFuture<AccessKey> current() {
    Snapshot seen = snapshot;
    return nowMillis() < seen.holdsUntilMillis ? seen.key : fetch();
  }

  private CompletableFuture<AccessKey> fetch() {
    Fetch begun = null;
    CompletableFuture<AccessKey> outcome;
    synchronized (this) {
      if (nowMillis() < snapshot.holdsUntilMillis) {
        return snapshot.key;
      }
      if (closed || issuers.isEmpty()) {
        return CompletableFuture.failedFuture(closedFailure());
      }
      Fetch joined = inFlight;
      if (joined == null) {
        joined = begin(issuers.get(0), new CompletableFuture<>());
        begun = joined;
      }
      outcome = joined.outcome;
      snapshot = new Snapshot(Phase.FETCHING, outcome, Long.MAX_VALUE);
    }
    if (begun != null) {
      run(begun);
    }
    return outcome;
  }

  /** Holding the monitor. */
  private Fetch begin(Sessions.Registration by, CompletableFuture<AccessKey> outcome) {
    Fetch begun = new Fetch(by, outcome);
    inFlight = begun;
    return begun;
  }

  private void run(Fetch fetch) {
    long askedAt = nowMillis();
    CompletableFuture<AccessKey> unused =
        createSession(fetch)
            .whenComplete(
                (key, failure) -> {
                  if (key != null) {
                    succeed(fetch, key, askedAt);
                  } else {
                    fail(fetch, cause(failure));
                  }
                });
  }

  private CompletableFuture<AccessKey> createSession(Fetch fetch) {
    try {
      return identity.current().thenCompose(key -> createSession(fetch, key));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<AccessKey> createSession(Fetch fetch, AccessKey signer) {
    return fetch
        .by
        .issuer()
        .createSession(mode, signer)
        .whenComplete(
            (key, failure) -> {
              if (cause(failure) instanceof AccessDeniedException) {
                identity.reject(signer);
              }
            });
  }

  private static @Nullable Throwable cause(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause == null ? failure : cause;
  }

  private void succeed(Fetch fetch, AccessKey key, long askedAt) {
    surroundings.created.increment();
    synchronized (this) {
      if (inFlight != fetch) {
        return;
      }
      inFlight = null;
      failedRefreshes = 0;
      if (snapshot.phase == Phase.REFRESHING) {
        fetch.outcome.complete(key); // nobody waits for it yet, and nobody ever should
      }
      long life = lifeMillis(key, askedAt);
      long margin = Math.min(surroundings.options.expiryMargin().toMillis(), life / 5);
      snapshot = new Snapshot(Phase.LIVE, fetch.outcome, askedAt + life - margin);
      refreshIn(askedAt + (long) (life * refreshPoint()) - nowMillis());
    }
    fetch.outcome.complete(key);
  }

  /**
   * The session's life counted from the request for it. It ends by the server's clock: when that
   * disagrees with ours by more than a life can have, ours is wrong and the known life counts.
   */
  private static long lifeMillis(AccessKey key, long askedAt) {
    long life =
        key.expiration()
            .map(expiration -> expiration.toEpochMilli() - askedAt)
            .orElse(LONGEST_LIFE_MILLIS);
    return life <= 0 ? LONGEST_LIFE_MILLIS : Math.min(life, LONGEST_LIFE_MILLIS);
  }

  private double refreshPoint() {
    double earliest = surroundings.options.earliestRefresh();
    double latest = surroundings.options.latestRefresh();
    return earliest + (latest - earliest) * surroundings.jitter.getAsDouble();
  }

  /** Holding the monitor. */
  private void refreshIn(long delayMillis) {
    cancelRefresh.run();
    cancelRefresh = surroundings.timer.schedule(Math.max(0, delayMillis), this::refresh);
  }

  private void refresh() {
    Fetch begun;
    synchronized (this) {
      boolean isGood = nowMillis() < snapshot.holdsUntilMillis;
      if (snapshot.phase != Phase.LIVE || !isGood || inFlight != null || issuers.isEmpty()) {
        return; // whoever comes next fetches
      }
      begun = begin(issuers.get(0), new CompletableFuture<>());
      snapshot = new Snapshot(Phase.REFRESHING, snapshot.key, snapshot.holdsUntilMillis);
    }
    run(begun);
  }

  private void fail(Fetch fetch, @Nullable Throwable failure) {
    Throwable why = failure == null ? closedFailure() : failure;
    Fetch again = null;
    synchronized (this) {
      if (inFlight != fetch) {
        return;
      }
      inFlight = null;
      Sessions.Registration other =
          why instanceof BucketClosedException ? otherThan(fetch.by) : null;
      if (other != null) {
        again = begin(other, fetch.outcome);
      } else if (snapshot.phase == Phase.REFRESHING) {
        surroundings.failed.increment();
        snapshot = new Snapshot(Phase.LIVE, snapshot.key, snapshot.holdsUntilMillis);
        refreshIn(retryDelayMillis());
      } else {
        surroundings.failed.increment();
        long until = nowMillis() + surroundings.options.failureMemory().toMillis();
        snapshot = new Snapshot(Phase.EMPTY, fetch.outcome, until);
      }
    }
    if (again != null) {
      run(again);
    } else {
      fetch.outcome.completeExceptionally(why);
    }
  }

  private Sessions.@Nullable Registration otherThan(Sessions.Registration closing) {
    return issuers.stream().filter(issuer -> issuer != closing).findFirst().orElse(null);
  }

  /** Doubles from a quarter of a second, between half and all of it. */
  private long retryDelayMillis() {
    long delay = FIRST_RETRY_MILLIS << Math.min(failedRefreshes++, 10);
    return (long)
        (Math.min(delay, LONGEST_RETRY_MILLIS) * (0.5 + surroundings.jitter.getAsDouble() / 2));
  }

  /** Drops {@code refused} when it is the key at hand. */
  synchronized void reject(AccessKey refused) {
    Snapshot seen = snapshot;
    boolean isKey = seen.phase == Phase.LIVE || seen.phase == Phase.REFRESHING;
    if (isKey && seen.key.getNow(null) == refused) {
      cancelRefresh.run();
      snapshot =
          inFlight == null
              ? NOTHING
              : new Snapshot(Phase.FETCHING, inFlight.outcome, Long.MAX_VALUE);
    }
  }

  boolean isLive() {
    Snapshot seen = snapshot;
    boolean isKey = seen.phase == Phase.LIVE || seen.phase == Phase.REFRESHING;
    return isKey && nowMillis() < seen.holdsUntilMillis;
  }

  synchronized void add(Sessions.Registration issuer) {
    issuers.add(issuer);
  }

  /** Forgets an issuer; whether it was the last, which ends the slot. */
  boolean remove(Sessions.Registration issuer) {
    synchronized (this) {
      issuers.remove(issuer);
      if (!issuers.isEmpty()) {
        return false;
      }
    }
    end(false);
    return true;
  }

  /** The sessions close, whatever buckets are still open. */
  void close() {
    end(true);
  }

  private void end(boolean withSessions) {
    Fetch waited;
    synchronized (this) {
      closed = true;
      closedWithSessions |= withSessions;
      waited = inFlight;
      inFlight = null;
      snapshot = NOTHING;
      cancelRefresh.run();
    }
    if (waited != null) {
      waited.outcome.completeExceptionally(closedFailure());
    }
  }

  private synchronized ExpressException closedFailure() {
    RequestSite site = RequestSite.of(Operation.CREATE_SESSION, bucket, null, null);
    return closedWithSessions
        ? new CredentialsException(
            "these sessions are closed: close them after the buckets", site, null)
        : new BucketClosedException("the bucket is closed", site, null);
  }

  private long nowMillis() {
    return surroundings.clock.millis();
  }
}
