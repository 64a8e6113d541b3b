package io.expressway;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a change was lost, and the change must not be sent twice: it took effect or not.
 *
 * <p>Conditional writes end so instead of being repeated, because a repetition would meet its own
 * success and look like a lost race. Look at the object, then decide. Never a zone fault: another
 * replica knows no more.
 */
public final class OutcomeUnknownException extends ExpressException {
  private static final long serialVersionUID = 1L;

  /** Reports it with where it happened. */
  public OutcomeUnknownException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem, site, cause);
  }
}
