package io.expressway;

import org.jspecify.annotations.Nullable;

/**
 * Where a request failed. Fields are null when they do not apply or are not known.
 *
 * @param operation what was asked
 * @param bucket the bucket's name
 * @param zone the bucket's zone ID
 * @param key the object's key
 * @param range the range asked for
 * @param status the HTTP status, 0 when no answer came
 * @param errorCode the S3 error code
 * @param requestId the service's id of the request, to quote to AWS Support
 */
public record RequestSite(
    @Nullable Operation operation,
    @Nullable String bucket,
    @Nullable String zone,
    @Nullable String key,
    @Nullable String range,
    int status,
    @Nullable String errorCode,
    @Nullable String requestId) {
  /** Nothing is known. */
  public static final RequestSite UNKNOWN =
      new RequestSite(null, null, null, null, null, 0, null, null);

  /** The place as far as the caller's arguments tell it. */
  public static RequestSite of(
      Operation operation, BucketName bucket, @Nullable String key, @Nullable ByteRange range) {
    return new RequestSite(
        operation,
        bucket.toString(),
        bucket.zone().orElse(null),
        key,
        range == null ? null : range.toString(),
        0,
        null,
        null);
  }

  /** The same place, once an answer came. */
  public RequestSite answered(int status, @Nullable String errorCode, @Nullable String requestId) {
    return new RequestSite(operation, bucket, zone, key, range, status, errorCode, requestId);
  }

  String suffix() {
    StringBuilder text = new StringBuilder();
    append(text, "operation", operation == null ? null : operation.apiName());
    append(text, "bucket", bucket);
    append(text, "key", key);
    append(text, "range", range);
    append(text, "zone", zone);
    append(text, "status", status == 0 ? null : Integer.toString(status));
    append(text, "code", errorCode);
    append(text, "requestId", requestId);
    return text.isEmpty() ? "" : text.append(']').toString();
  }

  private static void append(StringBuilder text, String name, @Nullable String value) {
    if (value != null) {
      text.append(text.isEmpty() ? " [" : ", ").append(name).append(' ').append(value);
    }
  }
}
