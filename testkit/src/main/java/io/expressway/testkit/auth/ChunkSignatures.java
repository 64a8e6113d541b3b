package io.expressway.testkit.auth;

import io.expressway.testkit.store.S3Error;
import java.nio.ByteBuffer;

/**
 * The chain of chunk signatures: each covers the one before it (Amazon S3 API reference, "Signature
 * Calculations for the Authorization Header: Transferring Payload in Multiple Chunks" and
 * "...Including Trailing Headers", read on 2026-11-22). Confined to one request.
 */
final class ChunkSignatures {
  private final byte[] signingKey;
  private final String amzDate;
  private final String scope;
  private String previous;

  ChunkSignatures(byte[] signingKey, String amzDate, Scope scope, String seed) {
    this.signingKey = signingKey;
    this.amzDate = amzDate;
    this.scope = scope.text();
    this.previous = seed;
  }

  /** The signature that the next chunk must carry. */
  String ofChunk(ByteBuffer data) {
    return sign("AWS4-HMAC-SHA256-PAYLOAD", Digests.EMPTY_SHA256 + '\n' + Digests.sha256Hex(data));
  }

  /** The signature that the trailers must carry: {@code name:value\n} for each. */
  String ofTrailers(String canonicalTrailers) {
    return sign("AWS4-HMAC-SHA256-TRAILER", Digests.sha256Hex(canonicalTrailers));
  }

  void checkChunk(ByteBuffer data, String given) {
    check(ofChunk(data), given);
  }

  void checkTrailers(String canonicalTrailers, String given) {
    check(ofTrailers(canonicalTrailers), given);
  }

  private void check(String expected, String given) {
    if (!Digests.same(expected, given)) {
      throw new S3Error(403, "SignatureDoesNotMatch", Authenticator.MISMATCH);
    }
    previous = expected;
  }

  private String sign(String algorithm, String rest) {
    return Digests.hmacHex(
        signingKey, String.join("\n", algorithm, amzDate, scope, previous, rest));
  }
}
