package io.expressway.testkit.auth;

import java.time.Instant;
import java.util.Map;

/**
 * One session made by CreateSession.
 *
 * @param keys its credentials, with their token
 * @param bucket the only bucket it is good for
 * @param readOnly whether it may only read
 * @param expiration when it ends
 * @param sse the server-side-encryption headers it pins, lower-case names
 */
public record Session(
    Keys keys, String bucket, boolean readOnly, Instant expiration, Map<String, String> sse) {

  /** The session token. */
  public String token() {
    return keys.token() == null ? "" : keys.token();
  }

  /** The mode as CreateSession names it. */
  public String mode() {
    return readOnly ? "ReadOnly" : "ReadWrite";
  }

  Session endingAt(Instant end) {
    return end.isBefore(expiration) ? new Session(keys, bucket, readOnly, end, sse) : this;
  }
}
