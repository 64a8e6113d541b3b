package io.expressway.testkit.auth;

import io.expressway.testkit.store.Identity;
import io.expressway.testkit.store.S3Error;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks who signed a request: Signature Version 4 in the Authorization header or in a presigned
 * URL, with IAM credentials or with those of a session. Safe for many threads.
 *
 * <p>The order is: is there a claim and is it well formed; scope; time; every header that must be
 * signed is; the key exists; the signature; only then the tokens, so that a wrong signature never
 * learns whether a token is good.
 */
public final class Authenticator {
  static final String MISMATCH =
      "The request signature we calculated does not match the signature you provided. Check your"
          + " key and signing method.";

  /** AWS: a request may be at most fifteen minutes off the server's time. */
  private static final Duration MAX_SKEW = Duration.ofMinutes(15);

  private static final String SESSION_TOKEN = "x-amz-s3session-token";
  private static final String SECURITY_TOKEN = "x-amz-security-token";

  private final String region;
  private final boolean acceptS3Scope;
  private final Map<String, Keys> iamKeys;
  private final Sessions sessions;

  /**
   * An authenticator of one zone.
   *
   * @param region the only region accepted in a scope
   * @param acceptS3Scope whether the service {@code s3} is accepted beside {@code s3express}
   * @param iamKeys IAM credentials by access key id; read on every request, may grow
   * @param sessions the sessions of the zone
   */
  public Authenticator(
      String region, boolean acceptS3Scope, Map<String, Keys> iamKeys, Sessions sessions) {
    this.region = region;
    this.acceptS3Scope = acceptS3Scope;
    this.iamKeys = iamKeys;
    this.sessions = sessions;
  }

  /**
   * Verifies the head of a request.
   *
   * @throws S3Error when it is not signed, or not rightly
   */
  public Verified verify(SignedRequest request, Instant now) {
    Claim claim = Claim.of(request);
    checkScope(claim);
    checkTime(claim, now);
    checkSignedHeaders(claim, request);
    String payloadHash = payloadHash(claim, request);
    Session known = sessions.byKeyId(claim.accessKeyId());
    Keys keys = known == null ? iamKeys.get(claim.accessKeyId()) : known.keys();
    if (keys == null) {
      throw unknownKey(claim);
    }
    byte[] signingKey = keys.signingKey(claim.scope());
    checkSignature(claim, request, payloadHash, signingKey);
    Session session = checkTokens(claim, request, keys, known, now);
    return new Verified(identity(claim, session), session, payload(claim, payloadHash, signingKey));
  }

  private void checkScope(Claim claim) {
    Scope scope = claim.scope();
    if (!scope.region().equals(region)) {
      throw Claim.malformed(
              claim.presigned(),
              "the region '" + scope.region() + "' is wrong; expecting '" + region + "'")
          .with("Region", region);
    }
    boolean accepted =
        scope.service().equals("s3express") || (acceptS3Scope && scope.service().equals("s3"));
    if (!accepted) {
      throw Claim.malformed(
          claim.presigned(),
          "incorrect service \"" + scope.service() + "\". This endpoint belongs to \"s3express\"");
    }
  }

  private static void checkTime(Claim claim, Instant now) {
    if (claim.presigned()) {
      checkPresignedTime(claim, now);
    } else if (Duration.between(claim.at(), now).abs().compareTo(MAX_SKEW) > 0) {
      throw new S3Error(
              403,
              "RequestTimeTooSkewed",
              "The difference between the request time and the current time is too large.")
          .with("RequestTime", claim.amzDate())
          .with("ServerTime", now.toString())
          .with("MaxAllowedSkewMilliseconds", Long.toString(MAX_SKEW.toMillis()));
    }
  }

  private static void checkPresignedTime(Claim claim, Instant now) {
    Instant end = claim.at().plusSeconds(claim.expiresSeconds());
    if (now.isAfter(end)) {
      throw new S3Error(403, "AccessDenied", "Request has expired")
          .with("X-Amz-Expires", Long.toString(claim.expiresSeconds()))
          .with("Expires", end.toString())
          .with("ServerTime", now.toString());
    }
    if (claim.at().minus(MAX_SKEW).isAfter(now)) {
      throw new S3Error(403, "AccessDenied", "Request is not valid yet");
    }
  }

  /** AWS: host and every x-amz-* header of the request must be among the signed headers. */
  private static void checkSignedHeaders(Claim claim, SignedRequest request) {
    List<String> signed = claim.signedHeaders();
    List<String> unsigned = new ArrayList<>(0);
    if (!signed.contains("host")) {
      unsigned.add("host");
    }
    for (String name : request.headers().keySet()) {
      if (name.startsWith("x-amz-") && !signed.contains(name)) {
        unsigned.add(name);
      }
    }
    if (!unsigned.isEmpty()) {
      throw new S3Error(
              403,
              "AccessDenied",
              "There were headers present in the request which were not signed")
          .with("HeadersNotSigned", String.join(", ", unsigned));
    }
  }

