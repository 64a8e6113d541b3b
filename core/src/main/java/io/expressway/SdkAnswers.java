package io.expressway;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What the SDK's answers say, in our words. */
final class SdkAnswers {
  private SdkAnswers() {}

  /** The object a read is of, {@code size} bytes in all. */
  static ObjectInfo info(String key, long size, GetObjectResponse answer) {
    return new ObjectInfo(
        key,
        size,
        version(answer.eTag()),
        modified(answer.lastModified()),
        Optional.ofNullable(answer.contentType()),
        lowerCase(answer.metadata()));
  }

  static ObjectInfo info(String key, HeadObjectResponse answer) {
    return new ObjectInfo(
        key,
        answer.contentLength(),
        version(answer.eTag()),
        modified(answer.lastModified()),
        Optional.ofNullable(answer.contentType()),
        lowerCase(answer.metadata()));
  }

  /** The object just stored; its time is that of the answer. */
  static ObjectInfo stored(String key, long size, WriteOptions options, PutObjectResponse answer) {
    return new ObjectInfo(
        key,
        size,
        version(answer.eTag()),
        answeredAt(answer.sdkHttpResponse()),
        options.contentType(),
        options.metadata());
  }

  static ObjectVersion copied(CopyObjectResponse answer) {
    return version(answer.copyObjectResult().eTag());
  }

  static ObjectListing listing(ListObjectsV2Response answer) {
    return new ObjectListing(
        answer.contents().stream().map(SdkAnswers::listed).toList(),
        answer.commonPrefixes().stream().map(CommonPrefix::prefix).toList(),
        Optional.ofNullable(answer.nextContinuationToken()));
  }

  private static ObjectInfo listed(S3Object entry) {
    return new ObjectInfo(
        entry.key(), entry.size(), version(entry.eTag()), modified(entry.lastModified()));
  }

  static ObjectVersion version(@Nullable String tag) {
    if (tag == null || tag.isEmpty()) {
      throw new IllegalArgumentException("the answer names no ETag");
    }
    return new ObjectVersion(tag);
  }

  private static Instant modified(@Nullable Instant time) {
    return time == null ? Instant.EPOCH : time;
  }

  private static Map<String, String> lowerCase(Map<String, String> metadata) {
    Map<String, String> lower = new TreeMap<>();
    metadata.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    return Collections.unmodifiableMap(lower);
  }

  private static Instant answeredAt(SdkHttpResponse answer) {
    String date = answer.firstMatchingHeader("Date").orElse("");
    try {
      return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeParseException e) {
      return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
  }
}
