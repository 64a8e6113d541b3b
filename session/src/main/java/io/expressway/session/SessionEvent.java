package io.expressway.session;

import io.expressway.BucketName;
import io.expressway.SessionMode;
import java.time.Duration;
import java.util.Optional;

/**
 * Something that happened to one session. Holds no secret.
 *
 * @param kind what happened
 * @param bucket the session's bucket
 * @param mode what the session may do
 * @param took how long CreateSession took; zero for kinds without one
 * @param waiters requests that waited for it
 * @param failure why it failed, for {@link Kind#FAILED}
 */
public record SessionEvent(
    Kind kind,
    BucketName bucket,
    SessionMode mode,
    Duration took,
    int waiters,
    Optional<Throwable> failure) {
  /** What can happen to a session. */
  public enum Kind {
    /** CreateSession gave the first session, or the first after a gap. */
    CREATED,
    /** CreateSession replaced a session that was still good. */
    REFRESHED,
    /** CreateSession failed, or the identity that signs it could not be had. */
    FAILED,
    /** The service refused the session before its end. */
    INVALIDATED,
    /** The session was let go, unused or to make room. */
    LET_GO
  }
}
