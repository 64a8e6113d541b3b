package io.expressway.session;

import java.time.Duration;

/**
 * When sessions are replaced and let go. Immutable: every method gives a changed copy.
 *
 * @param earliestRefresh the part of a session's life after which it may be replaced, 0.5 unless
 *     set: five minutes leave half of them for retries
 * @param latestRefresh the part at which its replacement has begun, 0.7 unless set; each session
 *     draws its own moment between the two, so that many do not come at once
 * @param expiryMargin how long before its end a session is used no more, 2 s unless set, and a
 *     twentieth of its life at most: a request signed now must arrive in time
 * @param idleAfter how long a bucket goes unused before its session is let go, 10 minutes unless
 *     set, the lives of two sessions; it comes back with the next request
 * @param most how many sessions are kept at once, 1,000 unless set, some MB of them; beyond it the
 *     one that was least recently used is let go
 * @param identityCheck how often the identity is looked at for a rotation, 10 s unless set: old
 *     keys are taken for minutes more, by those who rotate them
 * @param listener told of what happens to sessions, nobody unless set
 */
public record SessionOptions(
    double earliestRefresh,
    double latestRefresh,
    Duration expiryMargin,
    Duration idleAfter,
    int most,
    Duration identityCheck,
    SessionListener listener) {
  private static final SessionOptions DEFAULTS =
      new SessionOptions(
          0.5,
          0.7,
          Duration.ofSeconds(2),
          Duration.ofMinutes(10),
          1000,
          Duration.ofSeconds(10),
          SessionListener.NONE);

  /** Checks each value. */
  public SessionOptions {
    if (!(earliestRefresh > 0 && earliestRefresh <= latestRefresh && latestRefresh < 1)) {
      throw new IllegalArgumentException(
          "the refresh window must lie between 0 and 1, its beginning first, but is "
              + earliestRefresh
              + " to "
              + latestRefresh);
    }
    if (expiryMargin.isNegative()) {
      throw new IllegalArgumentException(
          "expiryMargin must not be negative, but is " + expiryMargin);
    }
    requirePositive("idleAfter", idleAfter);
    requirePositive("identityCheck", identityCheck);
    if (most < 1) {
      throw new IllegalArgumentException("most must be positive, but is " + most);
    }
  }

  private static void requirePositive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " must be positive, but is " + value);
    }
  }

  /** Every value at its default. */
  public static SessionOptions defaults() {
    return DEFAULTS;
  }

  /** Replaces sessions between these parts of their lives. */
  public SessionOptions refreshBetween(double earliest, double latest) {
    return new SessionOptions(
        earliest, latest, expiryMargin, idleAfter, most, identityCheck, listener);
  }

  /** Uses sessions until {@code margin} before their end. */
  public SessionOptions expiryMargin(Duration margin) {
    return new SessionOptions(
        earliestRefresh, latestRefresh, margin, idleAfter, most, identityCheck, listener);
  }

  /** Lets sessions go that were not used for {@code time}. */
  public SessionOptions idleAfter(Duration time) {
    return new SessionOptions(
        earliestRefresh, latestRefresh, expiryMargin, time, most, identityCheck, listener);
  }

  /** Keeps at most {@code count} sessions. */
  public SessionOptions most(int count) {
    return new SessionOptions(
        earliestRefresh, latestRefresh, expiryMargin, idleAfter, count, identityCheck, listener);
  }

  /** Looks for a rotated identity every {@code period}. */
  public SessionOptions identityCheck(Duration period) {
    return new SessionOptions(
        earliestRefresh, latestRefresh, expiryMargin, idleAfter, most, period, listener);
  }

  /** Tells {@code told} of what happens to sessions. */
  public SessionOptions listener(SessionListener told) {
    return new SessionOptions(
        earliestRefresh, latestRefresh, expiryMargin, idleAfter, most, identityCheck, told);
  }
}
