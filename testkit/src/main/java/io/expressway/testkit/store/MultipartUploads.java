package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Creating, filling, listing and aborting multipart uploads; {@link Completion} ends them well.
 *
 * <p>Source: User Guide, s3-express-using-multipart-upload; API reference of each operation, read
 * on 2026-11-22.
 */
final class MultipartUploads {
  static final int MOST_PARTS = 10_000;
  private static final int MOST_LISTED = 1000;

  private final Copies copies;
  private final Entropy entropy;

  MultipartUploads(Copies copies, Entropy entropy) {
    this.copies = copies;
    this.entropy = entropy;
  }

  S3Response create(S3Request request, DirectoryBucket bucket, String key) {
    WriteHeaders.requireKey(key);
    WriteHeaders.refuseUnsupported(request);
    ChecksumAlgorithm algorithm = algorithm(request);
    Upload upload =
        new Upload(
            key,
            entropy.uploadId(),
            ObjectWrites.second(request.now()),
            WriteHeaders.attributes(request),
            algorithm,
            fullObject(request, algorithm));
    bucket.begin(upload);
    String document =
        new XmlBody("InitiateMultipartUploadResult")
            .text("Bucket", bucket.name())
            .text("Key", key)
            .text("UploadId", upload.id())
            .document();
    return S3Response.xml(200, created(upload), document);
  }

  private static Map<String, String> created(Upload upload) {
    Map<String, String> headers = new LinkedHashMap<>(upload.attributes().sse());
    ChecksumAlgorithm algorithm = upload.algorithm();
    if (algorithm != null) {
      headers.put("x-amz-checksum-algorithm", algorithm.name());
      headers.put("x-amz-checksum-type", upload.fullObject() ? "FULL_OBJECT" : "COMPOSITE");
    }
    return headers;
  }

  private static @Nullable ChecksumAlgorithm algorithm(S3Request request) {
    String asked = request.header("x-amz-checksum-algorithm");
    if (asked == null) {
      return null;
    }
    ChecksumAlgorithm algorithm = ChecksumAlgorithm.named(asked);
    if (algorithm == null) {
      throw Refusals.invalidRequest("Checksum algorithm provided is unsupported: " + asked);
    }
    return algorithm;
  }

  /**
   * The checksum type: composite by default but for CRC64NVME, full object for CRCs only.
   *
   * <p>Source: User Guide, checking-object-integrity (table of algorithms and types), read on
   * 2026-11-22.
   */
  private static boolean fullObject(S3Request request, @Nullable ChecksumAlgorithm algorithm) {
    String type = request.header("x-amz-checksum-type");
    if (type == null) {
      return algorithm == ChecksumAlgorithm.CRC64NVME;
    }
    boolean full = type.equals("FULL_OBJECT");
    if (!full && !type.equals("COMPOSITE")) {
      throw Refusals.invalidRequest("Value for x-amz-checksum-type header is invalid.");
    }
    boolean possible =
        algorithm != null && (full ? algorithm.crc() : algorithm != ChecksumAlgorithm.CRC64NVME);
    if (!possible) {
      throw Refusals.invalidRequest(
          "The "
              + type
              + " checksum type cannot be used with the "
              + algorithm
              + " checksum algorithm.");
    }
    return full;
  }

  S3Response uploadPart(S3Request request, DirectoryBucket bucket, String key) {
    WriteHeaders.refuseUnsupported(request);
    Checksums.refuseMd5(request);
    int number = partNumber(request);
    Upload upload = upload(request, bucket, key);
    ObjectChecksum checksum = Checksums.verified(request);
    requireSameAlgorithm(upload, checksum);
    Upload.UploadedPart part = part(request, request.body(), checksum);
    upload.put(number, part);
    Map<String, String> headers = new LinkedHashMap<>(upload.attributes().sse());
    headers.put("etag", part.etag());
    if (checksum != null) {
      headers.put(checksum.algorithm().header(), checksum.value());
    }
    return S3Response.empty(200, headers);
  }

  private Upload.UploadedPart part(
      S3Request request, ByteBuffer body, @Nullable ObjectChecksum checksum) {
    return new Upload.UploadedPart(
        body, entropy.etag(), ObjectWrites.second(request.now()), checksum);
  }

