package io.expressway.jmh;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A client whose reads block: those in flight at once each hold a thread. */
abstract class BlockingClient implements RangeClient {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @Override
  public final CompletableFuture<Long> start(int length) {
    return onThread(threads, () -> read(length));
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
