package io.expressway.internal.upload;

import io.expressway.UploadOptions;

/**
 * How large each part is: the first thousand alike, then twice as large with each thousand up to a
 * limit, so that an object of unknown size can grow far with 10,000 parts.
 *
 * @param first bytes of part 1
 * @param largest what parts grow to
 */
record PartPlan(long first, long largest) {
  private static final int STEP = 1000;
  private static final long STEP_BYTES = 1L << 20;
  private static final long SERVICE_LARGEST = 5L << 30;

  /**
   * The plan for an upload.
   *
   * @param memoryBytes what all parts in flight may take
   */
  static PartPlan of(UploadOptions options, long memoryBytes) {
    long needed = ceil(options.size().orElse(0), UploadOptions.MOST_PARTS);
    long first = Math.max(options.partSize(), ceil(needed, STEP_BYTES) * STEP_BYTES);
    return new PartPlan(first, Math.max(first, Math.min(memoryBytes / 2, SERVICE_LARGEST)));
  }

  private static long ceil(long amount, long unit) {
    return (amount + unit - 1) / unit;
  }

  /** Bytes of a part that is not the last. */
  long sizeOf(int number) {
    int doublings = Math.min(20, (number - 1) / STEP);
    return Math.min(largest, first << doublings);
  }

  /** Bytes that 10,000 parts hold. */
  long capacity() {
    long total = 0;
    for (int number = 1; number <= UploadOptions.MOST_PARTS; number += STEP) {
      total += sizeOf(number) * STEP;
    }
    return total;
  }
}
