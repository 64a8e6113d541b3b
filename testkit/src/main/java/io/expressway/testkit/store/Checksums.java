package io.expressway.testkit.store;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request claims about its payload, checked against the bytes.
 *
 * <p>Source: API reference, PutObject and UploadPart ({@code x-amz-checksum-*}, {@code
 * x-amz-sdk-checksum-algorithm}, {@code BadDigest}); User Guide, checking-object-integrity, read on
 * 2026-11-22.
 */
final class Checksums {
  private Checksums() {}

  /**
   * The checksum that the client sent in a header or a trailer, verified.
   *
   * @return null when the client sent none
   * @throws S3Error 400 BadDigest when the bytes differ, 400 InvalidRequest when the value is no
   *     checksum or more than one was sent
   */
  static @Nullable ObjectChecksum verified(S3Request request) {
    ObjectChecksum claimed = claimed(request);
    if (claimed == null) {
      return null;
    }
    String actual = claimed.algorithm().of(request.body());
    if (!actual.equals(claimed.value())) {
      throw new S3Error(
          400,
          "BadDigest",
          "The "
              + claimed.algorithm()
              + " you specified did not match the calculated checksum: "
              + claimed.value()
              + " was sent, the body has "
              + actual
              + ".");
    }
    return claimed;
  }

  /** The checksum in the headers or trailers, well formed but not compared with any bytes. */
  static @Nullable ObjectChecksum claimed(S3Request request) {
    ObjectChecksum found = null;
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      String value = sent(request, algorithm);
      if (value == null) {
        continue;
      }
      if (found != null) {
        throw invalid("Expecting a single x-amz-checksum- header. Multiple checksum types sent.");
      }
      if (!algorithm.wellFormed(value)) {
        throw invalid("Value for " + algorithm.header() + " header is invalid.");
      }
      found = new ObjectChecksum(algorithm, value, true);
    }
    refuseUnknown(request.headers());
    refuseUnknown(request.trailers());
    return found;
  }

  /**
   * Directory buckets refuse Content-MD5 on uploads with this very message.
   *
   * <p>Source: User Guide, s3-express-differences (MD5 is not supported), and the answer of the
   * service quoted in apache/iceberg#11021.
   */
  static void refuseMd5(S3Request request) {
    if (request.header("content-md5") != null) {
      throw invalid("This bucket does not support Content Md5 header.");
    }
  }

  /**
   * DeleteObjects and PutBucketLifecycleConfiguration need a checksum header, or Content-MD5.
   *
   * <p>Source: API reference, DeleteObjects, "Directory bucket - The Content-MD5 request header or
   * a additional checksum request header ... is required", read on 2026-11-22.
   */
  static void requireForDocument(S3Request request) {
    String md5 = request.header("content-md5");
    if (verified(request) == null && md5 == null) {
      throw invalid("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
    }
    if (md5 != null && !md5.equals(md5(request))) {
      throw new S3Error(
          400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
  }

  private static @Nullable String sent(S3Request request, ChecksumAlgorithm algorithm) {
    String header = request.header(algorithm.header());
    return header != null ? header : request.trailers().get(algorithm.header());
  }

  /** An unknown algorithm must not be taken as "no checksum": the client asked for a check. */
  private static void refuseUnknown(Map<String, String> headers) {
    for (String name : headers.keySet()) {
      if (name.startsWith(ChecksumAlgorithm.HEADER_PREFIX) && !known(name)) {
        throw new S3Error(
            501, "NotImplemented", "This server does not check the header " + name + ".");
      }
    }
  }

  private static boolean known(String name) {
    String rest = name.substring(ChecksumAlgorithm.HEADER_PREFIX.length());
    return rest.equals("mode")
        || rest.equals("type")
        || rest.equals("algorithm")
        || ChecksumAlgorithm.named(rest) != null;
  }

  private static String md5(S3Request request) {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      digest.update(request.body().duplicate());
      return Base64.getEncoder().encodeToString(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no MD5", e);
    }
  }

  private static S3Error invalid(String message) {
    return new S3Error(400, "InvalidRequest", message);
  }
}
