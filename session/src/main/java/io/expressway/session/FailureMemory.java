package io.expressway.session;

import io.expressway.AccessDeniedException;
import io.expressway.CredentialsException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long to leave a service alone that gave no session. Doubles with every failure in a row: what
 * needs a person (a denial, missing credentials) from 1 s to 30 s, what passes by itself from 100
 * ms to 5 s. Not safe for threads: guarded by its slot.
 */
final class FailureMemory {
  private static final long FIRST_DENIED_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_DENIED_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int DOUBLINGS = 10;

  private int inARow;

  /** One more failure; the time to leave the service alone, before jitter. */
  long failed(@Nullable Throwable failure) {
    boolean needsAPerson =
        failure instanceof AccessDeniedException || failure instanceof CredentialsException;
    int doublings = Math.min(inARow++, DOUBLINGS);
    return needsAPerson
        ? Math.min(FIRST_DENIED_NANOS << doublings, LONGEST_DENIED_NANOS)
        : Math.min(FIRST_NANOS << doublings, LONGEST_NANOS);
  }

  void succeeded() {
    inARow = 0;
  }
}
