package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Threads that meet where they count part. */
final class PlacesTest {
  @Test
  void whoMovesIsElsewhere() {
    int before = Places.current();
    Places.move();
    assertThat(Places.current()).isNotEqualTo(before).isBetween(0, Places.COUNT - 1);
    for (int i = 1; i < Places.COUNT; i++) {
      Places.move();
    }
    assertThat(Places.current()).isEqualTo(before);
  }

  /**
   * They begin at one place; each hit is counted, and soon they are at two and stay there. Both may
   * move at the same moment, and meet again.
   */
  @Test
  void twoThatCountAtOneTimePart() throws Exception {
    HitCount hits = new HitCount();
    CyclicBarrier start = new CyclicBarrier(2);
    AtomicBoolean parted = new AtomicBoolean();
    AtomicIntegerArray place = new AtomicIntegerArray(2);
    long[] counted = new long[2];
    Thread[] threads = new Thread[2];
    for (int which = 0; which < 2; which++) {
      int me = which;
      threads[me] =
          new Thread(
              () -> {
                while (Places.current() != 0) {
                  Places.move();
                }
                awaitAll(start);
                int apart = 0;
                while (!parted.get() && counted[me] < 200_000_000) {
                  hits.add(3);
                  counted[me]++;
                  place.set(me, Places.current());
                  apart = place.get(me) == place.get(1 - me) ? 0 : apart + 1;
                  if (apart == 10_000) {
                    parted.set(true);
                  }
                }
              });
      threads[me].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(hits.hits()).isEqualTo(counted[0] + counted[1]);
    assertThat(hits.bytes()).isEqualTo(3 * hits.hits());
    if (Runtime.getRuntime().availableProcessors() > 1) {
      assertThat(parted).isTrue();
    }
  }

  private static void awaitAll(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
