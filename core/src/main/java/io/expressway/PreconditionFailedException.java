package io.expressway;

import org.jspecify.annotations.Nullable;

/**
 * The object is not of the version the request required, or it exists where it must not (304, 409,
 * 412).
 */
public final class PreconditionFailedException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public PreconditionFailedException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