  private static void requireSameAlgorithm(Upload upload, @Nullable ObjectChecksum checksum) {
    ChecksumAlgorithm expected = upload.algorithm();
    if (expected != null && checksum != null && checksum.algorithm() != expected) {
      throw Refusals.invalidRequest(
          "Checksum Type mismatch occurred, expected checksum Type: "
              + expected.name().toLowerCase(java.util.Locale.ROOT)
              + ", actual checksum Type: "
              + checksum.algorithm().name().toLowerCase(java.util.Locale.ROOT));
    }
  }

  /** UploadPartCopy. Source: API reference, UploadPartCopy, read on 2026-11-22. */
  S3Response copyPart(S3Request request, DirectoryBucket bucket, String key) {
    Copies.refuseSession(request, "UploadPartCopy");
    WriteHeaders.refuseUnsupported(request);
    int number = partNumber(request);
    Upload upload = upload(request, bucket, key);
    StoredObject source = copies.source(request, CopySource.of(request));
    ByteBuffer body = range(request, source);
    ChecksumAlgorithm algorithm = upload.algorithm();
    ObjectChecksum checksum =
        algorithm == null ? null : new ObjectChecksum(algorithm, algorithm.of(body), true);
    Upload.UploadedPart part = part(request, body, checksum);
    upload.put(number, part);
    String document =
        new XmlBody("CopyPartResult")
            .date("LastModified", part.modified())
            .text("ETag", part.etag())
            .checksum(checksum)
            .document();
    return S3Response.xml(200, upload.attributes().sse(), document);
  }

  /** Unlike a Range header, this one must be exact: {@code bytes=first-last}. */
  private static ByteBuffer range(S3Request request, StoredObject source) {
    String header = request.header("x-amz-copy-source-range");
    if (header == null) {
      return source.body();
    }
    ByteSpan span =
        header.matches("bytes=\\d+-\\d+") ? ByteSpan.parse(header, source.size()) : null;
    if (span == null || !header.endsWith("-" + (span.offset() + span.length() - 1))) {
      throw Refusals.invalidArgument(
          "x-amz-copy-source-range",
          header,
          "The x-amz-copy-source-range value must be of the form bytes=first-last where first and"
              + " last are the zero-based offsets of the first and last bytes to copy");
    }
    return source.slice(span.offset(), span.length());
  }

  private static int partNumber(S3Request request) {
    String text = request.param("partNumber");
    if (text == null) {
      throw Refusals.invalidRequest("uploadId needs a partNumber.");
    }
    long number = Numbers.notNegative(text, "partNumber");
    if (number < 1 || number > MOST_PARTS) {
      throw Refusals.invalidArgument(
          "partNumber", text, "Part number must be an integer between 1 and 10000, inclusive");
    }
    return (int) number;
  }

  /**
   * Drops an upload and its parts.
   *
   * <p>Source: API reference, AbortMultipartUpload (for directory buckets: 204 when the initiated
   * time matches or the upload does not exist, 412 else), read on 2026-11-22. Without the header an
   * unknown upload is 404 NoSuchUpload.
   */
  S3Response abort(S3Request request, DirectoryBucket bucket, String key) {
    String initiated = request.header("x-amz-if-match-initiated-time");
    Upload upload = bucket.findUpload(key, String.valueOf(request.param("uploadId")));
    if (upload == null && initiated == null) {
      throw Refusals.noSuchUpload(String.valueOf(request.param("uploadId")));
    }
    if (upload != null) {
      if (initiated != null && !upload.initiated().equals(HttpDates.parse(initiated))) {
        throw Preconditions.failed("x-amz-if-match-initiated-time");
      }
      bucket.end(upload);
    }
    return S3Response.empty(204, Map.of());
  }

  /** ListParts. Source: API reference, ListParts, read on 2026-11-22. */
  S3Response listParts(S3Request request, DirectoryBucket bucket, String key) {
    Upload upload = upload(request, bucket, key);
    int most = Numbers.limit(request, "max-parts", MOST_LISTED);
    String marker = request.param("part-number-marker");
    int after =
        marker == null
            ? 0
            : (int) Math.min(MOST_PARTS, Numbers.notNegative(marker, "part-number-marker"));
    List<Map.Entry<Integer, Upload.UploadedPart>> parts =
        new ArrayList<>(upload.after(after).entrySet());
    List<Map.Entry<Integer, Upload.UploadedPart>> page =
        parts.subList(0, Math.min(most, parts.size()));
    XmlBody xml =
        new XmlBody("ListPartsResult")
            .text("Bucket", bucket.name())
            .text("Key", key)
            .text("UploadId", upload.id())
            .number("PartNumberMarker", after)
            .number("NextPartNumberMarker", page.isEmpty() ? 0 : page.get(page.size() - 1).getKey())
            .number("MaxParts", most)
            .flag("IsTruncated", page.size() < parts.size())
            .text("StorageClass", "EXPRESS_ONEZONE");
    describeUploader(xml, upload);
    page.forEach(each -> describe(xml, each.getKey(), each.getValue()));
    return S3Response.xml(200, Map.of(), xml.document());
  }

