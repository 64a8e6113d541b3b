package io.expressway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SessionTimerTest {
  @Test
  void itsThreadIsADaemonAndEndsWithIt() throws Exception {
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    Thread thread;
    try (SessionTimer timer = SessionTimer.onDaemonThread()) {
      timer.schedule(0, () -> ran.complete(Thread.currentThread()));
      assertThat(ran).succeedsWithin(Duration.ofSeconds(30));
      thread = ran.join();
      assertThat(thread.isDaemon()).isTrue();
    }
    thread.join(30_000);
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void aCancelledTaskDoesNotRun() {
    CompletableFuture<String> first = new CompletableFuture<>();
    try (SessionTimer timer = SessionTimer.onDaemonThread()) {
      Runnable cancel = timer.schedule(200_000_000L, () -> first.complete("cancelled one"));
      cancel.run();
      timer.schedule(300_000_000L, () -> first.complete("later one"));
      assertThat(first).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("later one");
    }
  }

  @Test
  @SuppressWarnings("try") // closing early is the point
  void aClosedTimerTakesTasksAndDropsThem() {
    try (SessionTimer timer = SessionTimer.onDaemonThread()) {
      timer.close();
      timer.schedule(0, () -> {}).run();
    }
  }
}
