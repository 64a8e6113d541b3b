package io.expressway;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Refuses changes to a bucket that was opened for reading, before any request. */
final class ReadOnly {
  private ReadOnly() {}

  static <T> Optional<CompletableFuture<T>> refuses(
      ExpressOptions options, Operation operation, BucketName bucket, String key) {
    if (options.mode() != SessionMode.READ_ONLY) {
      return Optional.empty();
    }
    return Optional.of(
        CompletableFuture.failedFuture(
            new AccessDeniedException(
                "the bucket was opened ReadOnly: open it with ExpressOptions.mode(READ_WRITE)",
                RequestSite.of(operation, bucket, key, null),
                null)));
  }
}
