package io.expressway;

import org.jspecify.annotations.Nullable;

/** No such bucket (404 NoSuchBucket). Final: check the name, zone and endpoint. */
public final class BucketNotFoundException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public BucketNotFoundException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
