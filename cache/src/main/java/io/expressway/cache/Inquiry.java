package io.expressway.cache;

import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One question to the bucket what it knows of an object, shared by all that may believe its answer.
 * What it brings is taken in before anybody hears of it.
 */
final class Inquiry {
  private final CachedBucket bucket;
  private final CachedObject object;
  private final long askedNanos;
  private final CompletableFuture<ObjectInfo> outcome;

  private Inquiry(CachedBucket bucket, CachedObject object) {
    this.bucket = bucket;
    this.object = object;
    this.askedNanos = bucket.now();
    this.outcome = bucket.newAnswer();
  }

  /** The question under way, when its answer will do for who began then, or else a new one. */
  static Inquiry about(CachedBucket bucket, CachedObject object, long beganNanos) {
    Inquiry fresh;
    synchronized (object) {
      Inquiry current = object.inquiry();
      if (current != null && bucket.wouldBelieve(current.askedNanos, beganNanos)) {
        return current;
      }
      fresh = new Inquiry(bucket, object);
      object.inquiry(fresh);
    }
    fresh.send();
    return fresh;
  }

  /** What the bucket says; nobody who shares it may cancel it. */
  CompletableFuture<ObjectInfo> outcome() {
    return outcome;
  }

  private void send() {
    object.memory().tally().revalidations.increment();
    CompletableFuture<ObjectInfo> answer;
    try {
      answer = bucket.seen(bucket.delegate().stat(object.key()));
    } catch (RuntimeException refused) {
      end(null, refused);
      return;
    }
    answer.whenComplete(
        (info, problem) -> end(info, info == null ? Failures.unwrap(problem) : null));
  }

  private void end(@Nullable ObjectInfo info, @Nullable Throwable problem) {
    synchronized (object) {
      if (object.inquiry() == this) {
        object.inquiry(null);
      }
    }
    if (info != null) {
      bucket.isThere(object, info, askedNanos);
      outcome.complete(info);
      return;
    }
    if (problem instanceof ObjectNotFoundException) {
      bucket.isAbsent(object, askedNanos);
    }
    outcome.completeExceptionally(Failures.unwrap(problem));
  }
}
