package io.expressway.internal.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A future that an event loop completes: waiting for it on a loop fails at once instead of locking
 * up, and cancelling it gives up the request.
 */
final class LoopFuture<T> extends CompletableFuture<T> {
  private final @Nullable Exchange exchange;

  LoopFuture(@Nullable Exchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new LoopFuture<>(null);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled && exchange != null) {
      exchange.cancel();
    }
    return cancelled;
  }

  @Override
  public T join() {
    refuseOnLoop();
    return super.join();
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    refuseOnLoop();
    return super.get();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    refuseOnLoop();
    return super.get(timeout, unit);
  }

  private void refuseOnLoop() {
    if (!isDone() && Thread.currentThread() instanceof LoopThread) {
      throw new IllegalStateException(
          "join() or get() on an Expressway event loop would wait for itself: chain with"
              + " thenApply, or move the work to your own executor with thenApplyAsync");
    }
  }
}
