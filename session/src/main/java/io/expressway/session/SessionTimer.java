package io.expressway.session;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A clock that never jumps, and what is to happen by it. */
interface SessionTimer extends AutoCloseable {
  /** Nanoseconds since some moment, without regard to changes of the wall clock. */
  long nanos();

  /** Runs {@code task} once, in {@code delayNanos}; the result keeps it from running. */
  Runnable schedule(long delayNanos, Runnable task);

  /** Runs {@code task} soon, on a thread that is nobody's: its work is not the caller's. */
  void execute(Runnable task);

  /** Runs nothing any more. */
  @Override
  void close();

  /** One daemon thread, which begins with the first task and ends with the timer. */
  static SessionTimer onDaemonThread() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "expressway-sessions");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new SessionTimer() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public Runnable schedule(long delayNanos, Runnable task) {
        var scheduled = executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
      }

      @Override
      public void execute(Runnable task) {
        executor.execute(task);
      }

      @Override
      public void close() {
        executor.shutdownNow();
      }
    };
  }
}
