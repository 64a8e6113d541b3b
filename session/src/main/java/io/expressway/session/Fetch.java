package io.expressway.session;

import io.expressway.AccessDeniedException;
import io.expressway.AccessKey;
import io.expressway.BucketCredentials;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One CreateSession under way, and those who wait for it. An identity that is denied is looked up
 * again; when it was rotated meanwhile, the new one tries at once.
 */
final class Fetch {
  private final SessionIssuer issuer;
  private final CompletableFuture<AccessKey> outcome;

  /** Null when Flight Recorder was never started: its classes take a tenth of a second to load. */
  private final @Nullable CreateSessionEvent event =
      FlightRecorder.isInitialized() ? new CreateSessionEvent() : null;

  private volatile @Nullable AccessKey signer;

  Fetch(SessionIssuer issuer, CompletableFuture<AccessKey> outcome) {
    this.issuer = issuer;
    this.outcome = outcome;
    if (event != null) {
      event.begin();
    }
  }

  SessionIssuer issuer() {
    return issuer;
  }

  /** What callers wait for; the slot completes it. */
  CompletableFuture<AccessKey> outcome() {
    return outcome;
  }

  @Nullable CreateSessionEvent event() {
    return event;
  }

  /** The identity's key that signed it last. */
  @Nullable AccessKey signer() {
    return signer;
  }

  /** Asks; the result is the answer, not yet {@link #outcome}. */
  CompletableFuture<AccessKey> ask(SessionMode mode, BucketCredentials identity) {
    try {
      return identity.current().thenCompose(key -> ask(mode, identity, key, true));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<AccessKey> ask(
      SessionMode mode, BucketCredentials identity, AccessKey key, boolean first) {
    signer = key;
    CompletableFuture<AccessKey> answer = issuer.createSession(mode, key);
    return answer.exceptionallyCompose(
        failure -> {
          if (!(cause(failure) instanceof AccessDeniedException)) {
            return answer;
          }
          identity.reject(key);
          return first ? askAsOther(mode, identity, key, answer) : answer;
        });
  }

  private CompletableFuture<AccessKey> askAsOther(
      SessionMode mode,
      BucketCredentials identity,
      AccessKey denied,
      CompletableFuture<AccessKey> answer) {
    return identity
        .current()
        .thenCompose(key -> key == denied ? answer : ask(mode, identity, key, false));
  }

  static @Nullable Throwable cause(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause == null ? failure : cause;
  }
}
