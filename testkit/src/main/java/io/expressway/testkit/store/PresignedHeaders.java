package io.expressway.testkit.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Presigned URLs may carry {@code x-amz-*} headers as query parameters; here they become headers
 * again, so that nothing a client asked for is dropped.
 *
 * <p>Source: API reference, sigv4-query-string-auth, read on 2026-11-22.
 */
final class PresignedHeaders {
  private PresignedHeaders() {}

  /** The request with its hoisted headers put back; itself when there are none. */
  static S3Request restored(S3Request request) {
    Map<String, String> hoisted = new LinkedHashMap<>();
    request.query().forEach((name, values) -> hoist(hoisted, name, values));
    if (hoisted.isEmpty()) {
      return request;
    }
    hoisted.putAll(request.headers());
    return new S3Request(
        request.method(),
        request.bucket(),
        request.key(),
        request.query(),
        hoisted,
        request.body(),
        request.trailers(),
        request.identity(),
        request.now(),
        request.requestId(),
        request.controlPlane());
  }

  private static void hoist(Map<String, String> headers, String name, List<String> values) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("x-amz-") && !values.isEmpty()) {
      headers.put(lower, values.get(0));
    }
  }
}
