package io.expressway.testkit;

import io.expressway.testkit.auth.RawTarget;
import io.expressway.testkit.auth.SignedRequest;
import io.expressway.testkit.auth.Verified;
import io.expressway.testkit.store.S3Error;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to its last body byte. Confined to the event loop of its connection.
 *
 * <p>A request refused by its head keeps the refusal; its body is dropped as it comes.
 */
final class Exchange {
  private static final long MAX_BODY_BYTES = 512L << 20;
  private static final int CHUNK_FRAMING_BYTES = 64 * 1024;
  private static final ByteBuffer NO_BODY = ByteBuffer.allocateDirect(0);

  final String method;
  final String rawTarget;
  final String requestId;
  final Instant now;
  final Map<String, String> headers;
  @Nullable RawTarget target;
  Address address = new Address(null, null, false);
  Map<String, List<String>> query = Map.of();
  Operation operation = Operation.UNKNOWN;
  @Nullable Verified verified;
  @Nullable S3Error refusal;
  @Nullable Fault fault;
  private ByteBuffer body = NO_BODY;

  Exchange(HttpRequest request, String requestId, Instant now) {
    this.method = request.method().name();
    this.rawTarget = request.uri();
    this.requestId = requestId;
    this.now = now;
    this.headers = lowerCase(request);
  }

  private static Map<String, String> lowerCase(HttpRequest request) {
    Map<String, String> headers = new HashMap<>(32);
    request
        .headers()
        .iteratorAsString()
        .forEachRemaining(
            header ->
                headers.merge(
                    header.getKey().toLowerCase(Locale.ROOT),
                    header.getValue(),
                    (first, second) -> first + "," + second));
    return headers;
  }

  /** Reads target, address and operation; fails with the S3Error that answers the request. */
  void parse(boolean pathStyle) {
    RawTarget parsed = RawTarget.parse(rawTarget);
    target = parsed;
    query = parsed.query();
    address = Address.of(headers.get("host"), parsed, pathStyle);
    operation = Operation.of(method, address.bucket(), address.key(), query, headers);
  }

  SignedRequest signed() {
    RawTarget parsed = target;
    if (parsed == null) {
      throw new IllegalStateException("the target of " + requestId + " was not parsed");
    }
    return new SignedRequest(method, parsed, headers);
  }

  boolean expectsContinue() {
    return "100-continue".equalsIgnoreCase(headers.get("expect"));
  }

  /** Makes room for the announced body. */
  void allocate() {
    long bytes = announcedBytes();
    if (bytes > MAX_BODY_BYTES) {
      throw new S3Error(
              400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
          .with("MaxSizeAllowed", Long.toString(MAX_BODY_BYTES));
    }
    body = bytes == 0 ? NO_BODY : ByteBuffer.allocateDirect((int) bytes);
  }

  /**
   * A body needs a Content-Length, or Transfer-Encoding: chunked with the length of the decoded
   * payload (PutObject page).
   */
  private long announcedBytes() {
    String length = headers.get("content-length");
    String decoded = headers.get("x-amz-decoded-content-length");
    try {
      if (length != null) {
        return notNegative(length.trim());
      }
      if (headers.containsKey("transfer-encoding")) {
        return Math.addExact(notNegative(String.valueOf(decoded)), CHUNK_FRAMING_BYTES);
      }
      return 0;
    } catch (NumberFormatException | ArithmeticException e) {
      throw new S3Error(
          411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
    }
  }

  private static long notNegative(String length) {
    long bytes = Long.parseLong(length);
    if (bytes < 0) {
      throw new NumberFormatException("a length below zero: " + length);
    }
    return bytes;
  }

  /** Takes a piece of the body; the caller releases it. */
  void append(ByteBuf content) {
    int bytes = content.readableBytes();
    if (bytes == 0 || refusal != null) {
      return;
    }
    if (bytes > body.remaining()) {
      grow(bytes);
    }
    ByteBuffer room = body.slice(body.position(), bytes);
    content.readBytes(room);
    body.position(body.position() + bytes);
  }

  private void grow(int bytes) {
    long needed = Math.max(body.capacity() * 2L, (long) body.position() + bytes);
    if (needed > MAX_BODY_BYTES) {
      refusal =
          new S3Error(
              400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size");
      needed = (long) body.position() + bytes;
    }
    body = ByteBuffer.allocateDirect((int) needed).put(body.flip());
  }

  /** What was received, from position 0. */
  ByteBuffer received() {
    return body.flip();
  }

  long announcedOr(long missing) {
    String length = headers.get("content-length");
    return length == null ? missing : Long.parseLong(length.trim());
  }
}
