package io.expressway.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How loops end. */
final class EventLoopsTest {
  /** Of a count that no bucket of another test has. */
  private static final int THREADS = 7;

  @Test
  void theyHaveEndedWhenTheLastUserHasClosed() throws Exception {
    EventLoops first = EventLoops.acquire(THREADS);
    EventLoops second = EventLoops.acquire(THREADS);
    EventLoop loop = first.next();
    assertThat(loop.submit(() -> "runs").get(10, TimeUnit.SECONDS)).isEqualTo("runs");
    first.close();
    assertThat(loop.isShuttingDown()).as("the second goes on").isFalse();
    second.close();
    assertThat(loop.isTerminated()).isTrue();
  }

  @Test
  void whoClosesOnALoopDoesNotWaitForIt() throws Exception {
    EventLoops loops = EventLoops.acquire(THREADS);
    EventLoop loop = loops.next();
    boolean ended =
        loop.submit(
                () -> {
                  loops.close();
                  return loop.isTerminated();
                })
            .get(10, TimeUnit.SECONDS);
    assertThat(ended).isFalse();
    assertThat(loop.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }
}
