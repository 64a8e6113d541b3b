package io.expressway.jmh;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A client whose reads block: those in flight at once each hold a thread. */
abstract class BlockingClient implements RangeClient {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @Override
  public final CompletableFuture<Long> start(int length) {
    return CompletableFuture.supplyAsync(() -> readUnchecked(length), threads);
  }

  private long readUnchecked(int length) {
    try {
      return read(length);
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
  }
}
