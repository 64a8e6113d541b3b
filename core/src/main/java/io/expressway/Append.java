package io.expressway;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One append that survives a lost answer. An append is not idempotent, so before it is sent again
 * the object is looked at: its size tells whether anything was added, and its bytes whether they
 * are ours.
 *
 * <p>Source: S3 User Guide, "Appending data to objects in directory buckets", read on 2026-11-22.
 */
final class Append {
  private static final int MOST_LOOKS = 5;
  private static final int MOST_COMPARED_BYTES = 1 << 20;
  private final Bucket bucket;
  private final String key;
  private final long offset;
  private final ByteBuffer body;
  private final Supplier<CompletableFuture<ObjectInfo>> send;

  /** {@code send} makes the request, once for each call. */
  Append(
      Bucket bucket,
      String key,
      long offset,
      ByteBuffer body,
      Supplier<CompletableFuture<ObjectInfo>> send) {
    this.bucket = bucket;
    this.key = key;
    this.offset = offset;
    this.body = body;
    this.send = send;
  }

  CompletableFuture<ObjectInfo> run() {
    CompletableFuture<ObjectInfo> first = send.get();
    CompletableFuture<ObjectInfo> outcome = first.newIncompleteFuture();
    first.whenComplete((info, failure) -> settle(outcome, info, failure, 0));
    return outcome;
  }

  private void settle(
      CompletableFuture<ObjectInfo> outcome,
      @Nullable ObjectInfo info,
      @Nullable Throwable failure,
      int looks) {
    if (failure == null) {
      outcome.complete(info);
      return;
    }
    Throwable cause = cause(failure);
    boolean unclear =
        cause instanceof OutcomeUnknownException
            || (looks > 0 && cause instanceof PreconditionFailedException);
    if (unclear && looks < MOST_LOOKS && !outcome.isDone()) {
      bucket
          .stat(key)
          .whenComplete((seen, missing) -> decide(outcome, seen, missing, cause, looks + 1));
    } else {
      outcome.completeExceptionally(cause);
    }
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause == null ? failure : cause;
  }

  private void decide(
      CompletableFuture<ObjectInfo> outcome,
      @Nullable ObjectInfo seen,
      @Nullable Throwable missing,
      Throwable lost,
      int looks) {
    boolean absent = missing != null && cause(missing) instanceof ObjectNotFoundException;
    if (seen == null && !absent) {
      outcome.completeExceptionally(lost); // no look, no answer
      return;
    }
    long size = seen == null ? 0 : seen.size();
    if (size == offset) {
      send.get().whenComplete((info, failure) -> settle(outcome, info, failure, looks));
    } else if (seen == null || size < offset + body.remaining()) {
      outcome.completeExceptionally(movedTo(size, lost));
    } else {
      compare(outcome, seen, lost);
    }
  }

  /** The object grew by as much or more: by our bytes, when they are there. */
  private void compare(CompletableFuture<ObjectInfo> outcome, ObjectInfo seen, Throwable lost) {
    int compared = Math.min(body.remaining(), MOST_COMPARED_BYTES);
    int from = body.remaining() - compared;
    bucket
        .read(key, ByteRange.of(offset + from, compared))
        .whenComplete(
            (slice, unread) -> {
              if (slice == null) {
                outcome.completeExceptionally(lost);
                return;
              }
              boolean ours = isOurs(slice, body.slice(body.position() + from, compared));
              slice.close();
              if (ours) {
                outcome.complete(seen);
              } else {
                outcome.completeExceptionally(movedTo(seen.size(), lost));
              }
            });
  }

  private static boolean isOurs(Slice stored, ByteBuffer sent) {
    for (ByteBuffer piece : stored.buffers()) {
      int count = piece.remaining();
      if (count > sent.remaining() || !sent.slice(sent.position(), count).equals(piece)) {
        return false;
      }
      sent.position(sent.position() + count);
    }
    return !sent.hasRemaining();
  }

  private PreconditionFailedException movedTo(long size, Throwable lost) {
    return new PreconditionFailedException(
        "the bytes were to go to offset "
            + offset
            + ", but another writer made the object "
            + size
            + " bytes long",
        RequestSite.of(Operation.APPEND, bucket.name(), key, null),
        lost);
  }
}
