package io.expressway;

import java.util.concurrent.CompletableFuture;

/** What signs one bucket's requests, now. Thread: safe for many. */
public interface BucketCredentials {
  /**
   * The access key for the next request. Completed already when one is at hand, which costs neither
   * a lock nor an allocation; callers do not complete or cancel it.
   */
  CompletableFuture<AccessKey> current();

  /**
   * Tells that the service refused {@code key}. Drops exactly that key, so that the next {@link
   * #current} gives another; without effect when it was replaced already.
   */
  void reject(AccessKey key);

  /**
   * Tells that the service denied a request signed with {@code key}, which may be the key's fault
   * or the caller's. Gives another key to try once more with, or {@code key} itself when none would
   * fare better; {@code key} stays in use for others meanwhile.
   */
  default CompletableFuture<AccessKey> another(AccessKey key) {
    return current();
  }

  /**
   * The access key of the identity itself, for the few requests that S3 Express takes no session
   * for: CopyObject and UploadPartCopy (S3 API, CopyObject, read on 2026-11-22).
   */
  default CompletableFuture<AccessKey> identity() {
    return current();
  }

  /** The bucket was closed: its issuer must no longer be called. */
  default void release() {}
}
