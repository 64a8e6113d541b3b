package io.expressway.spark;

import io.expressway.Slice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/** Waiting on a task's thread, no longer than the task lives. */
final class TaskWait {
  /** Spark interrupts threads only when told to: else a task finds out by asking. */
  private static final long ASK_MILLIS = 100;

  private TaskWait() {}

  /**
   * What an answer holds.
   *
   * @param asked what was asked for, as errors name it
   * @throws UncheckedIOException when the answer is a failure
   * @throws TaskKilledException when the task was killed first; the request is given up
   */
  static <T> T forAnswer(CompletableFuture<T> answer, Object asked) {
    try {
      return await(answer);
    } catch (ExecutionException e) {
      throw failed(asked, e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(answer);
      throw new TaskKilledException("interrupted while waiting for " + asked);
    }
  }

  /** Makes a request, and waits for what it answers. */
  static <T> T forAnswer(Object asked, Supplier<CompletableFuture<T>> request) {
    return forAnswer(asked(asked, request), asked);
  }

  /** Makes a request; what could never work is told with what was asked for. */
  static <T> T asked(Object asked, Supplier<T> request) {
    try {
      return request.get();
    } catch (IllegalArgumentException e) {
      throw failed(asked, e);
    }
  }

  private static <T> T await(CompletableFuture<T> answer)
      throws ExecutionException, InterruptedException {
    TaskContext task = TaskContext.get();
    while (task != null) {
      try {
        return answer.get(ASK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (task.isInterrupted()) {
          throw new InterruptedException();
        }
      }
    }
    return answer.get();
  }

  /** Cancels a request; a slice that is there already is closed. */
  static void giveUp(CompletableFuture<?> answer) {
    if (!answer.cancel(false)) {
      CompletableFuture<?> unused = answer.thenAccept(TaskWait::close);
    }
  }

  private static void close(Object answered) {
    if (answered instanceof Slice slice) {
      slice.close();
    }
  }

  /** A failure as a task reports it: unchecked, and naming what was asked for. */
  static RuntimeException failed(Object asked, Throwable cause) {
    String message = asked + ": " + cause.getMessage();
    return cause instanceof IOException known
        ? new UncheckedIOException(message, known)
        : new IllegalArgumentException(message, cause);
  }
}
