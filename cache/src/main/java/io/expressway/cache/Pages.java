package io.expressway.cache;

/**
 * Blocks and their pages as numbers. A block has 64 pages, so that what is present of it is one
 * {@code long}, page 0 the lowest bit.
 */
final class Pages {
  static final int PER_BLOCK = 64;
  private static final int PER_BLOCK_SHIFT = 6;

  private final int blockShift;
  private final int pageShift;

  Pages(int blockBytes) {
    this.blockShift = Integer.numberOfTrailingZeros(blockBytes);
    this.pageShift = blockShift - PER_BLOCK_SHIFT;
  }

  int blockShift() {
    return blockShift;
  }

  int blockBytes() {
    return 1 << blockShift;
  }

  int pageBytes() {
    return 1 << pageShift;
  }

  /** The block that an object's byte is in. */
  long blockOf(long offset) {
    return offset >> blockShift;
  }

  /** Where in its block an object's byte is. */
  int within(long offset) {
    return (int) offset & (blockBytes() - 1);
  }

  /** The pages that bytes {@code [from, to)} of a block touch; at least one byte. */
  long touching(int from, int to) {
    return bits(from >> pageShift, (to - 1) >> pageShift);
  }

  /** Page {@code first} to page {@code last}. */
  private static long bits(int first, int last) {
    return (-1L << first) & (-1L >>> (PER_BLOCK - 1 - last));
  }

  /** The pages of block {@code index} that the object's bytes {@code [from, to)} touch. */
  long touching(int index, long from, long to) {
    long start = (long) index << blockShift;
    return touching((int) Math.max(0, from - start), (int) Math.min(blockBytes(), to - start));
  }

  /** Where in the object page {@code page} of block {@code index} begins. */
  long start(int index, int page) {
    return ((long) index << blockShift) + ((long) page << pageShift);
  }

  /** The start of the page that the offset is in. */
  long roundDown(long offset) {
    return offset & -(long) pageBytes();
  }

  /** The end of the page that the byte before the offset is in. */
  long roundUp(long offset) {
    return roundDown(offset + pageBytes() - 1);
  }
}
