package io.expressway.internal.retry;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many retries a bucket may add to its requests: a tenth of what succeeds, and a start of one
 * hundred, so that a failing zone is not buried under its own retries. Lock-free.
 */
public final class RetryBudget {
  private static final long RETRY_COST = 10;
  private static final long FULL = 1_000;
  private final AtomicLong tokens = new AtomicLong(FULL);

  /** One attempt succeeded. */
  public void onSuccess() {
    long now = tokens.get();
    if (now < FULL) {
      tokens.compareAndSet(now, now + 1); // a lost race loses one token, no more
    }
  }

  /** Whether one more retry is allowed; takes it when it is. */
  public boolean tryRetry() {
    long now = tokens.get();
    while (now >= RETRY_COST) {
      if (tokens.compareAndSet(now, now - RETRY_COST)) {
        return true;
      }
      now = tokens.get();
    }
    return false;
  }
}
