package io.expressway.jmh;

import io.expressway.AccessKey;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.CredentialsSource;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the requests that found no session at hand: those whose future was not done when they got
 * it. Safe for many threads; closes nothing.
 */
final class WatchedSessions implements CredentialsSource {
  private final CredentialsSource sessions;
  private final LongAdder waited = new LongAdder();

  WatchedSessions(CredentialsSource sessions) {
    this.sessions = sessions;
  }

  /** Requests that had to wait, so far. */
  long waited() {
    return waited.sum();
  }

  @Override
  public BucketCredentials forBucket(BucketName bucket, SessionMode mode, SessionIssuer issuer) {
    BucketCredentials watched = sessions.forBucket(bucket, mode, issuer);
    return new BucketCredentials() {
      @Override
      public CompletableFuture<AccessKey> current() {
        return count(watched.current());
      }

      @Override
      public CompletableFuture<AccessKey> another(AccessKey denied) {
        return count(watched.another(denied));
      }

      @Override
      public void reject(AccessKey refused) {
        watched.reject(refused);
      }

      @Override
      public void release() {
        watched.release();
      }
    };
  }

  private CompletableFuture<AccessKey> count(CompletableFuture<AccessKey> key) {
    if (!key.isDone()) {
      waited.increment();
    }
    return key;
  }
}
