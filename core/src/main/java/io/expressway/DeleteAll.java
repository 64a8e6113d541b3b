package io.expressway;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Deletes many keys in batches (S3 API, DeleteObjects: 1,000 keys, read on 2026-11-22). */
final class DeleteAll {
  private static final int BATCH = 1000;

  private DeleteAll() {}

  /**
   * One future for each key, in their order; {@code send} gives the keys that were kept, and why.
   */
  static List<CompletableFuture<Void>> of(
      List<String> keys,
      Function<List<String>, CompletableFuture<Map<String, ExpressException>>> send) {
    List<CompletableFuture<Void>> outcomes = new ArrayList<>(keys.size());
    for (int from = 0; from < keys.size(); from += BATCH) {
      List<String> batch = List.copyOf(keys.subList(from, Math.min(keys.size(), from + BATCH)));
      CompletableFuture<Map<String, ExpressException>> sent = send.apply(batch);
      for (String key : batch) {
        CompletableFuture<Void> outcome = sent.newIncompleteFuture();
        sent.whenComplete((kept, failure) -> settle(outcome, kept, key, failure));
        outcomes.add(outcome);
      }
    }
    return outcomes;
  }

  private static void settle(
      CompletableFuture<Void> outcome,
      @Nullable Map<String, ExpressException> kept,
      String key,
      @Nullable Throwable failure) {
    Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
    if (why == null && kept != null) {
      why = kept.get(key);
    }
    if (why == null) {
      outcome.complete(null);
    } else {
      outcome.completeExceptionally(why);
    }
  }
}
