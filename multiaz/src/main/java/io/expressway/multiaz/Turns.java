package io.expressway.multiaz;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one key one after the other, in the order they were asked for; those of other keys do
 * not wait. Thread: safe for many; the map is guarded by this, changes begin outside.
 */
final class Turns {
  /** A change that waits for its turn. */
  private record Waiting(Runnable begin, @Nullable Runnable dropped) {}

  private final Executor waited;
  private final Map<String, ArrayDeque<Waiting>> keys = new HashMap<>();

  /** Changes that waited begin on the thread that ended the one before. */
  Turns() {
    this(Runnable::run);
  }

  /** Changes that waited begin on {@code waited}. */
  Turns(Executor waited) {
    this.waited = waited;
  }

  /** Makes the change when those before it are over. */
  <T> CompletableFuture<T> take(String key, Supplier<CompletableFuture<T>> change) {
    if (tryEnter(key, null)) {
      CompletableFuture<T> asked;
      try {
        asked = change.get();
      } catch (RuntimeException refused) {
        leave(key);
        throw refused;
      }
      asked.whenComplete((value, why) -> leave(key));
      return asked;
    }
    CompletableFuture<T> outcome = new CompletableFuture<>();
    enter(key, new Waiting(() -> begin(key, change, outcome), null));
    return outcome;
  }

  /** Makes the change when the one under way is over, instead of what else waits for that. */
  void replace(String key, Supplier<CompletableFuture<?>> change, Runnable dropped) {
    ArrayDeque<Waiting> replaced;
    synchronized (this) {
      ArrayDeque<Waiting> queue = keys.get(key);
      replaced = queue == null ? new ArrayDeque<>() : new ArrayDeque<>(queue);
      if (queue != null) {
        queue.clear();
      }
    }
    replaced.forEach(
        each -> {
          if (each.dropped() != null) {
            each.dropped().run();
          }
        });
    enter(key, new Waiting(() -> begin(key, change), dropped));
  }

  private void begin(String key, Supplier<CompletableFuture<?>> change) {
    try {
      change.get().whenComplete((value, why) -> leave(key));
    } catch (RuntimeException refused) {
      leave(key);
    }
  }

  private <T> void begin(
      String key, Supplier<CompletableFuture<T>> change, CompletableFuture<T> outcome) {
    CompletableFuture<T> asked;
    try {
      asked = change.get();
    } catch (RuntimeException refused) {
      asked = CompletableFuture.failedFuture(refused);
    }
    asked.whenComplete(
        (value, why) -> {
          leave(key);
          if (why == null) {
            outcome.complete(value);
          } else {
            Throwable cause = Fleet.cause(why);
            outcome.completeExceptionally(cause == null ? why : cause);
          }
        });
  }

  private void enter(String key, Waiting waiting) {
    if (tryEnter(key, waiting)) {
      waiting.begin().run();
    }
  }

  private synchronized boolean tryEnter(String key, @Nullable Waiting waiting) {
    ArrayDeque<Waiting> queue = keys.get(key);
    if (queue == null) {
      keys.put(key, new ArrayDeque<>(0));
      return true;
    }
    if (waiting != null) {
      queue.add(waiting);
    }
    return false;
  }

  private void leave(String key) {
    Waiting next;
    synchronized (this) {
      ArrayDeque<Waiting> queue = keys.get(key);
      next = queue == null ? null : queue.poll();
      if (next == null) {
        keys.remove(key);
      }
    }
    if (next != null) {
      waited.execute(next.begin());
    }
  }
}
