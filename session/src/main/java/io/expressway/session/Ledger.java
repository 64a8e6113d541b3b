package io.expressway.session;

import io.expressway.BucketName;
import io.expressway.SessionMode;
import io.expressway.session.SessionEvent.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** Counts what happens to sessions, and tells the listener. Safe for many threads. */
final class Ledger {
  private final SessionListener listener;
  private final LongAdder created = new LongAdder();
  private final LongAdder refreshed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder invalidated = new LongAdder();
  private final LongAdder letGo = new LongAdder();
  private final LongAdder waited = new LongAdder();

  Ledger(SessionListener listener) {
    this.listener = listener;
  }

  /** Whose session it is. */
  record Owner(BucketName bucket, SessionMode mode) {}

  void succeeded(Owner owner, boolean refresh, long tookNanos, int waiters) {
    created.increment();
    if (refresh) {
      refreshed.increment();
    }
    tell(owner, refresh ? Kind.REFRESHED : Kind.CREATED, tookNanos, waiters, null);
  }

  void failed(Owner owner, long tookNanos, int waiters, Throwable failure) {
    failed.increment();
    tell(owner, Kind.FAILED, tookNanos, waiters, failure);
  }

  void invalidated(Owner owner) {
    invalidated.increment();
    recordEnd(owner, "INVALIDATED");
    tell(owner, Kind.INVALIDATED, 0, 0, null);
  }

  void letGo(Owner owner) {
    letGo.increment();
    recordEnd(owner, "LET_GO");
    tell(owner, Kind.LET_GO, 0, 0, null);
  }

  /** Flight Recorder's classes take a tenth of a second to load: only for who started it. */
  private static void recordEnd(Owner owner, String why) {
    if (FlightRecorder.isInitialized()) {
      SessionEndEvent.commit(owner, why);
    }
  }

  void waits() {
    waited.increment();
  }

  private void tell(
      Owner owner, Kind kind, long tookNanos, int waiters, @Nullable Throwable failure) {
    try {
      listener.onEvent(
          new SessionEvent(
              kind,
              owner.bucket(),
              owner.mode(),
              Duration.ofNanos(tookNanos),
              waiters,
              Optional.ofNullable(failure)));
    } catch (RuntimeException dropped) {
      // A listener's failure is not the session's: the caller must get its key.
      Thread.UncaughtExceptionHandler handler =
          Thread.currentThread().getUncaughtExceptionHandler();
      handler.uncaughtException(Thread.currentThread(), dropped);
    }
  }

  /** The totals, with how the sessions stand now. */
  SessionStats stats(int waiting, int live, Duration oldest) {
    return new SessionStats(
        created.sum(),
        refreshed.sum(),
        failed.sum(),
        invalidated.sum(),
        letGo.sum(),
        waited.sum(),
        waiting,
        live,
        oldest);
  }
}
