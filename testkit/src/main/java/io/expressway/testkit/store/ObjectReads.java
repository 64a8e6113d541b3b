package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * GetObject and HeadObject.
 *
 * <p>Source: API reference, GetObject and HeadObject, read on 2026-11-22. No lock and no copy: a
 * GET costs one map look-up, the headers of the answer and a slice.
 */
final class ObjectReads {
  private static final Set<String> OVERRIDES =
      Set.of(
          "response-cache-control",
          "response-content-disposition",
          "response-content-encoding",
          "response-content-language",
          "response-content-type",
          "response-expires");

  private ObjectReads() {}

  static S3Response get(S3Request request, StoredObject object) {
    return answer(request, object, true);
  }

  static S3Response head(S3Request request, StoredObject object) {
    return answer(request, object, false);
  }

  private static S3Response answer(S3Request request, StoredObject object, boolean withBody) {
    String range = request.header("range");
    if (request.query().isEmpty()) {
      S3Response refused = condition(request, object);
      return refused != null ? refused : bytes(request, object, span(range, object), withBody);
    }
    requireNullVersion(request);
    S3Response refused = condition(request, object);
    if (refused != null) {
      return refused;
    }
    String part = request.param("partNumber");
    if (part == null) {
      return bytes(request, object, span(range, object), withBody);
    }
    if (range != null) {
      throw Refusals.invalidRequest(
          "Cannot specify both Range header and partNumber query parameter");
    }
    return part(request, object, part, withBody);
  }

  private static @Nullable ByteSpan span(@Nullable String range, StoredObject object) {
    return range == null ? null : ByteSpan.parse(range, object.size());
  }

  /**
   * Only the null version exists.
   *
   * <p>Source: API reference, GetObject ("only the null value of the version ID is supported by
   * directory buckets"), read on 2026-11-22.
   */
  static void requireNullVersion(S3Request request) {
    String version = request.param("versionId");
    if (version != null && !version.equals("null")) {
      throw Refusals.invalidArgument("versionId", version, "Invalid version id specified");
    }
  }

  private static @Nullable S3Response condition(S3Request request, StoredObject object) {
    Preconditions conditions = Preconditions.of(request, "");
    if (conditions.none()) {
      return null;
    }
    return switch (conditions.judge(object)) {
      case HOLDS -> null;
      case FAILED -> throw Preconditions.failed("If-Match");
      case NOT_MODIFIED -> notModified(object);
    };
  }

  /** RFC 9110, 15.4.5: the validators of the 200 that is not sent. */
  private static S3Response notModified(StoredObject object) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("etag", object.etag());
    headers.put("last-modified", HttpDates.header(object.modified()));
    return S3Response.empty(304, headers);
  }

  private static S3Response bytes(
      S3Request request, StoredObject object, @Nullable ByteSpan span, boolean withBody) {
    if (span != null) {
      Map<String, String> headers = headers(request, object);
      headers.put("content-range", span.contentRange(object.size()));
      return send(206, headers, object, span, withBody);
    }
    Map<String, String> headers = headers(request, object);
    ObjectChecksum checksum = object.checksum();
    if (checksum != null && wantsChecksum(request)) {
      checksum.describe(headers);
    }
    return send(200, headers, object, new ByteSpan(0, object.size()), withBody);
  }

  /** One part by its number, as it was uploaded. A whole object has the one part 1. */
  private static S3Response part(
      S3Request request, StoredObject object, String number, boolean withBody) {
    List<StoredObject.Part> parts = object.parts();
    int index = index(number, parts.size());
    int offset = 0;
    for (int i = 0; i < index; i++) {
      offset += parts.get(i).size();
    }
    ByteSpan span = new ByteSpan(offset, parts.get(index).size());
    Map<String, String> headers = headers(request, object);
    if (object.multipart()) {
      headers.put("x-amz-mp-parts-count", Integer.toString(parts.size()));
    }
    ObjectChecksum checksum = parts.get(index).checksum();
    if (checksum != null && wantsChecksum(request)) {
      headers.put(checksum.algorithm().header(), checksum.value());
    }
    if (span.length() == 0) {
      return send(200, headers, object, span, withBody);
    }
    headers.put("content-range", span.contentRange(object.size()));
    return send(206, headers, object, span, withBody);
  }

  private static int index(String number, int parts) {
    long wanted = Numbers.notNegative(number, "partNumber");
    if (wanted < 1 || wanted > MultipartUploads.MOST_PARTS) {
      throw Refusals.invalidArgument(
          "partNumber", number, "Part number must be an integer between 1 and 10000, inclusive");
    }
    if (wanted > parts) {
      throw new S3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable")
          .with("PartNumberRequested", number)
          .with("ActualPartCount", Integer.toString(parts));
    }
    return (int) wanted - 1;
  }

  private static S3Response send(
      int status,
      Map<String, String> headers,
      StoredObject object,
      ByteSpan span,
      boolean withBody) {
    if (!withBody) {
      headers.put("content-length", Integer.toString(span.length()));
      return S3Response.empty(status, headers);
    }
    ByteBuffer slice = object.slice(span.offset(), span.length());
    return S3Response.of(status, headers, slice);
  }

  private static Map<String, String> headers(S3Request request, StoredObject object) {
    Map<String, String> headers = new LinkedHashMap<>(object.headers());
    for (String parameter : request.query().isEmpty() ? Set.<String>of() : OVERRIDES) {
      String value = request.param(parameter);
      if (value != null) {
        headers.put(parameter.substring("response-".length()), value);
      }
    }
    return headers;
  }

  /**
   * A range has no checksum: what is stored covers the whole object.
   *
   * <p>Source: API reference, GetObject ({@code x-amz-checksum-mode}), read on 2026-11-22.
   */
  private static boolean wantsChecksum(S3Request request) {
    return "ENABLED".equalsIgnoreCase(request.header("x-amz-checksum-mode"));
  }
}
