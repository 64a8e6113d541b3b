package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WatchTest {
  private static final long MILLI = 1_000_000;
  private final AtomicInteger chores = new AtomicInteger();
  private final Watch watch =
      new Watch(
          "test",
          MILLI,
          now -> {
            chores.incrementAndGet();
            return now + 50 * MILLI;
          });

  @AfterEach
  void close() {
    watch.close();
  }

  private static final class Told extends Watch.Entry {
    private final CountDownLatch told = new CountDownLatch(1);
    private final AtomicInteger times = new AtomicInteger();
    private volatile boolean over;
    private volatile long at;

    @Override
    boolean isOver() {
      return over;
    }

    @Override
    void due(long nowNanos) {
      at = System.nanoTime();
      times.incrementAndGet();
      told.countDown();
    }
  }

  @Test
  void whoWaitsIsToldOnceAndNeverEarly() throws Exception {
    for (int i = 0; i < 200; i++) {
      Told entry = new Told();
      long now = System.nanoTime();
      long delay = (1 + i % 7) * MILLI;
      watch.add(entry, now, delay);
      assertThat(entry.told.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(entry.at - now).isGreaterThanOrEqualTo(delay);
      assertThat(entry.times).hasValue(1);
    }
  }

  @Test
  void whoIsOverIsNotTold() throws Exception {
    Told over = new Told();
    over.over = true;
    Told later = new Told();
    watch.add(over, System.nanoTime(), MILLI);
    watch.add(later, System.nanoTime(), 20 * MILLI);
    assertThat(later.told.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(over.times).hasValue(0);
    over.over = false;
    watch.add(over, System.nanoTime(), MILLI);
    assertThat(over.told.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void enteringTwiceIsEnteringOnce() throws Exception {
    Told entry = new Told();
    for (int i = 0; i < 10; i++) {
      watch.add(entry, System.nanoTime(), 10 * MILLI);
    }
    assertThat(entry.told.await(20, TimeUnit.SECONDS)).isTrue();
    Told after = new Told();
    watch.add(after, System.nanoTime(), 30 * MILLI);
    assertThat(after.told.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(entry.times).hasValue(1);
  }

  @Test
  void manyThreadsMayEnter() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<Told> entries = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      List<Told> own = new ArrayList<>();
      for (int j = 0; j < 2000; j++) {
        own.add(new Told());
      }
      entries.addAll(own);
      threads.add(
          new Thread(() -> own.forEach(entry -> watch.add(entry, System.nanoTime(), 2 * MILLI))));
    }
    threads.forEach(Thread::start);
    for (Told entry : entries) {
      assertThat(entry.told.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(entries).allMatch(entry -> entry.times.get() == 1);
  }

  @Test
  void choresAreDoneWhetherAnybodyWaitsOrNot() {
    ThreeZones.until("three rounds of chores", () -> chores.get() >= 3);
  }

  @Test
  void oneReadsTroubleEndsNobodyElsesWatch() throws Exception {
    Watch.Entry broken =
        new Watch.Entry() {
          @Override
          boolean isOver() {
            return false;
          }

          @Override
          void due(long nowNanos) {
            throw new IllegalStateException("meant to be thrown by this test");
          }
        };
    watch.add(broken, System.nanoTime(), MILLI);
    Told after = new Told();
    watch.add(after, System.nanoTime(), 5 * MILLI);
    assertThat(after.told.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
