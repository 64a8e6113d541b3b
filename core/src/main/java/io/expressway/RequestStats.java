package io.expressway;

import java.time.Duration;

/**
 * What a bucket's requests of one {@link Operation} did so far. Immutable.
 *
 * @param requests requests sent, repeated ones included
 * @param answers complete answers to them, refusals included
 * @param refused answers among them with a status from 400 on
 * @param throttled those among the refused with 503 or 429
 * @param retries attempts that were followed by another, after a delay
 * @param failed calls that failed in the end
 * @param sentBytes bytes of the bodies that went along, whole even where the connection broke
 * @param receivedBytes bytes of the bodies that came back, parts of them included
 * @param waited from sending a request to the last byte of its answer, summed over all answers
 */
public record RequestStats(
    long requests,
    long answers,
    long refused,
    long throttled,
    long retries,
    long failed,
    long sentBytes,
    long receivedBytes,
    Duration waited) {
  /** Nothing was sent. */
  public static final RequestStats NONE = new RequestStats(0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO);

  /** Both together. */
  public RequestStats plus(RequestStats other) {
    return combine(other, 1);
  }

  /** What happened after an earlier moment. */
  public RequestStats since(RequestStats earlier) {
    return combine(earlier, -1);
  }

  private RequestStats combine(RequestStats other, int sign) {
    return new RequestStats(
        requests + sign * other.requests,
        answers + sign * other.answers,
        refused + sign * other.refused,
        throttled + sign * other.throttled,
        retries + sign * other.retries,
        failed + sign * other.failed,
        sentBytes + sign * other.sentBytes,
        receivedBytes + sign * other.receivedBytes,
        waited.plus(other.waited.multipliedBy(sign)));
  }
}
