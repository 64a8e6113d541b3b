package io.expressway.jmh;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Readers each of which reads again when its read has ended. */
final class ClosedLoop {
  private ClosedLoop() {}

  /** Makes so many reads in all, {@code atOnce} at a time; returns when all have ended. */
  static void run(Supplier<? extends CompletableFuture<?>> read, int atOnce, int reads) {
    AtomicInteger left = new AtomicInteger(reads);
    CompletableFuture<?>[] readers = new CompletableFuture<?>[atOnce];
    Arrays.setAll(readers, each -> start(read, left));
    CompletableFuture.allOf(readers).join();
  }

  /** One reader, which reads while there are reads left. */
  static CompletableFuture<Void> start(
      Supplier<? extends CompletableFuture<?>> read, AtomicInteger left) {
    return start(read, () -> left.decrementAndGet() >= 0);
  }

  /** One reader, which reads while it may. */
  static CompletableFuture<Void> start(
      Supplier<? extends CompletableFuture<?>> read, BooleanSupplier mayRead) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    readOn(read, mayRead, over);
    return over;
  }

  private static void readOn(
      Supplier<? extends CompletableFuture<?>> read,
      BooleanSupplier mayRead,
      CompletableFuture<Void> over) {
    if (!mayRead.getAsBoolean()) {
      over.complete(null);
      return;
    }
    var unused =
        read.get()
            .whenComplete(
                (answer, problem) -> {
                  if (problem == null) {
                    readOn(read, mayRead, over);
                  } else {
                    over.completeExceptionally(problem);
                  }
                });
  }
}
