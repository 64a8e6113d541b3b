package io.expressway.testkit.store;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CopyObject between buckets of this zone.
 *
 * <p>Source: API reference, CopyObject (directives, source conditions, tags answer 501, IAM
 * signature only), read on 2026-11-22.
 */
final class Copies {
  private final Buckets buckets;
  private final Entropy entropy;

  Copies(Buckets buckets, Entropy entropy) {
    this.buckets = buckets;
    this.entropy = entropy;
  }

  S3Response copy(S3Request request, DirectoryBucket bucket, String key) {
    refuseSession(request, "CopyObject");
    WriteHeaders.requireKey(key);
    WriteHeaders.refuseUnsupported(request);
    boolean replace = replaces(request);
    CopySource from = CopySource.of(request);
    if (from.bucket().equals(bucket.name()) && from.key().equals(key) && !replace) {
      throw Refusals.invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without"
              + " changing the object's metadata, storage class, website redirect location or"
              + " encryption attributes.");
    }
    StoredObject source = source(request, from);
    StoredObject made = make(request, source, replace);
    Preconditions onTarget = Preconditions.of(request, "");
    bucket.replace(
        key,
        current -> {
          onTarget.requireTarget(current, key);
          return made;
        });
    return answer(made);
  }

  /**
   * The source object, with its conditions checked.
   *
   * @throws S3Error 404 NoSuchBucket or NoSuchKey, 412 PreconditionFailed
   */
  StoredObject source(S3Request request, CopySource from) {
    StoredObject source = buckets.require(from.bucket()).require(from.key());
    Preconditions.of(request, "x-amz-copy-source-").requireSource(source);
    return source;
  }

  /**
   * Copies are signed with IAM credentials, not with a session.
   *
   * <p>Source: API reference, CopyObject and UploadPartCopy ("use the IAM credentials instead of
   * the temporary security credentials"), read on 2026-11-22. The status is not documented; it is
   * that of CreateSession for the same mistake.
   */
  static void refuseSession(S3Request request, String operation) {
    if (request.identity().session()) {
      throw Refusals.invalidRequest(
          operation + " request should not include \"x-amz-s3session-token\"");
    }
  }

  private static boolean replaces(S3Request request) {
    String directive = request.header("x-amz-metadata-directive");
    if (directive == null || directive.equals("COPY")) {
      return false;
    }
    if (directive.equals("REPLACE")) {
      return true;
    }
    throw Refusals.invalidArgument(
        "x-amz-metadata-directive", directive, "Unknown metadata directive.");
  }

  private StoredObject make(S3Request request, StoredObject source, boolean replace) {
    Map<String, String> metadata =
        replace ? WriteHeaders.metadata(request) : source.attributes().metadata();
    StoredObject.Attributes attributes =
        new StoredObject.Attributes(metadata, WriteHeaders.encryption(request));
    return StoredObject.whole(
        source.body(),
        entropy.etag(),
        ObjectWrites.second(request.now()),
        attributes,
        checksum(request, source));
  }

  /** A copy has one part, so its checksum is of the full object. */
  private static @Nullable ObjectChecksum checksum(S3Request request, StoredObject source) {
    String asked = request.header("x-amz-checksum-algorithm");
    ObjectChecksum had = source.checksum();
    if (asked == null) {
      return had == null || had.fullObject() ? had : computed(had.algorithm(), source);
    }
    ChecksumAlgorithm algorithm = ChecksumAlgorithm.named(asked);
    if (algorithm == null) {
      throw Refusals.invalidRequest("Checksum algorithm provided is unsupported: " + asked);
    }
    return computed(algorithm, source);
  }

  private static ObjectChecksum computed(ChecksumAlgorithm algorithm, StoredObject source) {
    return new ObjectChecksum(algorithm, algorithm.of(source.body()), true);
  }

  private static S3Response answer(StoredObject made) {
    XmlBody xml =
        new XmlBody("CopyObjectResult")
            .date("LastModified", made.modified())
            .text("ETag", made.etag());
    ObjectChecksum checksum = made.checksum();
    if (checksum != null) {
      xml.text("ChecksumType", checksum.type()).checksum(checksum);
    }
    return S3Response.xml(200, new LinkedHashMap<>(made.attributes().sse()), xml.document());
  }
}
