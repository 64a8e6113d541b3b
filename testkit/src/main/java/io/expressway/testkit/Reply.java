package io.expressway.testkit;

import io.expressway.testkit.store.S3Error;
import io.expressway.testkit.store.S3Response;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One answer, ready to be written.
 *
 * @param status the HTTP status
 * @param headers the headers, without Date, Server and the request ids
 * @param body the bytes to send, null when there are none
 * @param contentLength the value of Content-Length, -1 to send none
 * @param requestId the id of the request
 * @param dateSkewSeconds how far the Date header is off
 * @param close whether to announce and close the connection
 */
record Reply(
    int status,
    Map<String, String> headers,
    @Nullable ByteBuffer body,
    long contentLength,
    String requestId,
    long dateSkewSeconds,
    boolean close) {

  static Reply of(S3Response response, String method, String requestId) {
    S3Error error = response.error();
    if (error != null) {
      return of(error, method, requestId);
    }
    Map<String, String> headers = response.headers();
    boolean head = Operation.isHead(method);
    long length = response.contentLength();
    boolean bodiless = response.status() == 204 || response.status() == 304;
    if (headers.containsKey("content-length")) {
      headers = new LinkedHashMap<>(headers);
      headers.remove("content-length");
    }
    return new Reply(
        response.status(),
        headers,
        head || bodiless ? null : response.body(),
        bodiless ? -1 : length,
        requestId,
        0,
        false);
  }

  /** The one place where an error becomes a body; HEAD errors have none. */
  static Reply of(S3Error error, String method, String requestId) {
    Map<String, String> headers = new LinkedHashMap<>(error.headers());
    headers.put("content-type", "application/xml");
    if (error.status() == 304) {
      headers.remove("content-type");
      return new Reply(304, headers, null, -1, requestId, 0, false);
    }
    if (Operation.isHead(method)) {
      return new Reply(error.status(), headers, null, -1, requestId, 0, false);
    }
    ByteBuffer body = direct(Xml.error(error, requestId, RequestIds.hostId(requestId)));
    return new Reply(error.status(), headers, body, body.remaining(), requestId, 0, false);
  }

  static ByteBuffer direct(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  Reply withStatus(int newStatus) {
    return new Reply(newStatus, headers, body, contentLength, requestId, dateSkewSeconds, close);
  }

  Reply withHeaders(Map<String, String> newHeaders) {
    return new Reply(status, newHeaders, body, contentLength, requestId, dateSkewSeconds, close);
  }

  Reply withBody(ByteBuffer newBody) {
    return new Reply(
        status, headers, newBody, newBody.remaining(), requestId, dateSkewSeconds, close);
  }

  Reply withContentLength(long bytes) {
    return new Reply(status, headers, body, bytes, requestId, dateSkewSeconds, close);
  }

  Reply withDateSkew(long seconds) {
    return new Reply(status, headers, body, contentLength, requestId, seconds, close);
  }

  Reply closing() {
    return new Reply(status, headers, body, contentLength, requestId, dateSkewSeconds, true);
  }
}
