package io.expressway;

import java.util.concurrent.CompletableFuture;

/**
 * Refuses what only directory buckets do, before any request: a general-purpose service may take an
 * append or a rename it does not know for a plain write, and overwrite the object.
 */
final class DirectoryOnly {
  private DirectoryOnly() {}

  static <T> CompletableFuture<T> refuse(Operation operation, BucketName bucket, String key) {
    String instead =
        operation == Operation.RENAME ? "copy and delete instead" : "write the whole object";
    return CompletableFuture.failedFuture(
        new InvalidRequestException(
            "only directory buckets can do this: " + instead,
            RequestSite.of(operation, bucket, key, null),
            null));
  }
}
