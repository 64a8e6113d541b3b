package io.expressway.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A client that blocks: what is in flight at once holds a thread each. */
abstract class BlockingObjects implements ObjectClient {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @Override
  public abstract void put(ByteBuffer bytes) throws Exception;

  @Override
  public abstract long get() throws Exception;

  @Override
  public final CompletableFuture<@Nullable Void> startPut(ByteBuffer bytes) {
    return BlockingClient.onThread(
        threads,
        () -> {
          put(bytes);
          return null;
        });
  }

  @Override
  public final CompletableFuture<Long> startGet() {
    return BlockingClient.onThread(threads, this::get);
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
  }
}
