package io.expressway;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A read that is claimed once all of it has come: for buckets whose bytes lie elsewhere already.
 */
final class ClaimedRead {
  private ClaimedRead() {}

  /** Hands out what {@code whole} brings, described as {@code claim} has it, or cancels. */
  static CompletableFuture<Slice> of(CompletableFuture<Slice> whole, ReadClaim claim) {
    CompletableFuture<Slice> answer = whole.newIncompleteFuture();
    answer.whenComplete((slice, failure) -> whole.cancel(false)); // no effect once it is over
    whole.whenComplete((slice, failure) -> settle(answer, slice, failure, claim));
    return answer;
  }

  private static void settle(
      CompletableFuture<Slice> answer,
      @Nullable Slice slice,
      @Nullable Throwable failure,
      ReadClaim claim) {
    if (slice == null) {
      Throwable wrapped = failure instanceof CompletionException ? failure.getCause() : null;
      answer.completeExceptionally(
          wrapped != null ? wrapped : failure != null ? failure : new IllegalStateException());
      return;
    }
    ObjectInfo told = claim.tryClaim(slice.info());
    if (told == null) {
      slice.close();
      answer.cancel(false);
      return;
    }
    Slice described = slice.describedAs(told);
    if (!answer.complete(described)) {
      described.close();
    }
  }
}
