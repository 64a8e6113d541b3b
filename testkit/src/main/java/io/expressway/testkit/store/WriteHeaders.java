package io.expressway.testkit.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a write say about the object, and which headers directory buckets refuse.
 *
 * <p>Source: API reference, PutObject and CreateMultipartUpload ("This functionality is not
 * supported for directory buckets", per header); User Guide, s3-express-differences, read on
 * 2026-11-22.
 */
final class WriteHeaders {
  private static final int MOST_KEY_BYTES = 1024;
  private static final int MOST_METADATA_BYTES = 2048;
  private static final String SSE = "x-amz-server-side-encryption";
  private static final Set<String> CONTENT =
      Set.of(
          "cache-control",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-type",
          "expires");
  private static final List<String> REFUSED =
      List.of(
          "x-amz-acl",
          "x-amz-grant-",
          "x-amz-tagging",
          "x-amz-object-lock-",
          "x-amz-bypass-governance-retention",
          "x-amz-website-redirect-location",
          "x-amz-mfa",
          "x-amz-server-side-encryption-customer-",
          "x-amz-copy-source-server-side-encryption-customer-",
          "x-amz-request-payer");

  private WriteHeaders() {}

  /**
   * Checks a key.
   *
   * <p>Source: User Guide, object-keys (UTF-8, at most 1,024 bytes), read on 2026-11-22.
   *
   * @throws S3Error 400 KeyTooLongError
   */
  static void requireKey(String key) {
    int bytes = key.length() * 3 <= MOST_KEY_BYTES ? 1 : utf8(key);
    if (bytes > MOST_KEY_BYTES) {
      throw new S3Error(400, "KeyTooLongError", "Your key is too long")
          .with("Size", Integer.toString(bytes))
          .with("MaxSizeAllowed", Integer.toString(MOST_KEY_BYTES));
    }
  }

  /**
   * Refuses what directory buckets do not have, rather than dropping it.
   *
   * @throws S3Error 501 NotImplemented, 400 InvalidStorageClass
   */
  static void refuseUnsupported(S3Request request) {
    for (String name : request.headers().keySet()) {
      if (name.startsWith("x-amz-") && REFUSED.stream().anyMatch(name::startsWith)) {
        throw Refusals.notImplemented(
                "A header you provided implies functionality that is not implemented: " + name)
            .with("Header", name);
      }
    }
    String storageClass = request.header("x-amz-storage-class");
    if (storageClass != null && !storageClass.equals("EXPRESS_ONEZONE")) {
      throw new S3Error(400, "InvalidStorageClass", "The storage class you specified is not valid")
          .with("StorageClassRequested", storageClass);
    }
  }

  /** The content headers, the user metadata and the encryption of the new object. */
  static StoredObject.Attributes attributes(S3Request request) {
    return new StoredObject.Attributes(metadata(request), encryption(request));
  }

  /**
   * The content headers and the user metadata.
   *
   * @throws S3Error 400 MetadataTooLarge
   */
  static Map<String, String> metadata(S3Request request) {
    Map<String, String> metadata = new LinkedHashMap<>();
    int user = 0;
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      String name = header.getKey();
      if (name.startsWith("x-amz-meta-")) {
        user += utf8(name) - "x-amz-meta-".length() + utf8(header.getValue());
        metadata.put(name, header.getValue());
      } else if (CONTENT.contains(name)) {
        putContent(metadata, name, header.getValue());
      }
    }
    if (user > MOST_METADATA_BYTES) {
      throw new S3Error(
              400,
              "MetadataTooLarge",
              "Your metadata headers exceed the maximum allowed metadata size")
          .with("Size", Integer.toString(user))
          .with("MaxSizeAllowed", Integer.toString(MOST_METADATA_BYTES));
    }
    return Map.copyOf(metadata);
  }

  /** {@code aws-chunked} tells how the body travelled, not what it is. */
  private static void putContent(Map<String, String> metadata, String name, String value) {
    String kept = name.equals("content-encoding") ? withoutChunked(value) : value;
    if (!kept.isEmpty()) {
      metadata.put(name, kept);
    }
  }

  private static String withoutChunked(String encodings) {
    List<String> kept = new ArrayList<>();
    for (String each : encodings.split(",", -1)) {
      if (!each.trim().isEmpty() && !each.trim().equalsIgnoreCase("aws-chunked")) {
        kept.add(each.trim());
      }
    }
    return String.join(",", kept);
  }

  /** Whether the request carries user metadata. */
  static boolean hasUserMetadata(S3Request request) {
    return request.headers().keySet().stream().anyMatch(name -> name.startsWith("x-amz-meta-"));
  }

  /**
   * The encryption of a write: the session's, and the headers of the write may only repeat it.
   *
   * <p>Source: User Guide, s3-express-specifying-kms-encryption ("the encryption request headers
   * must match the encryption configuration of the session"), read on 2026-11-22.
   *
   * @throws S3Error 400 InvalidRequest on a mismatch, 501 for an encryption that is not supported
   */
  static Map<String, String> encryption(S3Request request) {
    Map<String, String> pinned = request.identity().sessionSse();
    Map<String, String> asked = asked(request);
    if (request.identity().session()) {
      requireSame(pinned, asked);
    }
    Map<String, String> sse = new LinkedHashMap<>();
    sse.put(SSE, "AES256");
    sse.putAll(pinned);
    sse.putAll(asked);
    requireSupported(sse.getOrDefault(SSE, "AES256"));
    return Map.copyOf(sse);
  }

  private static Map<String, String> asked(S3Request request) {
    Map<String, String> asked = new LinkedHashMap<>();
    for (String name :
        List.of(SSE, SSE + "-aws-kms-key-id", SSE + "-context", SSE + "-bucket-key-enabled")) {
      String value = request.header(name);
      if (value != null) {
        asked.put(name, value);
      }
    }
    return asked;
  }

  private static void requireSame(Map<String, String> pinned, Map<String, String> asked) {
    asked.forEach(
        (name, value) -> {
          String session = pinned.getOrDefault(name, name.equals(SSE) ? "AES256" : null);
          if (!value.equals(session)) {
            throw Refusals.invalidRequest(
                "The header "
                    + name
                    + " is "
                    + value
                    + " but the session was created with "
                    + session
                    + "; encryption is chosen by CreateSession.");
          }
        });
  }

  private static void requireSupported(@Nullable String sse) {
    if (!"AES256".equals(sse) && !"aws:kms".equals(sse)) {
      throw Refusals.notImplemented("Directory buckets do not support the encryption " + sse + ".")
          .with("Header", SSE);
    }
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
