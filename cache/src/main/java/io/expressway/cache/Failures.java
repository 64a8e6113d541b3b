package io.expressway.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What futures fail with, seen through. */
final class Failures {
  private Failures() {}

  /** The failure itself, out of what a dependent future wraps it in. */
  static Throwable unwrap(@Nullable Throwable failure) {
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return failure.getCause();
    }
    return failure == null ? new IllegalStateException("a future failed with nothing") : failure;
  }

  /** The failure as a dependent future's function may throw it. */
  static CompletionException wrap(Throwable failure) {
    return new CompletionException(failure);
  }

  /** The answer, unless an argument was refused outright: that is thrown at the call. */
  static <T> CompletableFuture<T> thrown(CompletableFuture<T> answer) {
    if (answer.isCompletedExceptionally()) {
      try {
        answer.getNow(null);
      } catch (CompletionException e) {
        if (e.getCause() instanceof IllegalArgumentException refused) {
          throw refused;
        }
      }
    }
    return answer;
  }
}
