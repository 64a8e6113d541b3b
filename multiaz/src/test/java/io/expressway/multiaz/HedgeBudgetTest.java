package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HedgeBudgetTest {
  private static final int TICKS = 10;
  private final HedgeBudget budget = new HedgeBudget(0.05);
  private long reads;

  private static int take(HedgeBudget budget, int most) {
    int taken = 0;
    for (int i = 0; i < most; i++) {
      taken += budget.tryTake(true, false) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void aFewMayBeTakenBeforeAnyWasEarned() {
    assertThat(take(new HedgeBudget(0.05), 100)).isEqualTo(10);
  }

  @Test
  void hedgesAreNoLargerShareOfReadsThanAllowed() {
    reads = 0;
    int taken = take(budget, 10);
    for (int tick = 0; tick < 600; tick++) {
      reads += 100;
      budget.accrue(reads, TICKS);
      taken += take(budget, 8); // 8 % are due, which is not everything
    }
    assertThat(taken - 10).isBetween((int) (0.045 * reads), (int) (0.05 * reads));
  }

  @Test
  void whatIsEarnedInAQuietHourIsNotSpentInABusySecond() {
    reads = 0;
    for (int tick = 0; tick < 36_000; tick++) {
      reads += 100;
      budget.accrue(reads, TICKS);
    }
    assertThat(take(budget, 10_000)).isEqualTo(50); // a second's worth
  }

  @Test
  void whatStragglersLeaveIsThereForAZoneThatFallsSilent() {
    assertThat(takeAll(false)).isEqualTo(10);
    assertThat(takeAll(true)).isEqualTo(10);
    reads = 0;
    for (int tick = 0; tick < 200; tick++) {
      reads += 100;
      budget.accrue(reads, TICKS);
      assertThat(take(budget, 4)).isEqualTo(4); // of the five that were earned
    }
    assertThat(takeAll(false)).isBetween(40, 50);
    assertThat(takeAll(true)).isEqualTo(50); // a second's worth
  }

  private int takeAll(boolean isMute) {
    int taken = 0;
    while (budget.tryTake(false, isMute)) {
      taken++;
    }
    return taken;
  }

  @Test
  void withoutAShareThereIsNone() {
    HedgeBudget none = new HedgeBudget(0);
    none.accrue(1_000_000, TICKS);
    assertThat(none.tryTake(true, false)).isFalse();
  }

  /** A second with so many reads and so many that want a hedge, each asking so often. */
  private void second(int count, int slow, int times) {
    for (int tick = 1; tick <= TICKS; tick++) {
      for (int i = slow * (tick - 1) / TICKS; i < slow * tick / TICKS; i++) {
        for (int j = 0; j < times; j++) {
          boolean unused = budget.tryTake(j == 0, false);
        }
      }
      reads += count / TICKS;
      budget.accrue(reads, TICKS);
    }
  }

  @Test
  void aReadThatAsksAgainIsNoOtherSlowRead() {
    second(400, 24, 30);
    assertThat(budget.isAllSlow()).isFalse();
    assertThat(budget.tryTake(true, false)).isTrue();
  }

  @Test
  void nothingIsHedgedWhileAllIsSlow() {
    second(400, 100, 1);
    assertThat(budget.isAllSlow()).isTrue();
    assertThat(budget.tryTake(true, false)).isFalse();
    second(400, 10, 1);
    assertThat(budget.isAllSlow()).isFalse();
  }

  /** The next slow reads may be stragglers again, although the last second was a bad one. */
  @Test
  void whenTheLastReadsWereQuickHedgesAreFiredAtOnce() {
    second(400, 200, 1);
    assertThat(budget.isAllSlow()).isTrue();
    second(40, 0, 1);
    assertThat(budget.isAllSlow()).isFalse();
    reads += 100;
    budget.accrue(reads, TICKS);
    assertThat(budget.tryTake(true, false)).isTrue();
  }

  @Test
  void itIsAShareOfTheReads() {
    second(400, 0, 1);
    int taken = 0;
    while (budget.tryTake(false, false)) {
      taken++;
    }
    assertThat(taken).isBetween(10, 30);
    reads += 100;
    budget.accrue(reads, TICKS);
    taken = 0;
    while (budget.tryTake(false, false)) {
      taken++;
    }
    assertThat(taken).isEqualTo(5);
  }
}
