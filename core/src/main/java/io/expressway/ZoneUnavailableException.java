package io.expressway;

import org.jspecify.annotations.Nullable;

/**
 * The zone does not answer: refused, reset, silent, 5xx, or the bucket is inactive. Another replica
 * may serve the request.
 */
public final class ZoneUnavailableException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public ZoneUnavailableException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
