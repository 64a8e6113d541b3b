package io.expressway.testkit;

import java.util.SplittableRandom;

/**
 * Numbers in [0, 1), each as likely as any other, of which every hundred in a row have one in each
 * hundredth, in random order: stratified sampling. What happens to one in a hundred happens to
 * exactly that many, so that a run of a few hundred answers tells of who asks and not of the dice.
 * Used by one thread at a time.
 */
final class EvenDraws {
  private static final int STRATA = 100;

  private final SplittableRandom random;
  private final int[] order = new int[STRATA];
  private int next = STRATA;

  EvenDraws(long seed) {
    this.random = new SplittableRandom(seed);
    for (int i = 0; i < STRATA; i++) {
      order[i] = i;
    }
  }

  double next() {
    if (next == STRATA) {
      for (int last = STRATA - 1; last > 0; last--) {
        int other = random.nextInt(last + 1);
        int swapped = order[last];
        order[last] = order[other];
        order[other] = swapped;
      }
      next = 0;
    }
    return (order[next++] + random.nextDouble()) / STRATA;
  }
}
