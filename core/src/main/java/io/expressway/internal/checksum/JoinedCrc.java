package io.expressway.internal.checksum;

import io.expressway.Crc;

/**
 * The CRC of two pieces put together, from the CRCs of the pieces: the first is multiplied by x to
 * the number of bits that follow it, modulo the polynomial, and added to the second. All three CRCs
 * begin and end with all ones, which cancels out (M. Adler, zlib's {@code crc32_combine}). All
 * values are reflected: the highest bit is the coefficient of x to the 0.
 */
public final class JoinedCrc {
  private JoinedCrc() {}

  /** The CRC of a piece with CRC {@code first} and the {@code secondBytes} behind it. */
  public static long of(Crc algorithm, long first, long second, long secondBytes) {
    int width = algorithm == Crc.CRC64NVME ? 64 : 32;
    long polynomial = polynomial(algorithm);
    return times(power(secondBytes, width, polynomial), first, width, polynomial) ^ second;
  }

  private static long polynomial(Crc algorithm) {
    return switch (algorithm) {
      case CRC32C -> 0x82f63b78L;
      case CRC32 -> 0xedb88320L;
      case CRC64NVME -> Crc64Nvme.POLYNOMIAL;
    };
  }

  /** x to the power of eight times {@code bytes}, by squaring. */
  private static long power(long bytes, int width, long polynomial) {
    long result = 1L << (width - 1);
    long square = 1L << (width - 9);
    for (long left = bytes; left > 0; left >>>= 1) {
      if ((left & 1) != 0) {
        result = times(square, result, width, polynomial);
      }
      square = times(square, square, width, polynomial);
    }
    return result;
  }

  private static long times(long a, long b, int width, long polynomial) {
    long product = 0;
    long shifted = b;
    for (int bit = width - 1; bit >= 0; bit--) {
      if ((a >>> bit & 1) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) != 0 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
    }
    return product;
  }
}
