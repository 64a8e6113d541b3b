package io.expressway;

import org.jspecify.annotations.Nullable;

/**
 * The service asked for fewer requests (503 SlowDown, 429). Backing off helps; hedging makes it
 * worse.
 */
public final class ThrottledException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public ThrottledException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
