package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One answer of the store. The HTTP front adds {@code x-amz-request-id}, {@code x-amz-id-2}, {@code
 * date}, {@code server} and, unless the headers hold it already, {@code content-length}.
 *
 * <p>For HEAD the body is null and the headers hold the {@code content-length} of the object.
 *
 * @param status the HTTP status
 * @param headers the response headers, lower-case names
 * @param body the payload, direct and read-only, served without a copy; null when there is none
 * @param error the error to render as the body, null for a plain answer
 */
public record S3Response(
    int status, Map<String, String> headers, @Nullable ByteBuffer body, @Nullable S3Error error) {

  /** An answer without a body. */
  public static S3Response empty(int status, Map<String, String> headers) {
    return new S3Response(status, headers, null, null);
  }

  /** An answer that serves bytes from the store. */
  public static S3Response of(int status, Map<String, String> headers, ByteBuffer body) {
    return new S3Response(status, headers, body, null);
  }

  /** An XML answer; {@code content-type: application/xml} is added. */
  public static S3Response xml(int status, Map<String, String> headers, String document) {
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer();
    Map<String, String> all = new java.util.LinkedHashMap<>(headers);
    all.put("content-type", "application/xml");
    return new S3Response(status, all, body, null);
  }

  /** An error. */
  public static S3Response error(S3Error error) {
    return new S3Response(error.status(), error.headers(), null, error);
  }

  /**
   * The length of the payload that the answer describes, in bytes: the {@code content-length}
   * header when the store set it (HEAD), else the remaining bytes of the body.
   */
  public long contentLength() {
    String told = headers.get("content-length");
    if (told != null) {
      return Long.parseLong(told);
    }
    return body == null ? 0 : body.remaining();
  }
}