  private static void describeUploader(XmlBody xml, Upload upload) {
    Listing.owner(xml, "Initiator");
    Listing.owner(xml, "Owner");
    ChecksumAlgorithm algorithm = upload.algorithm();
    xml.text("ChecksumAlgorithm", algorithm == null ? null : algorithm.name());
    xml.text("ChecksumType", upload.checksumType());
  }

  private static void describe(XmlBody xml, int number, Upload.UploadedPart part) {
    xml.open("Part")
        .number("PartNumber", number)
        .date("LastModified", part.modified())
        .text("ETag", part.etag())
        .number("Size", part.body().remaining())
        .checksum(part.checksum())
        .close("Part");
  }

  /**
   * ListMultipartUploads: no order a client could rely on, an opaque key marker, no
   * upload-id-marker.
   *
   * <p>Source: API reference, ListMultipartUploads (directory buckets), read on 2026-11-22.
   */
  S3Response list(S3Request request, DirectoryBucket bucket) {
    String prefix = Listing.prefix(request);
    String delimiter = Listing.delimiter(request);
    boolean encoded = Listing.encoded(request);
    int most = Numbers.limit(request, "max-uploads", MOST_LISTED);
    String scope = bucket.name() + "\nuploads\n" + prefix + '\n' + delimiter;
    String marker = request.param("key-marker");
    String after =
        marker == null || marker.isEmpty() ? "" : ContinuationToken.parse(marker, scope).value();
    Set<String> groups = new TreeSet<>();
    List<Upload> all = matching(bucket, prefix, delimiter, groups);
    List<Upload> rest = all.stream().filter(upload -> place(upload).compareTo(after) > 0).toList();
    List<Upload> page = rest.subList(0, Math.min(most, rest.size()));
    boolean more = page.size() < rest.size();
    String next = more && !page.isEmpty() ? place(page.get(page.size() - 1)) : null;
    XmlBody xml =
        new XmlBody("ListMultipartUploadsResult")
            .text("Bucket", bucket.name())
            .text("KeyMarker", marker == null ? "" : marker)
            .text("NextKeyMarker", next == null ? null : ContinuationToken.after(next).text(scope))
            .text("Prefix", encoded ? Listing.encode(prefix) : prefix)
            .text("Delimiter", delimiter)
            .text("EncodingType", encoded ? "url" : null)
            .number("MaxUploads", most)
            .flag("IsTruncated", more);
    page.forEach(upload -> describe(xml, upload, encoded));
    for (String group : groups) {
      String name = encoded ? Listing.encode(group) : group;
      xml.open("CommonPrefixes").text("Prefix", name).close("CommonPrefixes");
    }
    return S3Response.xml(200, Map.of(), xml.document());
  }

  /** Uploads are listed by their random id, so several of one key page well. */
  private static String place(Upload upload) {
    return upload.id();
  }

  private static List<Upload> matching(
      DirectoryBucket bucket, String prefix, @Nullable String delimiter, Set<String> groups) {
    List<Upload> found = new ArrayList<>();
    for (Upload upload : bucket.uploads()) {
      String key = upload.key();
      if (!key.startsWith(prefix)) {
        continue;
      }
      int slash = delimiter == null ? -1 : key.indexOf('/', prefix.length());
      if (slash < 0) {
        found.add(upload);
      } else {
        groups.add(key.substring(0, slash + 1));
      }
    }
    found.sort(Comparator.comparing(MultipartUploads::place));
    return found;
  }

  private static void describe(XmlBody xml, Upload upload, boolean encoded) {
    xml.open("Upload")
        .text("Key", encoded ? Listing.encode(upload.key()) : upload.key())
        .text("UploadId", upload.id())
        .date("Initiated", upload.initiated())
        .text("StorageClass", "EXPRESS_ONEZONE");
    describeUploader(xml, upload);
    xml.close("Upload");
  }

  private static Upload upload(S3Request request, DirectoryBucket bucket, String key) {
    return bucket.requireUpload(key, String.valueOf(request.param("uploadId")));
  }
}
