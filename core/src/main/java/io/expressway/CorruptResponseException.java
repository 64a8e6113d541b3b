package io.expressway;

import org.jspecify.annotations.Nullable;

/**
 * The answer contradicts itself or the request: wrong range, length, checksum or syntax. Nothing of
 * it was handed out.
 */
public final class CorruptResponseException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public CorruptResponseException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
