package io.expressway.testkit.store;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PutObject, with append. Source: API reference, PutObject, read on 2026-11-22. */
final class ObjectWrites {
  private final Entropy entropy;

  ObjectWrites(Entropy entropy) {
    this.entropy = entropy;
  }

  S3Response put(S3Request request, DirectoryBucket bucket, String key) {
    WriteHeaders.requireKey(key);
    WriteHeaders.refuseUnsupported(request);
    Checksums.refuseMd5(request);
    ObjectChecksum checksum = Checksums.verified(request);
    requireFullObject(request);
    String offset = request.header("x-amz-write-offset-bytes");
    return offset == null
        ? replace(request, bucket, key, checksum)
        : append(request, bucket, key, checksum, offset);
  }

  /** PutObject has one body, so its checksum is of the full object. */
  private static void requireFullObject(S3Request request) {
    if ("COMPOSITE".equals(request.header("x-amz-checksum-type"))) {
      throw Refusals.invalidRequest("The checksum type COMPOSITE is only for multipart uploads.");
    }
  }

  private S3Response replace(
      S3Request request, DirectoryBucket bucket, String key, @Nullable ObjectChecksum checksum) {
    Preconditions conditions = Preconditions.of(request, "");
    StoredObject made = create(request, checksum);
    bucket.replace(
        key,
        current -> {
          conditions.requireTarget(current, key);
          return made;
        });
    return S3Response.empty(200, written(made));
  }

  private StoredObject create(S3Request request, @Nullable ObjectChecksum checksum) {
    return StoredObject.whole(
        request.body(),
        entropy.etag(),
        second(request.now()),
        WriteHeaders.attributes(request),
        checksum);
  }

  /**
   * Adds to the end of an object.
   *
   * <p>Source: User Guide, directory-buckets-objects-append (offset equals size, each append is a
   * part, 10,000 parts); API reference, PutObject (InvalidWriteOffset, TooManyParts,
   * EncryptionTypeMismatch and the three messages of InvalidRequest), read on 2026-11-22.
   */
  private S3Response append(
      S3Request request,
      DirectoryBucket bucket,
      String key,
      @Nullable ObjectChecksum checksum,
      String header) {
    long offset = Numbers.notNegative(header, "x-amz-write-offset-bytes");
    if (!request.body().hasRemaining()) {
      throw Refusals.invalidRequest(
          "Request body cannot be empty when 'write offset' is specified.");
    }
    Preconditions conditions = Preconditions.of(request, "");
    StoredObject.Attributes attributes = WriteHeaders.attributes(request);
    StoredObject result =
        bucket.replace(
            key,
            current -> {
              conditions.requireTarget(current, key);
              requireOffset(offset, current);
              return current == null
                  ? create(request, checksum)
                  : extend(request, current, attributes, checksum);
            });
    Map<String, String> headers = written(result);
    headers.put("x-amz-object-size", Integer.toString(result.size()));
    return S3Response.empty(200, headers);
  }

  private static void requireOffset(long offset, @Nullable StoredObject current) {
    int size = current == null ? 0 : current.size();
    if (offset != size) {
      throw new S3Error(
              400,
              "InvalidWriteOffset",
              "The write offset value that you specified does not match the current object size.")
          .with("WriteOffsetBytes", Long.toString(offset))
          .with("ActualObjectSize", Integer.toString(size));
    }
  }

  private StoredObject extend(
      S3Request request,
      StoredObject current,
      StoredObject.Attributes attributes,
      @Nullable ObjectChecksum checksum) {
    requireAppendable(request, current, attributes, checksum);
    List<StoredObject.Part> parts = new ArrayList<>(current.parts());
    parts.add(new StoredObject.Part(request.body().remaining(), checksum));
    StoredObject longer =
        current.appended(request.body(), entropy.etag(), second(request.now()), null, parts);
    return longer.with(sum(longer, current.checksum(), checksum));
  }

  private static void requireAppendable(
      S3Request request,
      StoredObject current,
      StoredObject.Attributes attributes,
      @Nullable ObjectChecksum checksum) {
    if (WriteHeaders.hasUserMetadata(request)) {
      throw Refusals.invalidRequest(
          "Cannot specify both a write offset value and user-defined object metadata for existing"
              + " objects.");
    }
    if (current.parts().size() >= MultipartUploads.MOST_PARTS) {
      throw new S3Error(
          400,
          "TooManyParts",
          "You have attempted to add more parts than the maximum of 10000 that are allowed for this"
              + " object. You can use the CopyObject operation to copy this object to another and"
              + " then add more data to the newly copied object.");
    }
    if (!current.attributes().sse().equals(attributes.sse())) {
      throw new S3Error(
          400,
          "EncryptionTypeMismatch",
          "The existing object was created with a different encryption type. Subsequent write"
              + " requests must include the appropriate encryption parameters in the request or"
              + " while creating the session.");
    }
    requireSameAlgorithm(current.checksum(), checksum);
  }

  private static void requireSameAlgorithm(
      @Nullable ObjectChecksum existing, @Nullable ObjectChecksum sent) {
    if (existing != null && sent != null && existing.algorithm() != sent.algorithm()) {
      throw Refusals.invalidRequest(
          "Checksum Type mismatch occurred, expected checksum Type: "
              + lower(existing)
              + ", actual checksum Type: "
              + lower(sent)
              + ".");
    }
  }

  private static String lower(ObjectChecksum checksum) {
    return checksum.algorithm().name().toLowerCase(java.util.Locale.ROOT);
  }

  /**
   * After an append a CRC covers the full object; a SHA is known for the parts only.
   *
   * <p>Source: User Guide, s3-express-optimizing-performance ("Objects with appended data"), read
   * on 2026-11-22.
   */
  private static @Nullable ObjectChecksum sum(
      StoredObject object, @Nullable ObjectChecksum before, @Nullable ObjectChecksum sent) {
    ObjectChecksum model = before != null ? before : sent;
    if (model == null || !model.algorithm().crc()) {
      return null;
    }
    return new ObjectChecksum(model.algorithm(), model.algorithm().of(object.body()), true);
  }

  /** The response headers of a write. */
  static Map<String, String> written(StoredObject object) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("etag", object.etag());
    headers.putAll(object.attributes().sse());
    ObjectChecksum checksum = object.checksum();
    if (checksum != null) {
      checksum.describe(headers);
    }
    return headers;
  }

  /** HTTP dates know no fractions, so neither does the store. */
  static Instant second(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS);
  }
}
