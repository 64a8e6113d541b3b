package io.expressway.jmh;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A client whose reads block: those in flight at once each hold a thread. */
abstract class BlockingClient implements RangeClient {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @Override
  public final CompletableFuture<Long> start(int length) {
    return onThread(threads, () -> read(length));
  }

  @Override
  public final CompletableFuture<Void> keepReading(
      int length, BooleanSupplier mayRead, LongConsumer took) {
    return onThread(
        threads,
        () -> {
          while (mayRead.getAsBoolean()) {
            long begun = System.nanoTime();
            RangeClient.requireAll(read(length), length);
            took.accept(System.nanoTime() - begun);
          }
          return null;
        });
  }

  /** What blocks, on a thread of a pool. */
  static <T extends @Nullable Object> CompletableFuture<T> onThread(
      ExecutorService threads, Callable<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.call();
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        threads);
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
  }
}
