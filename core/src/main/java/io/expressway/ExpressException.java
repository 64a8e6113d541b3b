package io.expressway;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Why a request failed, classified where the failure was seen, so that nobody parses a status
 * again. The message says what was wrong, where, and where it helps what to do; it never holds a
 * secret.
 */
public abstract sealed class ExpressException extends IOException
    permits AccessDeniedException,
        BucketClosedException,
        BucketNotFoundException,
        CorruptResponseException,
        CredentialsException,
        DeadlineExceededException,
        InvalidRequestException,
        ObjectNotFoundException,
        OutcomeUnknownException,
        PreconditionFailedException,
        RangeNotSatisfiableException,
        ThrottledException,
        ZoneUnavailableException {
  private static final long serialVersionUID = 1L;
  private final transient RequestSite site;

  ExpressException(String problem, RequestSite site, @Nullable Throwable cause) {
    super(problem + site.suffix(), cause);
    this.site = site;
  }

  /** Where it happened. */
  public RequestSite site() {
    return site == null ? RequestSite.UNKNOWN : site;
  }

  /**
   * Whether another replica may serve what this one did not: the zone is unavailable, throttling or
   * silent. Never true of a refusal, a missing object or a failed precondition.
   */
  public final boolean isZoneFault() {
    return this instanceof ZoneUnavailableException
        || this instanceof ThrottledException
        || this instanceof DeadlineExceededException
        || this instanceof CorruptResponseException;
  }
}
