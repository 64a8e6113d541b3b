package io.expressway.jmh;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is read of an object, in which order: the patterns of the Analytics Accelerator's own suite
 * (StreamReadPatternFactory and BenchmarkUtils of release 1.3.1, read on 2026-11-24), but for
 * skipping backward, which there is the same as skipping forward.
 */
enum ReadPattern {
  /** From the beginning to the end. */
  SEQUENTIAL,
  /** Every other twentieth. */
  SKIPPING_FORWARD,
  /** Every other twentieth, the last first. */
  SKIPPING_BACKWARD,
  /** The end, twice, and 60 % of the object. */
  PARQUET_ROW_GROUP,
  /** The end, twice, and five stretches of 5 to 25 %. */
  PARQUET_COLUMN_CHUNKS;

  private static final int FOOTER_LENGTH_BYTES = 4;
  private static final int FOOTER_BYTES = 50 << 10;

  /** Bytes {@code [from, from + length)}. */
  record Stretch(long from, int length) {}

  List<Stretch> of(long size) {
    List<Stretch> stretches = new ArrayList<>();
    switch (this) {
      case SEQUENTIAL -> stretches.add(new Stretch(0, (int) size));
      case SKIPPING_FORWARD, SKIPPING_BACKWARD -> {
        for (int i = 0; i < 10; i++) {
          stretches.add(percent(size, 10 * i, 5));
        }
        if (this == SKIPPING_BACKWARD) {
          Collections.reverse(stretches);
        }
      }
      case PARQUET_ROW_GROUP -> {
        footer(size, stretches);
        stretches.add(percent(size, 10, 60));
      }
      case PARQUET_COLUMN_CHUNKS -> {
        footer(size, stretches);
        stretches.add(percent(size, 10, 10));
        stretches.add(percent(size, 25, 5));
        stretches.add(percent(size, 40, 25));
        stretches.add(percent(size, 60, 10));
        stretches.add(percent(size, 80, 10));
      }
    }
    return stretches;
  }

  private static void footer(long size, List<Stretch> stretches) {
    stretches.add(new Stretch(size - 1 - FOOTER_LENGTH_BYTES, FOOTER_LENGTH_BYTES));
    stretches.add(new Stretch(size - 1 - FOOTER_BYTES, FOOTER_BYTES));
  }

  /** The four column chunks that a vectored read takes of one file among many. */
  static List<Stretch> columnChunks(long size) {
    return List.of(
        percent(size, 10, 4), percent(size, 25, 5), percent(size, 40, 8), percent(size, 80, 6));
  }

  private static Stretch percent(long size, int from, int length) {
    return new Stretch(size / 100 * from, (int) (size / 100 * length));
  }
}
