package io.expressway;

import org.jspecify.annotations.Nullable;

/** The time allowed for the request ran out, retries included. */
public final class DeadlineExceededException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public DeadlineExceededException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
