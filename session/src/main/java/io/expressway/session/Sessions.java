package io.expressway.session;

import io.expressway.AccessKey;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.CredentialsSource;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import java.time.Clock;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * Signs requests with S3 Express sessions made from one IAM identity: one session for each bucket
 * and mode, shared by all buckets opened with this object, fetched once and replaced in the
 * background while the old one is still good.
 *
 * <pre>{@code
 * try (var sessions = Sessions.over(Credentials.fromDefaultChain());
 *     var bucket = ExpressBucket.open("logs--usw2-az1--x-s3", sessions)) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Owner: whoever made it closes it, after the buckets. Thread: safe for many; it keeps one
 * daemon thread from the first session until {@link #close}.
 */
public final class Sessions implements CredentialsSource, AutoCloseable {
  private final Credentials identity;
  private final ConcurrentHashMap<SlotKey, SessionSlot> slots = new ConcurrentHashMap<>();
  private final SessionSlot.Surroundings surroundings;
  private volatile boolean closed;

  private record SlotKey(String bucket, SessionMode mode) {}

  Sessions(
      Credentials identity,
      SessionOptions options,
      InstantSource clock,
      SessionTimer timer,
      DoubleSupplier jitter) {
    this.identity = identity;
    this.surroundings =
        new SessionSlot.Surroundings(
            options, clock, timer, jitter, new LongAdder(), new LongAdder());
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
    SlotKey key = new SlotKey(bucket.toString(), mode);
    Registration registration = new Registration(issuer);
    SessionSlot slot =
        slots.compute(
            key,
            (unused, known) -> {
              SessionSlot shared =
                  known != null ? known : newSlot(bucket, mode, registration.issuer());
              shared.add(registration);
              return shared;
            });
    if (closed) {
      slot.close(); // close() may have missed it
    }
    return new SharedSession(key, slot, registration);
  }

  private SessionSlot newSlot(BucketName bucket, SessionMode mode, SessionIssuer issuer) {
    return new SessionSlot(bucket, mode, identity.forBucket(bucket, mode, issuer), surroundings);
  }

  /** What happened so far. */
  public SessionStats stats() {
    int live = (int) slots.values().stream().filter(SessionSlot::isLive).count();
    return new SessionStats(surroundings.created().sum(), surroundings.failed().sum(), live);
  }

  /** Ends the refreshes. Requests that still wait for a session fail, as do later ones. */
  @Override
  public void close() {
    closed = true;
    surroundings.timer().close();
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
    public void reject(AccessKey refused) {
      slot.reject(refused);
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
