package io.expressway.session;

import io.expressway.BucketName;
import io.expressway.SessionMode;
import java.time.Duration;

/**
 * How one session stands. Holds no secret.
 *
 * @param bucket its bucket
 * @param mode what it may do
 * @param phase where it is in its life
 * @param age since it was created; zero without one
 * @param usableFor until it is used no more; zero without one
 * @param created CreateSession calls that succeeded
 * @param failed those that failed
 * @param invalidated sessions that the service refused before their end
 * @param waiting requests that wait for it now
 */
public record SessionStatus(
    BucketName bucket,
    SessionMode mode,
    Phase phase,
    Duration age,
    Duration usableFor,
    long created,
    long failed,
    long invalidated,
    int waiting) {
  /** Where a session is in its life. */
  public enum Phase {
    /** There is none: none was needed yet, or it was let go, or it ended unreplaced. */
    EMPTY,
    /** Requests wait for the first. */
    FETCHING,
    /** There is one. */
    LIVE,
    /** There is one, and its replacement is under way. */
    REFRESHING,
    /** The first could not be had; requests fail at once until it is tried again. */
    FAILED
  }
}
