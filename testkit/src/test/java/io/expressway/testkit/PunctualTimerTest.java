package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PunctualTimerTest {
  private static final int ENOUGH = 1_000;

  private final PunctualTimer timer = new PunctualTimer();

  @Test
  void leadSettlesAtTheMedianLateness() {
    for (int i = 0; i < ENOUGH; i++) {
      timer.learn(i % 10 == 0 ? TimeUnit.SECONDS.toNanos(1) : 150_000 + i % 3);
    }
    assertThat(timer.leadNanos()).isBetween(146_000L, 156_000L);
  }

  @Test
  void leadIsNeverNegativeAndNeverLong() {
    for (int i = 0; i < ENOUGH; i++) {
      timer.learn(TimeUnit.SECONDS.toNanos(1));
    }
    assertThat(timer.leadNanos()).isEqualTo(300_000);
    for (int i = 0; i < ENOUGH; i++) {
      timer.learn(-1);
    }
    assertThat(timer.leadNanos()).isZero();
  }

  @Test
  void whatIsOverdueRunsInTheCallAndTheRestOnTheLoopLater() throws Exception {
    DefaultEventLoop loop = new DefaultEventLoop();
    List<String> order = new ArrayList<>();
    CompletableFuture<Boolean> soon = new CompletableFuture<>();
    try {
      loop.submit(
              () -> {
                PunctualTimer ofLoop = PunctualTimer.ofLoop();
                long now = System.nanoTime();
                ofLoop.at(now + TimeUnit.HOURS.toNanos(1), loop, () -> order.add("in an hour"));
                ofLoop.at(
                    now + TimeUnit.MILLISECONDS.toNanos(2),
                    loop,
                    () -> soon.complete(loop.inEventLoop()));
                ofLoop.at(now - 1, loop, () -> order.add("overdue"));
                order.add("call");
              })
          .get();
      assertThat(soon.get()).isTrue();
      assertThat(order).containsExactly("overdue", "call");
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
