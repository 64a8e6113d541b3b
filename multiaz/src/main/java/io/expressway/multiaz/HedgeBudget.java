package io.expressway.multiaz;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many reads may be hedged: a share of all, and none while so many are slow, of late and at
 * this moment, that hedging could not help. What stragglers leave is kept, up to what a second
 * earns, for zones that nothing at all is heard of: when several fall silent at once each read
 * wants several. Tokens are earned when the set's thread says so, not by each read.
 *
 * <p>Thread: safe for many; {@link #accrue} is for one thread at a time.
 */
final class HedgeBudget {
  private static final long TOKEN = 1_000;
  private static final int LEAST_BURST = 10;

  /** More reads than this share due for a hedge means that everything is slow. */
  private static final double SLOW_SHARE = 0.15;

  private static final int FEWEST_READS = 20;

  private final double share;
  private final AtomicLong tokens;

  /** For mute zones, when there are no others. */
  private final AtomicLong spare;

  private final LongAdder wanted = new LongAdder();
  private long wantedBefore;
  private long readsBefore;

  /** Of about the last second, the older the less. */
  private double latelyReads;

  private double latelyWanted;
  private volatile boolean allSlow;

  HedgeBudget(double share) {
    this.share = share;
    this.tokens = new AtomicLong(share == 0 ? 0 : LEAST_BURST * TOKEN);
    this.spare = new AtomicLong(tokens.get());
  }

  /**
   * Takes the right to one hedge.
   *
   * @param isFirst whether the read had not asked before: one that asks again is no other slow read
   * @param isMute whether nothing was heard of the zone since the read was sent, so that it may be
   *     down
   */
  boolean tryTake(boolean isFirst, boolean isMute) {
    if (isFirst) {
      wanted.increment();
    }
    if (allSlow || share == 0) {
      return false;
    }
    return take(tokens) || (isMute && take(spare));
  }

  private static boolean take(AtomicLong from) {
    long left = from.get();
    while (left >= TOKEN) {
      if (from.compareAndSet(left, left - TOKEN)) {
        return true;
      }
      left = from.get();
    }
    return false;
  }

  /** Whether so many reads are slow that none is hedged. */
  boolean isAllSlow() {
    return allSlow;
  }

  /**
   * A tick has passed, of which {@code perSecond} make a second; {@code reads} were there so far.
   */
  void accrue(long reads, int perSecond) {
    long fresh = reads - readsBefore;
    readsBefore = reads;
    long most = Math.max(LEAST_BURST * TOKEN, (long) (share * fresh * perSecond * TOKEN));
    long earned = (long) (share * fresh * TOKEN);
    long room = Math.max(0, most - tokens.get());
    tokens.addAndGet(Math.min(earned, room));
    spare.updateAndGet(left -> Math.min(Math.max(most, left), left + Math.max(0, earned - room)));
    long nowWanted = wanted.sum();
    long freshWanted = nowWanted - wantedBefore;
    wantedBefore = nowWanted;
    double kept = 1 - 1.0 / perSecond;
    latelyReads = kept * latelyReads + fresh;
    latelyWanted = kept * latelyWanted + freshWanted;
    if (fresh > 0) {
      boolean isSlowNow = freshWanted > SLOW_SHARE * fresh;
      allSlow = isSlowNow && latelyReads >= FEWEST_READS && latelyWanted > SLOW_SHARE * latelyReads;
    }
  }
}
