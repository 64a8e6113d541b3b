package io.expressway.cache;

import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import io.expressway.Slice;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The last bytes of an object whose size only the answer tells, asked for once by all who want
 * them. Where they belong is not known before they come: they are copied into their blocks.
 */
final class Tail {
  private final CachedBucket bucket;
  private final CachedObject object;
  private final long length;
  private final long askedNanos;
  private final CompletableFuture<Boolean> outcome;

  private Tail(CachedBucket bucket, CachedObject object, long length) {
    this.bucket = bucket;
    this.object = object;
    this.length = length;
    this.askedNanos = bucket.now();
    this.outcome = bucket.newAnswer();
  }

  /** The request under way, when it brings enough and early enough, or else a new one. */
  static Tail of(CachedBucket bucket, CachedObject object, long length, long beganNanos) {
    Tail fresh;
    synchronized (object) {
      Tail current = object.tail();
      if (current != null
          && current.length >= length
          && bucket.wouldBelieve(current.askedNanos, beganNanos)) {
        object.memory().tally().joins.increment();
        return current;
      }
      fresh = new Tail(bucket, object, length);
      object.tail(fresh);
    }
    fresh.send();
    return fresh;
  }

  long askedNanos() {
    return askedNanos;
  }

  /** Ends when the bytes are in memory, as far as there was room. */
  CompletableFuture<Boolean> outcome() {
    return outcome;
  }

  /** A page more than asked for, so that the page in which the range begins comes whole. */
  private void send() {
    object.memory().tally().fetches.increment();
    ByteRange range = ByteRange.last(length + object.memory().pages().pageBytes() - 1);
    CompletableFuture<Slice> answer;
    try {
      answer = bucket.seen(bucket.delegate().read(object.key(), range));
    } catch (RuntimeException refused) {
      end(refused);
      return;
    }
    answer.whenComplete(
        (slice, problem) -> end(slice == null ? Failures.unwrap(problem) : takeIn(slice)));
  }

  private @Nullable Throwable takeIn(Slice slice) {
    try (slice) {
      object.memory().tally().fetchedBytes.add(slice.length());
      ObjectInfo info = slice.info();
      if (!object.establish(info, askedNanos)) {
        return new PreconditionFailedException(
            "the object has changed to version " + info.version() + " while it was read",
            RequestSite.of(Operation.READ, bucket.name(), object.key(), ByteRange.last(length)),
            null);
      }
      object.fill(slice, info.size() - slice.length(), info.size());
      return null;
    }
  }

  private void end(@Nullable Throwable problem) {
    synchronized (object) {
      if (object.tail() == this) {
        object.tail(null);
      }
    }
    if (problem == null) {
      outcome.complete(true);
    } else {
      object.memory().tally().failedFetches.increment();
      outcome.completeExceptionally(problem);
    }
  }
}
