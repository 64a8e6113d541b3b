package io.expressway.spark.cluster;

import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/** The objects of a job: the same bytes wherever they are made. */
final class JobObjects {
  /** Sizes of reads whose costs are compared; an object holds the largest. */
  static final List<Integer> KIBS = List.of(4, 16);

  static final int COUNT = 1000;
  static final int MADE = 100;
  static final int HEAD_BYTES = 4096;

  /** The CRC32 of an object's head, of a row that has its number in {@code id}, by SQL. */
  static final String CRC_OF_HEAD =
      "crc32(express_read(concat('part/', id), 0, " + HEAD_BYTES + ")) AS crc";

  private static final int LEAST_BYTES = 16 << 10;

  private JobObjects() {}

  static String key(int object) {
    return "part/" + object;
  }

  static String madeKey(int object) {
    return "made/" + object;
  }

  static int size(int object) {
    return LEAST_BYTES + object;
  }

  static byte[] content(int object) {
    byte[] bytes = new byte[size(object)];
    new SplittableRandom(object).nextBytes(bytes);
    return bytes;
  }

  /** Offset and length of each range that is read of an object. */
  static long[][] ranges(int object) {
    int size = size(object);
    return new long[][] {{0, 1000}, {1000, 500}, {size / 2, HEAD_BYTES}, {size - 100, 100}};
  }

  static long crc(byte[] bytes, int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, length);
    return crc.getValue();
  }

  /** One number for many in their order. */
  static long digest(long[] values) {
    long digest = 17;
    for (long value : values) {
      digest = digest * 1_000_003 + value;
    }
    return digest;
  }
}