  private static String payloadHash(Claim claim, SignedRequest request) {
    @Nullable String declared = request.header("x-amz-content-sha256");
    if (declared == null && claim.presigned()) {
      String inQuery = request.target().param("X-Amz-Content-Sha256");
      declared = inQuery == null ? Payload.UNSIGNED : inQuery;
    }
    if (declared == null) {
      throw new S3Error(
          400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
    }
    if (!isPayloadForm(declared)) {
      throw new S3Error(
              400,
              "InvalidArgument",
              "x-amz-content-sha256 must be UNSIGNED-PAYLOAD,"
                  + " STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD,"
                  + " STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.")
          .with("ArgumentName", "x-amz-content-sha256")
          .with("ArgumentValue", declared);
    }
    return declared;
  }

  private static boolean isPayloadForm(String declared) {
    return switch (declared) {
      case Payload.UNSIGNED,
          Payload.SIGNED_CHUNKS,
          Payload.SIGNED_CHUNKS_TRAILER,
          Payload.UNSIGNED_CHUNKS_TRAILER ->
          true;
      default -> declared.length() == 64 && declared.chars().allMatch(Authenticator::isLowerHex);
    };
  }

  private static boolean isLowerHex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }

  private static S3Error unknownKey(Claim claim) {
    return new S3Error(
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.")
        .with("AWSAccessKeyId", claim.accessKeyId());
  }

  private static void checkSignature(
      Claim claim, SignedRequest request, String payloadHash, byte[] signingKey) {
    String canonical = canonical(claim, request, payloadHash);
    String toSign = stringToSign(claim, canonical);
    if (!Digests.same(Digests.hmacHex(signingKey, toSign), claim.signature())) {
      throw new S3Error(403, "SignatureDoesNotMatch", MISMATCH)
          .with("AWSAccessKeyId", claim.accessKeyId())
          .with("StringToSign", toSign)
          .with("SignatureProvided", claim.signature())
          .with("CanonicalRequest", canonical);
    }
  }

  static String canonical(Claim claim, SignedRequest request, String payloadHash) {
    return request.canonical(
        claim.signedHeaders(), payloadHash, claim.presigned() ? "X-Amz-Signature" : null);
  }

  static String stringToSign(Claim claim, String canonical) {
    return String.join(
        "\n", Claim.ALGORITHM, claim.amzDate(), claim.scope().text(), Digests.sha256Hex(canonical));
  }

  /**
   * CreateSession page: session credentials go with {@code x-amz-s3session-token} and never with
   * {@code x-amz-security-token}. Returns the session, null for IAM credentials.
   */
  private @Nullable Session checkTokens(
      Claim claim, SignedRequest request, Keys keys, @Nullable Session known, Instant now) {
    String sessionToken = token(claim, request, SESSION_TOKEN, "X-Amz-S3session-Token");
    String securityToken = token(claim, request, SECURITY_TOKEN, "X-Amz-Security-Token");
    if (sessionToken != null && securityToken != null) {
      throw new S3Error(
          400,
          "InvalidRequest",
          "x-amz-s3session-token and x-amz-security-token must not both be sent");
    }
    if (sessionToken != null) {
      return checkSession(sessionToken, keys, now);
    }
    if (known != null) {
      throw unknownKey(claim);
    }
    checkSecurityToken(securityToken, keys, claim);
    return null;
  }

  private Session checkSession(String token, Keys keys, Instant now) {
    Session session = sessions.live(token, now);
    if (session.keys() != keys) {
      throw invalidToken();
    }
    return session;
  }

  private static void checkSecurityToken(@Nullable String given, Keys keys, Claim claim) {
    if (given == null && keys.token() != null) {
      throw unknownKey(claim);
    }
    if (given != null && !given.equals(keys.token())) {
      throw invalidToken();
    }
  }

  private static S3Error invalidToken() {
    return new S3Error(
        400, "InvalidToken", "The provided token is malformed or otherwise invalid.");
  }

  private static @Nullable String token(
      Claim claim, SignedRequest request, String header, String param) {
    String inHeader = request.header(header);
    return inHeader == null && claim.presigned() ? request.target().param(param) : inHeader;
  }

  private static Identity identity(Claim claim, @Nullable Session session) {
    return session == null
        ? new Identity(claim.accessKeyId(), false, null, Map.of())
        : new Identity(claim.accessKeyId(), true, session.mode(), session.sse());
  }

  private static Payload payload(Claim claim, String hash, byte[] signingKey) {
    boolean signedChunks = hash.startsWith(Payload.SIGNED_CHUNKS);
    return new Payload(
        hash,
        signedChunks
            ? new ChunkSignatures(signingKey, claim.amzDate(), claim.scope(), claim.signature())
            : null);
  }
}
