package io.expressway.internal.upload;

import io.expressway.ExpressException;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for futures on threads that may block. */
final class Waits {
  private static final int PATIENCE_SECONDS = 60;

  private Waits() {}

  /**
   * The future's value. Whoever is interrupted keeps the flag, and ends the upload; so does a wait
   * in which nothing of the bucket's uploads moved for a minute.
   */
  static <T> T settled(CompletableFuture<T> future, PartedUpload upload) throws ExpressException {
    try {
      long moved;
      do {
        moved = upload.movement();
        try {
          return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
          // as long as others move on, there is something to wait for
        }
      } while (moved != upload.movement());
      throw upload.stuck(PATIENCE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw upload.interrupted(e);
    } catch (ExecutionException e) {
      throw upload.failWith(e.getCause() == null ? e : e.getCause());
    }
  }

  /** Waits for the end of an upload, however it ends; on an event loop it does not wait. */
  static void quietly(CompletableFuture<Void> ended) {
    boolean interrupted = false;
    while (!ended.isDone() && !isLoop()) {
      try {
        ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException | TimeoutException e) {
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isLoop() {
    return Thread.currentThread() instanceof FastThreadLocalThread;
  }
}
