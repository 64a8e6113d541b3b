package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CompleteMultipartUpload: checks the list of parts, joins them, and puts the object in place.
 *
 * <p>Source: API reference, CompleteMultipartUpload ("For directory buckets ... part numbers must
 * be consecutive and start at 1"; conditional headers, {@code x-amz-mp-object-size}); User Guide,
 * s3-express-using-multipart-upload and checking-object-integrity, read on 2026-11-22.
 */
final class Completion {
  private final Entropy entropy;
  private final int minimumPartBytes;

  /**
   * A completion.
   *
   * @param minimumPartBytes how small a part that is not the last may be
   */
  Completion(Entropy entropy, int minimumPartBytes) {
    this.entropy = entropy;
    this.minimumPartBytes = minimumPartBytes;
  }

  S3Response answer(S3Request request, DirectoryBucket bucket, String key) {
    WriteHeaders.refuseUnsupported(request);
    Upload upload = bucket.requireUpload(key, String.valueOf(request.param("uploadId")));
    List<Upload.UploadedPart> parts = parts(request, upload);
    ByteBuffer body = join(request, parts);
    ObjectChecksum checksum = checksum(request, upload, parts, body);
    StoredObject made = make(request, upload, parts, body, checksum);
    Preconditions conditions = Preconditions.of(request, "");
    bucket.complete(
        upload,
        current -> {
          conditions.requireTarget(current, key);
          return made;
        });
    return answer(request, bucket, key, made);
  }

  private StoredObject make(
      S3Request request,
      Upload upload,
      List<Upload.UploadedPart> parts,
      ByteBuffer body,
      @Nullable ObjectChecksum checksum) {
    return StoredObject.assembled(
        body,
        entropy.etag(),
        ObjectWrites.second(request.now()),
        upload.attributes(),
        checksum,
        parts.stream()
            .map(part -> new StoredObject.Part(part.body().remaining(), part.checksum()))
            .toList());
  }

  private List<Upload.UploadedPart> parts(S3Request request, Upload upload) {
    XmlNode root = XmlNode.parse(request.body(), "CompleteMultipartUpload");
    List<XmlNode> listed = root.all("Part");
    if (listed.isEmpty()) {
      throw Refusals.malformedXml("<CompleteMultipartUpload> needs at least one <Part>.");
    }
    List<Upload.UploadedPart> parts = new ArrayList<>(listed.size());
    for (XmlNode each : listed) {
      parts.add(part(upload, each, parts.size() + 1));
    }
    for (Upload.UploadedPart part : parts.subList(0, parts.size() - 1)) {
      requireSize(part);
    }
    return parts;
  }

  private static Upload.UploadedPart part(Upload upload, XmlNode listed, int expected) {
    String text = listed.required("PartNumber").trim();
    long number = Numbers.notNegative(text, "PartNumber");
    if (number != expected) {
      throw new S3Error(
              400,
              "InvalidPartOrder",
              "The list of parts was not in ascending order. In directory buckets part numbers start"
                  + " at 1 and are consecutive: part "
                  + number
                  + " is where "
                  + expected
                  + " was expected.")
          .with("UploadId", upload.id());
    }
    Upload.UploadedPart part = upload.parts().get(expected);
    if (part == null || !Preconditions.names(listed.required("ETag").trim(), part.etag())) {
      throw invalidPart(upload, expected);
    }
    requireChecksum(upload, listed, part, expected);
    return part;
  }

  /**
   * Each listed checksum must be the part's; a composite checksum needs all of them.
   *
   * <p>Source: User Guide, checking-object-integrity ("Using part-level checksums for multipart
   * uploads"), read on 2026-11-22.
   */
  private static void requireChecksum(
      Upload upload, XmlNode listed, Upload.UploadedPart part, int number) {
    ObjectChecksum stored = part.checksum();
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      String value = listed.value(algorithm.element());
      if (value != null && !new ObjectChecksum(algorithm, value.trim(), true).equals(stored)) {
        throw invalidPart(upload, number);
      }
    }
    ChecksumAlgorithm needed = upload.algorithm();
    if (needed != null && !upload.fullObject() && listed.value(needed.element()) == null) {
      throw Refusals.invalidRequest(
          "The upload was created using a "
              + needed.name().toLowerCase(java.util.Locale.ROOT)
              + " checksum. The complete request must include the checksum for each part. It was"
              + " missing for part "
              + number
              + " in the request.");
    }
  }

  private static S3Error invalidPart(Upload upload, int number) {
    return new S3Error(
            400,
            "InvalidPart",
            "One or more of the specified parts could not be found. The part may not have been"
                + " uploaded, or the specified entity tag may not match the part's entity tag.")
        .with("UploadId", upload.id())
        .with("PartNumber", Integer.toString(number));
  }

  private void requireSize(Upload.UploadedPart part) {
    int size = part.body().remaining();
    if (size < minimumPartBytes) {
      throw new S3Error(
              400,
              "EntityTooSmall",
              "Your proposed upload is smaller than the minimum allowed size")
          .with("ProposedSize", Integer.toString(size))
          .with("MinSizeAllowed", Integer.toString(minimumPartBytes))
          .with("ETag", part.etag());
    }
  }

  private static ByteBuffer join(S3Request request, List<Upload.UploadedPart> parts) {
    long total = parts.stream().mapToLong(part -> part.body().remaining()).sum();
    String told = request.header("x-amz-mp-object-size");
    if (told != null && Numbers.notNegative(told, "x-amz-mp-object-size") != total) {
      throw Refusals.invalidRequest(
          "The provided 'x-amz-mp-object-size' header value "
              + told
              + " does not match what was computed: "
              + total);
    }
    if (total > Integer.MAX_VALUE) {
      throw StoredObject.tooLarge(total);
    }
    if (parts.size() == 1) {
      return parts.get(0).body();
    }
    ByteBuffer joined = ByteBuffer.allocateDirect((int) total);
    parts.forEach(part -> joined.put(part.body().duplicate()));
    return joined.flip();
  }

  private static @Nullable ObjectChecksum checksum(
      S3Request request, Upload upload, List<Upload.UploadedPart> parts, ByteBuffer body) {
    ChecksumAlgorithm algorithm = upload.algorithm();
    if (algorithm == null) {
      return null;
    }
    ObjectChecksum sum =
        upload.fullObject()
            ? new ObjectChecksum(algorithm, algorithm.of(body), true)
            : composite(algorithm, parts);
    String told = request.header(algorithm.header());
    if (told != null && !told.equals(sum.value())) {
      throw new S3Error(
          400,
          "BadDigest",
          "The "
              + algorithm
              + " you specified did not match the calculated checksum: "
              + told
              + " was sent, the object has "
              + sum.value()
              + ".");
    }
    return sum;
  }

  /** The checksum of the parts' raw checksums, with the number of parts behind it. */
  private static ObjectChecksum composite(
      ChecksumAlgorithm algorithm, List<Upload.UploadedPart> parts) {
    ByteBuffer all = ByteBuffer.allocate(parts.size() * 32);
    for (Upload.UploadedPart part : parts) {
      ObjectChecksum each = part.checksum();
      all.put(each == null ? algorithm.raw(part.body()) : Base64.getDecoder().decode(each.value()));
    }
    return new ObjectChecksum(algorithm, algorithm.of(all.flip()) + "-" + parts.size(), false);
  }

  private static S3Response answer(
      S3Request request, DirectoryBucket bucket, String key, StoredObject made) {
    String host = String.valueOf(request.header("host"));
    XmlBody xml =
        new XmlBody("CompleteMultipartUploadResult")
            .text("Location", "http://" + host + "/" + Listing.encode(key))
            .text("Bucket", bucket.name())
            .text("Key", key)
            .text("ETag", made.etag());
    ObjectChecksum checksum = made.checksum();
    if (checksum != null) {
      xml.checksum(checksum).text("ChecksumType", checksum.type());
    }
    return S3Response.xml(200, made.attributes().sse(), xml.document());
  }
}
