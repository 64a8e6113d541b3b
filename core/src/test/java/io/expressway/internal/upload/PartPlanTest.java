package io.expressway.internal.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.UploadOptions;
import org.junit.jupiter.api.Test;

final class PartPlanTest {
  private static final long MIB = 1 << 20;
  private static final UploadOptions OPTIONS = UploadOptions.defaults();

  @Test
  void partsGrowWithTheObject() {
    PartPlan plan = PartPlan.of(OPTIONS, 256 * MIB);
    assertThat(plan.sizeOf(1)).isEqualTo(8 * MIB);
    assertThat(plan.sizeOf(1000)).isEqualTo(8 * MIB);
    assertThat(plan.sizeOf(1001)).isEqualTo(16 * MIB);
    assertThat(plan.sizeOf(10_000)).isEqualTo(128 * MIB);
    assertThat(plan.capacity()).isEqualTo((8 + 16 + 32 + 64 + 6 * 128) * 1000 * MIB);
  }

  @Test
  void aDeclaredSizeAlwaysFitsTenThousandParts() {
    for (long size :
        new long[] {1, 8 * MIB, 80_000 * MIB + 1, 5_000_000 * MIB, 50_000_000_000_000L}) {
      PartPlan plan = PartPlan.of(OPTIONS.size(size), 64 * MIB);
      assertThat(plan.capacity()).as("for %d bytes", size).isGreaterThanOrEqualTo(size);
      assertThat(plan.sizeOf(10_000)).isLessThanOrEqualTo(5120 * MIB);
    }
  }

  @Test
  void partsNeverOutgrowWhatUploadsMayTake() {
    assertThat(PartPlan.of(OPTIONS, 8 * MIB).sizeOf(10_000)).isEqualTo(8 * MIB);
    assertThat(PartPlan.of(OPTIONS.partSize(5 * MIB), 64 * MIB).sizeOf(10_000)).isEqualTo(32 * MIB);
  }
}
