package io.expressway.session;

import io.expressway.AccessKey;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.RequestSite;
import io.expressway.SessionMode;
import io.expressway.ZoneUnavailableException;
import io.expressway.session.SessionStatus.Phase;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The slot's state machine under the interleavings that Lincheck's model checker chooses: callers,
 * answers of CreateSession, refused keys and the timer, from several threads. What one of them sees
 * depends on when it looks, so the operations return nothing; what must hold is asserted at each
 * CreateSession, and after each interleaving.
 */
@Tag("one-jdk")
public class SessionSlotLincheckTest {
  private static final BucketName BUCKET = BucketName.directory("logs--usw2-az1--x-s3");
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

  private final Timer timer = new Timer();
  private final Issuer issuer = new Issuer();
  private final Sessions sessions =
      new Sessions(
          Credentials.of("AKID", "secret"),
          SessionOptions.defaults(),
          InstantSource.fixed(NOW),
          timer,
          () -> 0);
  private final BucketCredentials credentials =
      sessions.forBucket(BUCKET, SessionMode.READ_WRITE, issuer);

  private final List<CompletableFuture<AccessKey>> handedOut = new ArrayList<>();

  /** Stands still; runs what was scheduled when told to. */
  private static final class Timer implements SessionTimer {
    private final List<Runnable> scheduled = new ArrayList<>();

    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public synchronized Runnable schedule(long delayNanos, Runnable task) {
      scheduled.add(task);
      return () -> cancel(task);
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    private synchronized void cancel(Runnable task) {
      scheduled.remove(task);
    }

    @Nullable Runnable next() {
      synchronized (this) {
        return scheduled.isEmpty() ? null : scheduled.remove(0);
      }
    }

    @Override
    public void close() {}
  }

  /** Answers the oldest call when told to. */
  private static final class Issuer implements io.expressway.SessionIssuer {
    private final List<CompletableFuture<AccessKey>> calls = new ArrayList<>();
    private int begun;

    @Override
    public synchronized CompletableFuture<AccessKey> createSession(
        SessionMode mode, AccessKey identity) {
      if (!calls.isEmpty()) {
        throw new IllegalStateException("two CreateSessions at once");
      }
      begun++;
      CompletableFuture<AccessKey> call = new CompletableFuture<>();
      calls.add(call);
      return call;
    }

    synchronized @Nullable CompletableFuture<AccessKey> oldest() {
      return calls.isEmpty() ? null : calls.remove(0);
    }

    synchronized int underWay() {
      return calls.size();
    }

    synchronized int begun() {
      return begun;
    }
  }

  /** A caller asks for the key. */
  @Operation
  public void current() {
    CompletableFuture<AccessKey> key = credentials.current();
    synchronized (handedOut) {
      handedOut.add(key);
    }
  }

  /** CreateSession succeeds. */
  @Operation
  public void succeed() {
    CompletableFuture<AccessKey> call = issuer.oldest();
    if (call != null) {
      call.complete(AccessKey.session("S", "secret", "token", NOW.plusSeconds(300)));
    }
  }

  /** CreateSession fails. */
  @Operation
  public void fail() {
    CompletableFuture<AccessKey> call = issuer.oldest();
    if (call != null) {
      call.completeExceptionally(
          new ZoneUnavailableException("no answer", RequestSite.UNKNOWN, null));
    }
  }

  /** What the timer holds falls due: a refresh, the end of the key, the end of a failure. */
  @Operation
  public void due() {
    Runnable due = timer.next();
    if (due != null) {
      due.run();
    }
  }

  /** The service refuses the key at hand. */
  @Operation
  public void reject() {
    AccessKey key = now(credentials.current());
    if (key != null) {
      credentials.reject(key);
    }
  }

  /** The service denies what the key at hand should allow. */
  @Operation
  public void deny() {
    AccessKey key = now(credentials.current());
    if (key != null) {
      CompletableFuture<AccessKey> unused = credentials.another(key);
    }
  }

  private static @Nullable AccessKey now(CompletableFuture<AccessKey> key) {
    return key.isDone() && !key.isCompletedExceptionally() ? key.join() : null;
  }

  /** Nobody is forgotten, and a call is under way exactly when the slot says so. */
  @Validate
  public void nobodyIsForgotten() {
    SessionStatus status = sessions.statuses().get(0);
    boolean asks = status.phase() == Phase.FETCHING || status.phase() == Phase.REFRESHING;
    int underWay = issuer.underWay();
    if (asks != (underWay == 1)) {
      throw new IllegalStateException(status.phase() + " with calls under way: " + underWay);
    }
    if (status.created() + status.failed() + underWay != issuer.begun()) {
      throw new IllegalStateException(status + " after calls: " + issuer.begun());
    }
    for (CompletableFuture<AccessKey> key : handedOut) {
      if (!key.isDone() && underWay == 0) {
        throw new IllegalStateException("a caller waits for nothing: " + status);
      }
    }
  }

  @Test
  void everyInterleavingKeepsItsPromises() {
    new ModelCheckingOptions()
        .iterations(Integer.getInteger("expressway.lincheck.iterations", 2))
        .invocationsPerIteration(300)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(3)
        .actorsAfter(0)
        .check(SessionSlotLincheckTest.class);
  }
}
