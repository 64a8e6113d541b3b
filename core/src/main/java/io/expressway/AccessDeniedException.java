package io.expressway;

import org.jspecify.annotations.Nullable;

/**
 * The service refused the identity or the signature (401, 403). Final: another zone would refuse as
 * well, and asking again changes nothing.
 */
public final class AccessDeniedException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public AccessDeniedException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
