package io.expressway.session;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs refreshes later. */
interface SessionTimer extends AutoCloseable {
  /** Runs {@code task} once, in {@code delayMillis}; the result keeps it from running. */
  Runnable schedule(long delayMillis, Runnable task);

  /** Runs nothing any more. */
  @Override
  void close();

  /** One daemon thread, which begins with the first refresh and ends with the timer. */
  static SessionTimer onDaemonThread() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "expressway-sessions");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return new SessionTimer() {
      @Override
      public Runnable schedule(long delayMillis, Runnable task) {
        if (executor.isShutdown()) {
          return () -> {};
        }
        var scheduled = executor.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
        return () -> scheduled.cancel(false);
      }

      @Override
      public void close() {
        executor.shutdownNow();
      }
    };
  }
}
