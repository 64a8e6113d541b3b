package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One authenticated request, with the transfer encodings already taken off.
 *
 * @param method the HTTP method, upper case
 * @param bucket the bucket named by the host or by the first path segment, null when none is named
 * @param key the decoded object key, null when the request names no key
 * @param query the decoded query in the order sent; {@code ""} for a parameter without a value
 * @param headers the request headers with lower-case names; repeated headers are joined with a
 *     comma
 * @param body the payload after aws-chunked decoding: direct, read-only, position 0, owned by the
 *     request and never written again, so that a store may keep it
 * @param trailers the aws-chunked trailers with lower-case names
 * @param identity who signed
 * @param now the time of the server's clock when the head of the request arrived
 * @param requestId the id that the response carries in {@code x-amz-request-id}
 * @param controlPlane true when the request came to the regional (control plane) endpoint
 */
public record S3Request(
    String method,
    @Nullable String bucket,
    @Nullable String key,
    Map<String, List<String>> query,
    Map<String, String> headers,
    ByteBuffer body,
    Map<String, String> trailers,
    Identity identity,
    Instant now,
    String requestId,
    boolean controlPlane) {

  /**
   * The first value of a header.
   *
   * @param name the lower-case name
   * @return the value, or null when the header was not sent
   */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /**
   * The first value of a query parameter.
   *
   * @param name the decoded name
   * @return the decoded value, {@code ""} when sent without one, null when not sent
   */
  public @Nullable String param(String name) {
    List<String> values = query.get(name);
    return values == null || values.isEmpty() ? null : values.get(0);
  }
}
