package io.expressway.testkit.auth;

import io.expressway.testkit.store.S3Error;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the signature covers the payload: the value of {@code x-amz-content-sha256} (Amazon S3 API
 * reference, "Authenticating Requests: Using the Authorization Header", read on 2026-11-22).
 */
public final class Payload {
  static final String UNSIGNED = "UNSIGNED-PAYLOAD";
  static final String SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  static final String SIGNED_CHUNKS_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
  static final String UNSIGNED_CHUNKS_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

  private final String declared;
  private final @Nullable ChunkSignatures signatures;

  Payload(String declared, @Nullable ChunkSignatures signatures) {
    this.declared = declared;
    this.signatures = signatures;
  }

  /** A payload that comes in aws-chunked pieces. */
  public boolean isChunked() {
    return declared.startsWith("STREAMING-");
  }

  /**
   * Takes the transfer encoding off and checks hashes and signatures. Decodes in place: the given
   * memory is overwritten, and the result is a part of it.
   *
   * @param received what came over the wire, position 0, limit at its end
   * @param headers the request headers
   * @param trailers receives the trailers, lower-case names
   * @return the decoded payload
   * @throws S3Error when a hash, a signature, a length or the framing is wrong
   */
  public ByteBuffer decode(
      ByteBuffer received, Map<String, String> headers, Map<String, String> trailers) {
    if (isChunked()) {
      return decodeChunks(received, headers, trailers);
    }
    if (!declared.equals(UNSIGNED)) {
      checkHash(received);
    }
    return received;
  }

  private void checkHash(ByteBuffer received) {
    String computed = Digests.sha256Hex(received);
    if (!computed.equals(declared)) {
      throw new S3Error(
              400,
              "XAmzContentSHA256Mismatch",
              "The provided 'x-amz-content-sha256' header does not match what was computed.")
          .with("ClientComputedContentSHA256", declared)
          .with("S3ComputedContentSHA256", computed);
    }
  }

  private ByteBuffer decodeChunks(
      ByteBuffer received, Map<String, String> headers, Map<String, String> trailers) {
    boolean withTrailer = declared.endsWith("-TRAILER");
    AwsChunks chunks = new AwsChunks(received, signatures, withTrailer);
    ByteBuffer decoded = chunks.decode(decodedLength(headers));
    Map<String, String> found = new LinkedHashMap<>(chunks.trailers());
    checkAnnounced(headers.get("x-amz-trailer"), found);
    trailers.putAll(found);
    return decoded;
  }

  private static long decodedLength(Map<String, String> headers) {
    String length = headers.get("x-amz-decoded-content-length");
    try {
      return Long.parseLong(String.valueOf(length));
    } catch (NumberFormatException e) {
      throw new S3Error(
          411,
          "MissingContentLength",
          "You must provide the x-amz-decoded-content-length HTTP header.");
    }
  }

  private static void checkAnnounced(@Nullable String announced, Map<String, String> found) {
    Map<String, String> missing = new LinkedHashMap<>();
    for (String name : announced == null ? new String[0] : announced.split(",", -1)) {
      missing.put(name.trim().toLowerCase(java.util.Locale.ROOT), "");
    }
    missing.remove("");
    if (!missing.keySet().equals(found.keySet())) {
      throw AwsChunks.malformedTrailer();
    }
  }
}
