package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.expressway.Bucket;
import io.expressway.ByteRange;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the policy hears of few hits must not cost hits. */
@Tag("one-jdk")
final class HitRateTest {
  private static final int BLOCK = 4 << 10;
  private static final int BLOCKS = 16_384;
  private static final int SLOTS = 1_024;
  private static final int READS = 300_000;
  private static final int WARM_READS = READS / 3;

  /** Points of the hit rate that chance may make. */
  private static final double CHANCE = 1.5;

  /** Beside a policy that is told of every hit, for blocks drawn by Zipf's law. */
  @ParameterizedTest
  @ValueSource(doubles = {0.7, 0.9})
  void asManyHitsAsWhereAllAreTold(double exponent) {
    int[] reads = zipf(exponent, new Random(7));
    BlockCache memory = BlockCache.offHeap((long) SLOTS * BLOCK, BLOCK);
    try (Bucket bucket = new CachedBucket(memory, MadeBucket.of(BLOCKS * BLOCK, 1))) {
      Cache<Integer, Boolean> told =
          Caffeine.newBuilder()
              .maximumSize(memory.capacityBlocks())
              .executor(Runnable::run)
              .build();
      long toldHits = 0;
      long before = 0;
      for (int i = 0; i < READS; i++) {
        if (i == WARM_READS) {
          before = memory.stats().hits();
        }
        bucket
            .read(MadeBucket.key(0), ByteRange.of((long) reads[i] * BLOCK, Long.BYTES))
            .join()
            .close();
        if (told.getIfPresent(reads[i]) == null) {
          told.put(reads[i], true);
        } else if (i >= WARM_READS) {
          toldHits++;
        }
      }
      double measured = percent(memory.stats().hits() - before);
      System.out.printf(
          "Zipf %.1f: %.1f %% hits, %.1f %% where all are told%n",
          exponent, measured, percent(toldHits));
      assertThat(measured).isGreaterThan(percent(toldHits) - CHANCE);
    } finally {
      memory.close();
    }
  }

  private static double percent(long hits) {
    return 100.0 * hits / (READS - WARM_READS);
  }

  /** Blocks in no order, the one of rank r read as often as r to the negative exponent. */
  private static int[] zipf(double exponent, Random random) {
    double[] upTo = new double[BLOCKS];
    double total = 0;
    for (int rank = 1; rank <= BLOCKS; rank++) {
      total += Math.pow(rank, -exponent);
      upTo[rank - 1] = total;
    }
    int[] reads = new int[READS];
    for (int i = 0; i < READS; i++) {
      int found = Arrays.binarySearch(upTo, random.nextDouble() * total);
      int rank = Math.min(BLOCKS - 1, found < 0 ? -found - 1 : found);
      reads[i] = (int) (rank * 2_654_435_761L % BLOCKS);
    }
    return reads;
  }
}
