package io.expressway.testkit.auth;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, as far as signatures are concerned.
 *
 * @param method the HTTP method
 * @param target the raw request target
 * @param headers lower-case names; repeated headers joined with a comma
 */
public record SignedRequest(String method, RawTarget target, Map<String, String> headers) {

  @Nullable String header(String name) {
    return headers.get(name);
  }

  /**
   * The CanonicalRequest (Amazon S3 API reference, "Signature Calculations for the Authorization
   * Header", Task 1, read on 2026-11-22).
   */
  String canonical(List<String> signedHeaders, String payloadHash, @Nullable String withoutParam) {
    StringBuilder out = new StringBuilder(512);
    out.append(method).append('\n').append(target.canonicalPath()).append('\n');
    out.append(target.canonicalQuery(withoutParam)).append('\n');
    for (String name : signedHeaders) {
      out.append(name).append(':').append(canonicalValue(headers.getOrDefault(name, "")));
      out.append('\n');
    }
    out.append('\n').append(String.join(";", signedHeaders)).append('\n').append(payloadHash);
    return out.toString();
  }

  /** Trims, and folds runs of spaces into one. */
  private static String canonicalValue(String value) {
    String trimmed = value.trim();
    if (!trimmed.contains("  ")) {
      return trimmed;
    }
    return trimmed.replaceAll(" +", " ");
  }
}
