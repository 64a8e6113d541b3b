package io.expressway;

import java.time.Duration;

/**
 * Told of what a bucket does on the wire. Methods run on event loops: they must be fast, must not
 * block and must not throw.
 */
public interface BucketListener {
  /** Listens to nothing. */
  BucketListener NONE = new BucketListener() {};

  /** A connection was opened. */
  default void onConnect(BucketName bucket) {}

  /**
   * One round trip ended with an answer.
   *
   * @param status the HTTP status
   * @param bodyBytes bytes of the answer's body
   * @param elapsedNanos from sending the request to the last byte of the answer
   */
  default void onResponse(
      BucketName bucket, Operation operation, int status, long bodyBytes, long elapsedNanos) {}

  /** A request will be sent again: {@code cause} ended the attempt, {@code delay} comes first. */
  default void onRetry(
      BucketName bucket, Operation operation, ExpressException cause, Duration delay) {}
}
