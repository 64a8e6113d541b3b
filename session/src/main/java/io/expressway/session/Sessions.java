package io.expressway.session;

import io.expressway.AccessKey;
import io.expressway.Bucket;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.CredentialsSource;
import io.expressway.Encryption;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests with S3 Express sessions made from one IAM identity: one session for each bucket,
 * mode and encryption, shared by all buckets opened with this object, fetched once and replaced in
 * the background while the old one is still good. {@code docs/sessions.md} draws its states.
 *
 * <pre>{@code
 * try (var sessions = Sessions.over(Credentials.fromDefaultChain());
 *     var bucket = ExpressBucket.open("logs--usw2-az1--x-s3", sessions)) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Owner: whoever made it closes it, after the buckets. Thread: safe for many; it keeps one
 * daemon thread from the first bucket until {@link #close}.
 */
public final class Sessions implements CredentialsSource, AutoCloseable {
  private static final long LONGEST_TENDING_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Credentials identity;
  private final SessionOptions options;
  private final SessionTimer timer;
  private final Ledger ledger;
  private final ConcurrentHashMap<SlotKey, SessionSlot> slots = new ConcurrentHashMap<>();
  private final SessionSlot.Surroundings surroundings;
  private final AtomicBoolean tended = new AtomicBoolean();
  private volatile boolean closed;

  private record SlotKey(String bucket, SessionMode mode, Encryption encryption) {
    // By hand: a record's own ones leave the class loader of its components in a cache of the JDK.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof SlotKey that
          && bucket.equals(that.bucket)
          && mode == that.mode
          && encryption.equals(that.encryption);
    }

    @Override
    public int hashCode() {
      return (31 * bucket.hashCode() + mode.hashCode()) * 31 + encryption.hashCode();
    }
  }

  Sessions(
      Credentials identity,
      SessionOptions options,
      InstantSource clock,
      SessionTimer timer,
      DoubleSupplier jitter) {
    this.identity = identity;
    this.options = options;
    this.timer = timer;
    this.ledger = new Ledger(options.listener());
    this.surroundings =
        new SessionSlot.Surroundings(options, clock, timer, jitter, ledger, this::makeRoom);
  }

  /** Sessions made from {@code identity}, every option at its default. */
  public static Sessions over(Credentials identity) {
    return over(identity, SessionOptions.defaults());
  }

  /** Sessions made from {@code identity}. */
  public static Sessions over(Credentials identity, SessionOptions options) {
    return new Sessions(
        identity,
        options,
        Clock.systemUTC(),
        SessionTimer.onDaemonThread(),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  @Override
  public BucketCredentials forBucket(BucketName bucket, SessionMode mode, SessionIssuer issuer) {
    if (closed) {
      throw new IllegalStateException("these sessions are closed: open the bucket with others");
    }
    SlotKey key = new SlotKey(bucket.toString(), mode, issuer.encryption());
    Registration registration = new Registration(issuer);
    SessionSlot slot =
        slots.compute(
            key,
            (unused, known) -> {
              SessionSlot shared = known != null ? known : newSlot(bucket, mode, issuer);
              shared.add(registration);
              return shared;
            });
    if (tended.compareAndSet(false, true)) {
      tendLater();
    }
    if (closed) {
      slot.close(); // close() may have missed it
    }
    return new SharedSession(key, slot, registration);
  }

  private SessionSlot newSlot(BucketName bucket, SessionMode mode, SessionIssuer issuer) {
    return new SessionSlot(
        new Ledger.Owner(bucket, mode), identity.forBucket(bucket, mode, issuer), surroundings);
  }

  /**
   * Has sessions ready for {@code buckets}, which were opened with this object, so that their first
   * requests do not wait; asks again even where it has only just failed. Completes when all are
   * ready, or with the first failure.
   *
   * @throws IllegalArgumentException when a bucket was not opened with this object
   */
  public CompletableFuture<Void> warmUp(Bucket... buckets) {
    List<CompletableFuture<AccessKey>> asked = new ArrayList<>();
    for (Bucket bucket : buckets) {
      asked.addAll(warmUp(bucket.name()));
    }
    return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]));
  }

  private List<CompletableFuture<AccessKey>> warmUp(BucketName bucket) {
    List<SessionSlot> own =
        slots.entrySet().stream()
            .filter(entry -> entry.getKey().bucket().equals(bucket.toString()))
            .map(java.util.Map.Entry::getValue)
            .toList();
    if (own.isEmpty()) {
      throw new IllegalArgumentException(
          "bucket " + bucket + " was not opened with these sessions, or is closed");
    }
    return own.stream().map(SessionSlot::warmUp).toList();
  }

  /** What happened so far, and how the sessions stand. */
  public SessionStats stats() {
    List<SessionStatus> all = statuses();
    int waiting = all.stream().mapToInt(SessionStatus::waiting).sum();
    List<Duration> ages =
        all.stream()
            .filter(each -> !each.usableFor().isZero())
            .map(SessionStatus::age)
            .sorted(Comparator.reverseOrder())
            .toList();
    return ledger.stats(waiting, ages.size(), ages.isEmpty() ? Duration.ZERO : ages.get(0));
  }

  /** How each session stands, in no order. */
  public List<SessionStatus> statuses() {
    return slots.values().stream().map(SessionSlot::status).toList();
  }

  // Looking after the slots.

  private void tendLater() {
    long idle = options.idleAfter().toNanos() / 10;
    long period = Math.min(options.identityCheck().toNanos(), Math.max(1, idle));
    Runnable unused = timer.schedule(Math.min(period, LONGEST_TENDING_NANOS), this::tend);
  }

  private void tend() {
    if (closed) {
      return;
    }
    try {
      AccessKey now = slots.isEmpty() ? null : identityNow();
      slots.values().forEach(slot -> slot.tend(now));
    } finally {
      tendLater();
    }
  }

  /** The identity's key when it is at hand: a provider is asked in the background. */
  private @Nullable AccessKey identityNow() {
    CompletableFuture<AccessKey> key = identity.accessKey();
    return key.isDone() && !key.isCompletedExceptionally() ? key.join() : null;
  }

  /** A slot begins to hold a session: the least recently used one goes when there are too many. */
  private void makeRoom() {
    if (slots.size() <= options.most()) {
      return;
    }
    List<SessionSlot> occupied = slots.values().stream().filter(SessionSlot::isOccupied).toList();
    int over = occupied.size() - options.most();
    record Ranked(long usedAtNanos, SessionSlot slot) {}
    occupied.stream()
        .map(slot -> new Ranked(slot.letGoRank(), slot))
        .sorted(Comparator.comparingLong(Ranked::usedAtNanos))
        .limit(Math.max(0, over))
        .forEach(ranked -> ranked.slot().letGo());
  }

  /** Ends the refreshes. Requests that still wait for a session fail, as do later ones. */
  @Override
  public void close() {
    closed = true;
    timer.close();
    slots.values().forEach(SessionSlot::close);
  }

  @Override
  public String toString() {
    return "Sessions[" + slots.size() + (closed ? " slots, closed]" : " slots]");
  }

  /** One open bucket's right to have sessions made: equal to itself only. */
  static final class Registration {
    private final SessionIssuer issuer;

    Registration(SessionIssuer issuer) {
      this.issuer = issuer;
    }

    SessionIssuer issuer() {
      return issuer;
    }
  }

  private final class SharedSession implements BucketCredentials {
    private final SlotKey key;
    private final SessionSlot slot;
    private final Registration registration;

    SharedSession(SlotKey key, SessionSlot slot, Registration registration) {
      this.key = key;
      this.slot = slot;
      this.registration = registration;
    }

    @Override
    public CompletableFuture<AccessKey> current() {
      return slot.current();
    }

    @Override
    public CompletableFuture<AccessKey> another(AccessKey denied) {
      return slot.another(denied);
    }

    @Override
    public void reject(AccessKey refused) {
      slot.reject(refused);
    }

    @Override
    public CompletableFuture<AccessKey> identity() {
      return identity.accessKey();
    }

    @Override
    public void release() {
      slots.computeIfPresent(
          key, (unused, known) -> known == slot && slot.remove(registration) ? null : known);
    }

    @Override
    public String toString() {
      return "session of " + key.bucket() + ", " + key.mode().headerValue();
    }
  }
}
