package io.expressway.session;

import java.time.Duration;

/**
 * When sessions are replaced. Immutable: every method gives a changed copy.
 *
 * @param earliestRefresh the part of a session's life after which it may be replaced, 0.5 unless
 *     set: five minutes leave half of them for retries
 * @param latestRefresh the part at which its replacement has begun, 0.7 unless set; each session
 *     draws its own moment between the two, so that many do not come at once
 * @param expiryMargin how long before its end a session is used no more, 2 s unless set: a request
 *     signed now must arrive in time
 * @param failureMemory how long a failed first session is remembered, 1 s unless set: whoever comes
 *     within it fails at once instead of asking again
 */
public record SessionOptions(
    double earliestRefresh, double latestRefresh, Duration expiryMargin, Duration failureMemory) {
  private static final SessionOptions DEFAULTS =
      new SessionOptions(0.5, 0.7, Duration.ofSeconds(2), Duration.ofSeconds(1));

  /** Checks each value. */
  public SessionOptions {
    if (!(earliestRefresh > 0 && earliestRefresh <= latestRefresh && latestRefresh < 1)) {
      throw new IllegalArgumentException(
          "the refresh window must lie between 0 and 1, its beginning first, but is "
              + earliestRefresh
              + " to "
              + latestRefresh);
    }
    requireNotNegative("expiryMargin", expiryMargin);
    requireNotNegative("failureMemory", failureMemory);
  }

  private static void requireNotNegative(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(what + " must not be negative, but is " + value);
    }
  }

  /** Every value at its default. */
  public static SessionOptions defaults() {
    return DEFAULTS;
  }

  /** Replaces sessions between these parts of their lives. */
  public SessionOptions refreshBetween(double earliest, double latest) {
    return new SessionOptions(earliest, latest, expiryMargin, failureMemory);
  }

  /** Uses sessions until {@code margin} before their end. */
  public SessionOptions expiryMargin(Duration margin) {
    return new SessionOptions(earliestRefresh, latestRefresh, margin, failureMemory);
  }

  /** Remembers a failed first session for {@code time}. */
  public SessionOptions failureMemory(Duration time) {
    return new SessionOptions(earliestRefresh, latestRefresh, expiryMargin, time);
  }
}
