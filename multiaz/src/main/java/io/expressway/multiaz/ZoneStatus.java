package io.expressway.multiaz;

import java.time.Duration;

/**
 * How one zone stands, as a set of replicas sees it. Immutable.
 *
 * @param zone the zone's ID; a general-purpose bucket's name
 * @param bucket the replica's name
 * @param health whether it is read from
 * @param breaker what keeps reads from it, or does not
 * @param why what went wrong last; empty while nothing did
 * @param reads attempts at reads that it got
 * @param failures attempts among them that failed as they do when a zone is in trouble
 * @param hedgesFired reads it was asked for because another zone was slow
 * @param hedgesWon those among them that it answered first
 * @param hedgesDenied hedges that were due because it was slow, and not fired: no budget, or nobody
 *     to ask
 * @param median half of the small reads of the last seconds began to be answered within this time;
 *     zero when there were too few
 * @param hedgeDelay how long a small read of it waits before another zone is asked as well
 * @param owedKeys keys it has not got, or not in their latest version, as far as is known here
 */
public record ZoneStatus(
    String zone,
    String bucket,
    Health health,
    Breaker breaker,
    String why,
    long reads,
    long failures,
    long hedgesFired,
    long hedgesWon,
    long hedgesDenied,
    Duration median,
    Duration hedgeDelay,
    long owedKeys) {
  /** Whether a zone is read from, and written to. */
  public enum Health {
    /** It is. */
    UP,
    /** It came back lately and gets ever more reads. */
    RETURNING,
    /** Others are read, and written to, instead; it is asked now and then whether it answers. */
    DOWN
  }

  /** The circuit breaker of a zone. */
  public enum Breaker {
    /** The zone is read from. */
    CLOSED,
    /** It is being asked whether it answers: one request, which decides. */
    HALF_OPEN,
    /** It is left alone until it is asked again. */
    OPEN
  }
}
