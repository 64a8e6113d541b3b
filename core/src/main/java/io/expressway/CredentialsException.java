package io.expressway;

import org.jspecify.annotations.Nullable;

/** No credentials could be had, or no session made from them. */
public final class CredentialsException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public CredentialsException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
