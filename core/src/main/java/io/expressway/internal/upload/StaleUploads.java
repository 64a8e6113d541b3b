package io.expressway.internal.upload;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Aborts what was begun before a moment and never ended. */
public final class StaleUploads {
  private StaleUploads() {}

  /** How many were aborted, once all are; fails with the first failure, after trying all. */
  public static CompletableFuture<Integer> abort(
      List<OpenUpload> open,
      Instant begunBefore,
      Function<OpenUpload, CompletableFuture<Void>> abort) {
    List<CompletableFuture<Void>> aborts =
        open.stream().filter(upload -> upload.begun().isBefore(begunBefore)).map(abort).toList();
    return CompletableFuture.allOf(aborts.toArray(CompletableFuture[]::new))
        .thenApply(nothing -> aborts.size());
  }
}
