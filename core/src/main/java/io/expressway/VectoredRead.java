package io.expressway;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads several ranges of one object by {@link RangePlan} and gives each range its own answer: cut
 * short or failed just as if it had been read alone. Safe for many threads: each answer is one
 * future, completed once.
 */
final class VectoredRead {
  private final BucketName bucket;
  private final String key;
  private final List<ByteRange> ranges;
  private final List<CompletableFuture<Slice>> answers = new ArrayList<>();

  private VectoredRead(BucketName bucket, String key, List<ByteRange> ranges) {
    this.bucket = bucket;
    this.key = key;
    this.ranges = List.copyOf(ranges);
    ranges.forEach(range -> answers.add(new CompletableFuture<>()));
  }

  /**
   * Reads {@code ranges} with as few requests as the plan needs. A request is cancelled once nobody
   * waits for any of its ranges; a slice that comes too late is closed.
   *
   * @param read makes one request
   * @return the slices, in the order of the ranges, each closed on its own
   */
  static List<CompletableFuture<Slice>> of(
      BucketName bucket,
      String key,
      List<ByteRange> ranges,
      Function<ByteRange, CompletableFuture<Slice>> read) {
    VectoredRead vectored = new VectoredRead(bucket, key, ranges);
    for (RangePlan.Fetch fetch : RangePlan.of(ranges)) {
      CompletableFuture<Slice> shared = read.apply(fetch.range());
      if (fetch.pieces().size() == 1) {
        vectored.answers.set(fetch.pieces().get(0).index(), shared);
      } else {
        vectored.share(shared, fetch.pieces());
      }
    }
    return List.copyOf(vectored.answers);
  }

  private void share(CompletableFuture<Slice> shared, List<RangePlan.Piece> pieces) {
    AtomicInteger waiting = new AtomicInteger(pieces.size());
    for (RangePlan.Piece piece : pieces) {
      CompletableFuture<Slice> unused =
          answer(piece)
              .whenComplete(
                  (slice, failure) -> {
                    if (waiting.decrementAndGet() == 0) {
                      shared.cancel(false); // without effect but when all gave up
                    }
                  });
    }
    CompletableFuture<Slice> unused =
        shared.whenComplete(
            (slice, failure) -> {
              if (slice != null) {
                handOut(slice, pieces);
              } else {
                fail(Objects.requireNonNull(failure), pieces);
              }
            });
  }

  private CompletableFuture<Slice> answer(RangePlan.Piece piece) {
    return answers.get(piece.index());
  }

  private void handOut(Slice shared, List<RangePlan.Piece> pieces) {
    try (shared) {
      for (RangePlan.Piece piece : pieces) {
        long length = piece.lengthWithin(shared.length());
        if (length < 1) {
          answer(piece).completeExceptionally(pastEnd(piece, shared.info().size(), null));
        } else {
          hand(shared.slice(piece.offsetInFetch(), length), answer(piece));
        }
      }
    }
  }

  private static void hand(Slice slice, CompletableFuture<Slice> answer) {
    if (!answer.complete(slice)) {
      slice.close();
    }
  }

  private void fail(Throwable failure, List<RangePlan.Piece> pieces) {
    Throwable wrapped = failure instanceof CompletionException ? failure.getCause() : null;
    Throwable cause = wrapped == null ? failure : wrapped;
    for (RangePlan.Piece piece : pieces) {
      answer(piece)
          .completeExceptionally(
              cause instanceof RangeNotSatisfiableException past
                  ? pastEnd(piece, past.objectSize(), past)
                  : cause);
    }
  }

  private RangeNotSatisfiableException pastEnd(
      RangePlan.Piece piece, long size, @Nullable RangeNotSatisfiableException cause) {
    RequestSite asked = RequestSite.of(Operation.READ, bucket, key, ranges.get(piece.index()));
    RequestSite told = cause == null ? RequestSite.UNKNOWN : cause.site();
    return new RangeNotSatisfiableException(
        "the range begins past the object's end" + (size < 0 ? "" : ": it has " + size + " bytes"),
        asked.answered(told.status(), told.errorCode(), told.requestId()),
        size,
        cause);
  }
}
