package io.expressway;

import java.util.concurrent.CompletableFuture;

/** One access key that never changes. */
final class StaticCredentials extends Credentials {
  private final CompletableFuture<AccessKey> key;

  StaticCredentials(AccessKey key) {
    this.key = CompletableFuture.completedFuture(key);
  }

  @Override
  public CompletableFuture<AccessKey> accessKey() {
    return key;
  }

  @Override
  void forget(AccessKey refused) {}
}
