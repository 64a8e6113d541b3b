package io.expressway;

import org.jspecify.annotations.Nullable;

/**
 * The service does not accept the request as such (other 4xx, 501). Final: the request must change.
 */
public final class InvalidRequestException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public InvalidRequestException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
