package io.expressway.testkit.store;

/** The refusals that more than one operation gives. */
final class Refusals {
  private Refusals() {}

  static S3Error noSuchKey(String key) {
    return new S3Error(404, "NoSuchKey", "The specified key does not exist.").with("Key", key);
  }

  static S3Error noSuchBucket(String bucket) {
    return new S3Error(404, "NoSuchBucket", "The specified bucket does not exist")
        .with("BucketName", bucket);
  }

  static S3Error noSuchUpload(String uploadId) {
    return new S3Error(
            404,
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may"
                + " have been aborted or completed.")
        .with("UploadId", uploadId);
  }

  /** Never answer 200 to what is not done: a client would take it as done. */
  static S3Error notImplemented(String message) {
    return new S3Error(501, "NotImplemented", message);
  }

  static S3Error invalidRequest(String message) {
    return new S3Error(400, "InvalidRequest", message);
  }

  static S3Error invalidArgument(String name, String value, String message) {
    return new S3Error(400, "InvalidArgument", message)
        .with("ArgumentName", name)
        .with("ArgumentValue", value);
  }

  static S3Error malformedXml(String what) {
    return new S3Error(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema: "
            + what);
  }
}
