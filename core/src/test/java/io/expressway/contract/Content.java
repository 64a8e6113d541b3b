package io.expressway.contract;

import io.expressway.ByteRange;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Bytes that differ everywhere, and the model of what a range of them is. */
final class Content {
  /** Around the sizes at which memory pages, pooled chunks and upload parts begin. */
  static final List<Integer> SIZES =
      List.of(0, 1, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1 << 20, (8 << 20) + 3);

  private Content() {}

  /** {@code size} bytes, the same for the same seed. */
  static byte[] of(int size, long seed) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] of(int size) {
    return of(size, size);
  }

  /** Every kind of range that an object of {@code size} bytes, at least one, satisfies. */
  static List<ByteRange> rangesOf(int size) {
    return List.of(
        ByteRange.all(),
        ByteRange.of(0, 1),
        ByteRange.of(0, size),
        ByteRange.of(0, size + 100L),
        ByteRange.of(size / 2, 1),
        ByteRange.of(size / 2, 5000),
        ByteRange.of(size / 3, size / 3 + 1),
        ByteRange.of(size - 1, 1),
        ByteRange.of(size - 1, Long.MAX_VALUE - size),
        ByteRange.last(1),
        ByteRange.last(size),
        ByteRange.last(size + 1L),
        ByteRange.last(Long.MAX_VALUE),
        ByteRange.from(size / 2),
        ByteRange.from(size - 1));
  }

  /** Every kind of range that begins past the end of {@code size} bytes. */
  static List<ByteRange> rangesPast(int size) {
    return List.of(
        ByteRange.of(size, 1),
        ByteRange.of(size + 1L, 4096),
        ByteRange.from(size + 1L),
        ByteRange.of(Long.MAX_VALUE - 1, 1));
  }

  /** What the range of the content is, which it satisfies. */
  static byte[] cut(byte[] content, ByteRange range) {
    if (range.isSuffix()) {
      long from = Math.max(0, content.length - range.length());
      return Arrays.copyOfRange(content, (int) from, content.length);
    }
    long end = range.isBounded() ? range.offset() + range.length() : content.length;
    return Arrays.copyOfRange(content, (int) range.offset(), (int) Math.min(end, content.length));
  }

  /** Whether a read of the range of {@code size} bytes brings anything. */
  static boolean satisfies(int size, ByteRange range) {
    return range.isAll() || (size > 0 && (range.isSuffix() || range.offset() < size));
  }

  /** The buffer's bytes from position to limit, its position unmoved. */
  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
