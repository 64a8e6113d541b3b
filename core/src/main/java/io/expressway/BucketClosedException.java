package io.expressway;

import org.jspecify.annotations.Nullable;

/** The bucket was closed before or during the request. */
public final class BucketClosedException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public BucketClosedException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
