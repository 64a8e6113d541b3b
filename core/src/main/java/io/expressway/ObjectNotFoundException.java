package io.expressway;

import org.jspecify.annotations.Nullable;

/** No object at the key (404 NoSuchKey). Final: another zone is not asked. */
public final class ObjectNotFoundException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public ObjectNotFoundException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
