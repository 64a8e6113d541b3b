package io.expressway.testkit;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request as a zone saw it.
 *
 * @param operation the name of the operation in the API reference, {@code Unknown} for others
 * @param method the HTTP method
 * @param bucket the bucket named, or null
 * @param key the decoded key, or null
 * @param target the raw request target
 * @param headers the request headers with lower-case names, without {@code authorization} and
 *     tokens
 * @param sessionSigned whether session credentials signed it; false when it was refused unverified
 * @param accessKeyId the id of the key that signed it, a session's or an identity's; null when it
 *     was refused unverified
 * @param status the status that was decided, 0 when a fault left it without an answer
 * @param requestId the id of the request
 * @param connection a number per connection of the zone, from 1
 * @param injectedDelay what the latency profile and faults added before the first byte
 */
public record RequestRecord(
    String operation,
    String method,
    @Nullable String bucket,
    @Nullable String key,
    String target,
    Map<String, String> headers,
    boolean sessionSigned,
    @Nullable String accessKeyId,
    int status,
    String requestId,
    long connection,
    Duration injectedDelay) {

  /** Copies the headers without the secrets among them. */
  public RequestRecord {
    Map<String, String> kept = new TreeMap<>(headers);
    kept.remove("authorization");
    kept.remove("x-amz-s3session-token");
    kept.remove("x-amz-security-token");
    headers = Map.copyOf(kept);
  }
}
