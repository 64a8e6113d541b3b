package io.expressway;

/** What one request does, as listeners and errors name it. */
public enum Operation {
  /** GetObject. */
  READ("GetObject", false),
  /** HeadObject. */
  STAT("HeadObject", false),
  /** ListObjectsV2. */
  LIST("ListObjectsV2", false),
  /** PutObject. */
  WRITE("PutObject", true),
  /** PutObject at an offset. */
  APPEND("PutObject", true),
  /** DeleteObject. */
  DELETE("DeleteObject", true),
  /** HeadBucket, which opens a connection ahead of need. */
  WARM_UP("HeadBucket", false),
  /** DeleteObjects. */
  DELETE_ALL("DeleteObjects", true),
  /** RenameObject. */
  RENAME("RenameObject", true),
  /** CopyObject. */
  COPY("CopyObject", true),
  /** CreateMultipartUpload. */
  BEGIN_UPLOAD("CreateMultipartUpload", true),
  /** UploadPart. */
  UPLOAD_PART("UploadPart", true),
  /** CompleteMultipartUpload. */
  COMPLETE_UPLOAD("CompleteMultipartUpload", true),
  /** AbortMultipartUpload. */
  ABORT_UPLOAD("AbortMultipartUpload", true),
  /** ListParts. */
  LIST_PARTS("ListParts", false),
  /** ListMultipartUploads. */
  LIST_UPLOADS("ListMultipartUploads", false),
  /** CreateBucket. */
  CREATE_BUCKET("CreateBucket", true),
  /** ListDirectoryBuckets. */
  LIST_BUCKETS("ListDirectoryBuckets", false),
  /** DeleteBucket. */
  DELETE_BUCKET("DeleteBucket", true),
  /** PutBucketLifecycleConfiguration. */
  SET_LIFECYCLE("PutBucketLifecycleConfiguration", true),
  /** CreateSession. */
  CREATE_SESSION("CreateSession", false);

  private final String apiName;
  private final boolean mutating;

  Operation(String apiName, boolean mutating) {
    this.apiName = apiName;
    this.mutating = mutating;
  }

  /** The name of the S3 API action. */
  public String apiName() {
    return apiName;
  }

  /** Whether the action changes the bucket, so that a ReadOnly session may not do it. */
  public boolean isMutating() {
    return mutating;
  }
}
