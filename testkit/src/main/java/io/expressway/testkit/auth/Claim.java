package io.expressway.testkit.auth;

import io.expressway.testkit.store.S3Error;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about its signature, from the Authorization header or from the query of a
 * presigned URL. Nothing here is verified yet.
 *
 * @param accessKeyId the access key id
 * @param scope the credential scope
 * @param signedHeaders lower-case names, sorted
 * @param signature 64 hex digits
 * @param amzDate the request time as sent
 * @param at the same as an instant
 * @param presigned true when the signature stands in the query
 * @param expiresSeconds how long a presigned URL is good
 */
record Claim(
    String accessKeyId,
    Scope scope,
    List<String> signedHeaders,
    String signature,
    String amzDate,
    Instant at,
    boolean presigned,
    long expiresSeconds) {

  static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final DateTimeFormatter AMZ_DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  /** AWS: X-Amz-Expires is at most seven days. */
  private static final long MAX_EXPIRES_SECONDS = 604_800;

  /**
   * Reads the claim of a request.
   *
   * @throws S3Error 403 AccessDenied when the request carries none, 400 when it is malformed
   */
  static Claim of(SignedRequest request) {
    String authorization = request.header("authorization");
    String algorithm = request.target().param("X-Amz-Algorithm");
    if (authorization != null && algorithm != null) {
      throw new S3Error(
          400,
          "InvalidArgument",
          "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature"
              + " query string parameter or the Authorization header should be specified");
    }
    if (authorization != null) {
      return fromHeader(authorization, request);
    }
    if (algorithm != null) {
      return fromQuery(algorithm, request.target());
    }
    throw new S3Error(403, "AccessDenied", "Access Denied");
  }

  private static Claim fromHeader(String authorization, SignedRequest request) {
    if (!authorization.startsWith(ALGORITHM + " ")) {
      throw new S3Error(
          400,
          "InvalidRequest",
          "The authorization mechanism you have provided is not supported."
              + " Please use AWS4-HMAC-SHA256.");
    }
    String credential = null;
    String signedHeaders = null;
    String signature = null;
    for (String part : authorization.substring(ALGORITHM.length() + 1).split(",", -1)) {
      String field = part.trim();
      if (field.startsWith("Credential=")) {
        credential = field.substring("Credential=".length());
      } else if (field.startsWith("SignedHeaders=")) {
        signedHeaders = field.substring("SignedHeaders=".length());
      } else if (field.startsWith("Signature=")) {
        signature = field.substring("Signature=".length());
      } else {
        throw malformedHeader("an unknown field stands in it");
      }
    }
    if (credential == null || signedHeaders == null || signature == null) {
      throw malformedHeader("Credential, SignedHeaders and Signature are all needed");
    }
    return claim(credential, signedHeaders, signature, headerDate(request), false, 0);
  }

  private static Claim fromQuery(String algorithm, RawTarget target) {
    if (!algorithm.equals(ALGORITHM)) {
      throw malformedQuery("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
    }
    long expires;
    try {
      expires = Long.parseLong(needed(target, "X-Amz-Expires"));
    } catch (NumberFormatException e) {
      throw malformedQuery("X-Amz-Expires should be a number");
    }
    if (expires < 0 || expires > MAX_EXPIRES_SECONDS) {
      throw malformedQuery("X-Amz-Expires must be between 0 and 604800 seconds");
    }
    return claim(
        needed(target, "X-Amz-Credential"),
        needed(target, "X-Amz-SignedHeaders"),
        needed(target, "X-Amz-Signature"),
        needed(target, "X-Amz-Date"),
        true,
        expires);
  }

  private static Claim claim(
      String credential,
      String signedHeaders,
      String signature,
      String amzDate,
      boolean presigned,
      long expires) {
    String[] parts = credential.split("/", -1);
    if (parts.length != 5 || !parts[4].equals("aws4_request")) {
      throw malformed(
          presigned,
          "the Credential is mal-formed; expecting"
              + " \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"");
    }
    Instant at = instant(amzDate, presigned);
    if (!amzDate.startsWith(parts[1])) {
      throw malformed(presigned, "the date of the Credential is not the date of the request");
    }
    return new Claim(
        parts[0],
        new Scope(parts[1], parts[2], parts[3]),
        headerNames(signedHeaders, presigned),
        signature,
        amzDate,
        at,
        presigned,
        expires);
  }

  /** AWS: an alphabetically sorted list of lower-case header names. */
  private static List<String> headerNames(String signedHeaders, boolean presigned) {
    List<String> names = List.of(signedHeaders.split(";", -1));
    List<String> canonical =
        names.stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().sorted().toList();
    if (!names.equals(canonical)) {
      throw malformed(presigned, "SignedHeaders must be lower-case names, sorted, each once");
    }
    return names;
  }

  private static String headerDate(SignedRequest request) {
    String date = request.header("x-amz-date");
    if (date == null) {
      throw new S3Error(
          403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
    }
    return date;
  }

  private static Instant instant(String amzDate, boolean presigned) {
    try {
      return LocalDateTime.parse(amzDate, AMZ_DATE).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw malformed(presigned, "the date must be in the ISO8601 form yyyyMMddTHHmmssZ");
    }
  }

  private static String needed(RawTarget target, String name) {
    @Nullable String value = target.param(name);
    if (value == null || value.isEmpty()) {
      throw malformedQuery(
          "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential,"
              + " X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
    }
    return value;
  }

  static S3Error malformed(boolean presigned, String why) {
    return presigned ? malformedQuery(why) : malformedHeader(why);
  }

  private static S3Error malformedHeader(String why) {
    return new S3Error(
        400, "AuthorizationHeaderMalformed", "The authorization header is malformed; " + why + ".");
  }

  private static S3Error malformedQuery(String why) {
    return new S3Error(400, "AuthorizationQueryParametersError", why);
  }
}
