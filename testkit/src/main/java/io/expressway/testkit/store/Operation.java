package io.expressway.testkit.store;

import java.util.Locale;
import java.util.Set;

/**
 * Every operation that the store does, found from the method, the path and the query. Whatever is
 * not one of these answers 501 NotImplemented, and so does any query parameter that the operation
 * does not know: versioning, acl, tagging, policy, location, website, select, torrent and their
 * kin.
 *
 * <p>Source: User Guide, s3-express-differences and s3-express-APIs (what directory buckets
 * support); the API reference of each operation for its parameters, read on 2026-11-22.
 */
enum Operation {
  GET_OBJECT(true, "partnumber", "versionid", "response-"),
  HEAD_OBJECT(true, "partnumber", "versionid", "response-"),
  GET_OBJECT_ATTRIBUTES(true, "attributes", "versionid"),
  PUT_OBJECT(false),
  COPY_OBJECT(false),
  RENAME_OBJECT(false, "renameobject"),
  DELETE_OBJECT(false, "versionid"),
  DELETE_OBJECTS(false, "delete"),
  CREATE_MULTIPART_UPLOAD(false, "uploads"),
  UPLOAD_PART(false, "partnumber", "uploadid"),
  UPLOAD_PART_COPY(false, "partnumber", "uploadid"),
  COMPLETE_MULTIPART_UPLOAD(false, "uploadid"),
  ABORT_MULTIPART_UPLOAD(false, "uploadid"),
  LIST_PARTS(true, "uploadid", "max-parts", "part-number-marker"),
  LIST_MULTIPART_UPLOADS(
      true, "uploads", "delimiter", "encoding-type", "key-marker", "max-uploads", "prefix"),
  LIST_OBJECTS_V2(
      true,
      "list-type",
      "continuation-token",
      "delimiter",
      "encoding-type",
      "fetch-owner",
      "max-keys",
      "prefix"),
  HEAD_BUCKET(true),
  CREATE_BUCKET(false),
  DELETE_BUCKET(false),
  PUT_BUCKET_LIFECYCLE(false, "lifecycle"),
  GET_BUCKET_LIFECYCLE(false, "lifecycle"),
  DELETE_BUCKET_LIFECYCLE(false, "lifecycle"),
  LIST_DIRECTORY_BUCKETS(true, "continuation-token", "max-directory-buckets");

  private final boolean readOnly;

  /** Made by {@code Set.of}, which the checker cannot see. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Set<String> parameters;

  Operation(boolean readOnly, String... parameters) {
    this.readOnly = readOnly;
    this.parameters = Set.of(parameters);
  }

  /**
   * Whether a ReadOnly session may do it.
   *
   * <p>Source: API reference, CreateSession (ReadOnly allows GetObject, HeadObject, ListObjectsV2,
   * GetObjectAttributes, ListParts and ListMultipartUploads), read on 2026-11-22.
   */
  boolean readOnly() {
    return readOnly;
  }

  /**
   * The operation that a request asks for.
   *
   * @throws S3Error 501 NotImplemented when there is none
   */
  static Operation of(S3Request request) {
    Operation found;
    if (request.key() != null) {
      found = onObject(request);
    } else if (request.bucket() != null) {
      found = onBucket(request);
    } else {
      found = onService(request);
    }
    if (!request.query().isEmpty()) {
      found.refuseUnknown(request);
    }
    return found;
  }

  private static Operation onObject(S3Request request) {
    return switch (request.method()) {
      case "GET" -> read(request);
      case "HEAD" -> HEAD_OBJECT;
      case "PUT" -> write(request);
      case "POST" -> has(request, "uploads") ? CREATE_MULTIPART_UPLOAD : complete(request);
      case "DELETE" -> has(request, "uploadId") ? ABORT_MULTIPART_UPLOAD : DELETE_OBJECT;
      default -> throw unknown(request);
    };
  }

  private static Operation read(S3Request request) {
    if (has(request, "uploadId")) {
      return LIST_PARTS;
    }
    return has(request, "attributes") ? GET_OBJECT_ATTRIBUTES : GET_OBJECT;
  }

  private static Operation write(S3Request request) {
    boolean copies = request.header("x-amz-copy-source") != null;
    if (has(request, "renameObject")) {
      return RENAME_OBJECT;
    }
    if (has(request, "uploadId")) {
      return copies ? UPLOAD_PART_COPY : UPLOAD_PART;
    }
    return copies ? COPY_OBJECT : PUT_OBJECT;
  }

  private static Operation complete(S3Request request) {
    if (has(request, "uploadId")) {
      return COMPLETE_MULTIPART_UPLOAD;
    }
    throw unknown(request);
  }

  private static Operation onBucket(S3Request request) {
    return switch (request.method()) {
      case "GET" -> list(request);
      case "HEAD" -> HEAD_BUCKET;
      case "PUT" -> has(request, "lifecycle") ? PUT_BUCKET_LIFECYCLE : CREATE_BUCKET;
      case "DELETE" -> has(request, "lifecycle") ? DELETE_BUCKET_LIFECYCLE : DELETE_BUCKET;
      case "POST" -> deleteMany(request);
      default -> throw unknown(request);
    };
  }

  private static Operation list(S3Request request) {
    if (has(request, "lifecycle")) {
      return GET_BUCKET_LIFECYCLE;
    }
    if (has(request, "uploads")) {
      return LIST_MULTIPART_UPLOADS;
    }
    if ("2".equals(request.param("list-type"))) {
      return LIST_OBJECTS_V2;
    }
    throw unknown(request);
  }

  private static Operation deleteMany(S3Request request) {
    if (has(request, "delete")) {
      return DELETE_OBJECTS;
    }
    throw unknown(request);
  }

  private static Operation onService(S3Request request) {
    if (request.method().equals("GET")) {
      return LIST_DIRECTORY_BUCKETS;
    }
    throw unknown(request);
  }

  private void refuseUnknown(S3Request request) {
    for (String name : request.query().keySet()) {
      if (!knows(name.toLowerCase(Locale.ROOT))) {
        throw Refusals.notImplemented(
            this + " of a directory bucket does not know the query parameter " + name + ".");
      }
    }
  }

  /**
   * {@code x-id} only labels a request for logs; {@code x-amz-*} are the fields of a presigned URL.
   */
  private boolean knows(String name) {
    return parameters.contains(name)
        || name.equals("x-id")
        || name.startsWith("x-amz-")
        || (name.startsWith("response-") && parameters.contains("response-"));
  }

  private static boolean has(S3Request request, String parameter) {
    return request.query().containsKey(parameter);
  }

  private static S3Error unknown(S3Request request) {
    return Refusals.notImplemented(
        "Directory buckets do not support "
            + request.method()
            + " with the query parameters "
            + request.query().keySet()
            + ".");
  }
}
