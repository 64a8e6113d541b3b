package io.expressway;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Reads a range where it lands and copies it to buffers, for buckets that cannot land in them. */
final class ScatteredCopy {
  private ScatteredCopy() {}

  static CompletableFuture<ObjectInfo> of(
      Bucket bucket, ReadRequest request, List<ByteBuffer> targets) {
    Arguments.targets(targets, request.range());
    CompletableFuture<Slice> read = bucket.read(request);
    CompletableFuture<ObjectInfo> answer = read.newIncompleteFuture();
    answer.whenComplete((info, failure) -> read.cancel(false)); // no effect once it is over
    read.whenComplete((slice, failure) -> finish(bucket, targets, answer, slice, failure));
    return answer;
  }

  private static void finish(
      Bucket bucket,
      List<ByteBuffer> targets,
      CompletableFuture<ObjectInfo> answer,
      @Nullable Slice slice,
      @Nullable Throwable failure) {
    if (slice == null) {
      Throwable wrapped = failure instanceof CompletionException ? failure.getCause() : null;
      answer.completeExceptionally(
          wrapped != null ? wrapped : failure != null ? failure : new IllegalStateException());
      return;
    }
    ExpressException problem = null;
    try (slice) { // the memory is back before anybody hears of the end
      long room = targets.stream().mapToLong(ByteBuffer::remaining).sum();
      if (slice.length() > room) {
        problem = tooLong(bucket, slice, room);
      } else if (!answer.isDone()) {
        copy(slice, targets);
      }
    }
    if (problem == null) {
      answer.complete(slice.info());
    } else {
      answer.completeExceptionally(problem);
    }
  }

  private static InvalidRequestException tooLong(Bucket bucket, Slice slice, long room) {
    return new InvalidRequestException(
        "the body has "
            + slice.length()
            + " bytes, but there is room for "
            + room
            + ": ask for a shorter range",
        RequestSite.of(Operation.READ, bucket.name(), slice.info().key(), null),
        null);
  }

  private static void copy(Slice slice, List<ByteBuffer> targets) {
    long at = 0;
    for (ByteBuffer target : targets) {
      long count = Math.min(target.remaining(), slice.length() - at);
      if (count > 0) {
        try (Slice part = slice.slice(at, count)) {
          part.copyTo(target);
        }
        at += count;
      }
    }
  }
}
