package io.expressway.testkit;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for, by its method and sub-resource. Everything that is not listed is
 * answered 501 NotImplemented, never 200: a server that takes {@code ?renameObject} for a PUT loses
 * data.
 *
 * <p>Source: the list of API operations for directory buckets in the Amazon S3 User Guide,
 * "Networking for directory buckets" and "Differences for directory buckets", and the HTTP syntax
 * of each operation's page in the API reference (read on 2026-11-22).
 */
enum Operation {
  CREATE_SESSION("CreateSession", Access.IAM, "session"),
  HEAD_BUCKET("HeadBucket", Access.READ),
  CREATE_BUCKET("CreateBucket", Access.IAM),
  DELETE_BUCKET("DeleteBucket", Access.IAM),
  PUT_BUCKET_LIFECYCLE("PutBucketLifecycleConfiguration", Access.IAM, "lifecycle"),
  GET_BUCKET_LIFECYCLE("GetBucketLifecycleConfiguration", Access.IAM, "lifecycle"),
  DELETE_BUCKET_LIFECYCLE("DeleteBucketLifecycle", Access.IAM, "lifecycle"),
  LIST_DIRECTORY_BUCKETS(
      "ListDirectoryBuckets", Access.IAM, "max-directory-buckets", "continuation-token"),
  LIST_OBJECTS_V2(
      "ListObjectsV2",
      Access.READ,
      "list-type",
      "prefix",
      "delimiter",
      "max-keys",
      "continuation-token",
      "start-after",
      "encoding-type",
      "fetch-owner"),
  LIST_MULTIPART_UPLOADS(
      "ListMultipartUploads",
      Access.READ,
      "uploads",
      "prefix",
      "delimiter",
      "max-uploads",
      "key-marker",
      "upload-id-marker",
      "encoding-type"),
  DELETE_OBJECTS("DeleteObjects", Access.WRITE, "delete"),
  GET_OBJECT("GetObject", Access.READ, "partNumber", "versionId"),
  HEAD_OBJECT("HeadObject", Access.READ, "partNumber", "versionId"),
  GET_OBJECT_ATTRIBUTES("GetObjectAttributes", Access.READ, "attributes", "versionId"),
  LIST_PARTS("ListParts", Access.READ, "uploadId", "max-parts", "part-number-marker"),
  PUT_OBJECT("PutObject", Access.WRITE),
  COPY_OBJECT("CopyObject", Access.IAM),
  RENAME_OBJECT("RenameObject", Access.WRITE, "renameObject"),
  DELETE_OBJECT("DeleteObject", Access.WRITE, "versionId"),
  CREATE_MULTIPART_UPLOAD("CreateMultipartUpload", Access.WRITE, "uploads"),
  UPLOAD_PART("UploadPart", Access.WRITE, "partNumber", "uploadId"),
  UPLOAD_PART_COPY("UploadPartCopy", Access.IAM, "partNumber", "uploadId"),
  COMPLETE_MULTIPART_UPLOAD("CompleteMultipartUpload", Access.WRITE, "uploadId"),
  ABORT_MULTIPART_UPLOAD("AbortMultipartUpload", Access.WRITE, "uploadId"),
  /** Anything else. */
  UNKNOWN("Unknown", Access.IAM);

  /**
   * Which credentials an operation takes: CreateSession, CopyObject and UploadPartCopy are signed
   * with IAM credentials only; a ReadOnly session may do what reads (CreateSession page).
   */
  enum Access {
    IAM,
    READ,
    WRITE
  }

  private final String apiName;
  private final Access access;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> params;

  Operation(String apiName, Access access, String... params) {
    this.apiName = apiName;
    this.access = access;
    this.params = Set.of(params);
  }

  /** The name in the API reference. */
  String apiName() {
    return apiName;
  }

  Access access() {
    return access;
  }

  /**
   * Names one request; {@link #UNKNOWN} when it is none of the API, or carries a stray parameter.
   */
  static Operation of(
      String method,
      @Nullable String bucket,
      @Nullable String key,
      Map<String, ?> query,
      Map<String, String> headers) {
    Operation operation =
        bucket == null
            ? (method.equals("GET") ? LIST_DIRECTORY_BUCKETS : UNKNOWN)
            : key == null ? ofBucket(method, query) : ofKey(method, query, headers);
    return operation.takes(query) ? operation : UNKNOWN;
  }

  private static Operation ofBucket(String method, Map<String, ?> query) {
    boolean lifecycle = query.containsKey("lifecycle");
    return switch (method) {
      case "GET" -> ofBucketGet(query, lifecycle);
      case "HEAD" -> HEAD_BUCKET;
      case "PUT" -> lifecycle ? PUT_BUCKET_LIFECYCLE : CREATE_BUCKET;
      case "DELETE" -> lifecycle ? DELETE_BUCKET_LIFECYCLE : DELETE_BUCKET;
      case "POST" -> query.containsKey("delete") ? DELETE_OBJECTS : UNKNOWN;
      default -> UNKNOWN;
    };
  }

  private static Operation ofBucketGet(Map<String, ?> query, boolean lifecycle) {
    if (lifecycle) {
      return GET_BUCKET_LIFECYCLE;
    }
    return query.containsKey("session")
        ? CREATE_SESSION
        : query.containsKey("uploads")
            ? LIST_MULTIPART_UPLOADS
            : query.containsKey("list-type") ? LIST_OBJECTS_V2 : UNKNOWN;
  }

  private static Operation ofKey(String method, Map<String, ?> query, Map<String, String> headers) {
    boolean upload = query.containsKey("uploadId");
    return switch (method) {
      case "GET" ->
          upload
              ? LIST_PARTS
              : query.containsKey("attributes") ? GET_OBJECT_ATTRIBUTES : GET_OBJECT;
      case "HEAD" -> HEAD_OBJECT;
      case "PUT" -> ofPut(query, upload, isCopy(query, headers));
      case "DELETE" -> upload ? ABORT_MULTIPART_UPLOAD : DELETE_OBJECT;
      case "POST" ->
          upload
              ? COMPLETE_MULTIPART_UPLOAD
              : query.containsKey("uploads") ? CREATE_MULTIPART_UPLOAD : UNKNOWN;
      default -> UNKNOWN;
    };
  }

  /** A presigned URL may carry the header in its query. */
  private static boolean isCopy(Map<String, ?> query, Map<String, String> headers) {
    return headers.containsKey("x-amz-copy-source")
        || query.keySet().stream().anyMatch("x-amz-copy-source"::equalsIgnoreCase);
  }

  private static Operation ofPut(Map<String, ?> query, boolean upload, boolean copy) {
    if (query.containsKey("renameObject")) {
      return RENAME_OBJECT;
    }
    if (upload) {
      return copy ? UPLOAD_PART_COPY : UPLOAD_PART;
    }
    return copy ? COPY_OBJECT : PUT_OBJECT;
  }

  private boolean takes(Map<String, ?> query) {
    for (String name : query.keySet()) {
      boolean known =
          params.contains(name)
              || name.equals("x-id")
              || name.regionMatches(true, 0, "X-Amz-", 0, 6)
              || (name.startsWith("response-") && (this == GET_OBJECT || this == HEAD_OBJECT));
      if (!known) {
        return false;
      }
    }
    return true;
  }

  /** True for methods whose answer has no body. */
  static boolean isHead(String method) {
    return method.equals(HttpMethod.HEAD.name());
  }
}
