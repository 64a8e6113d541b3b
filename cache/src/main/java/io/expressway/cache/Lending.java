package io.expressway.cache;

import io.expressway.ObjectInfo;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The blocks of one slice that spans several; gives them back when the slice closes. */
final class Lending implements Runnable {
  private final Block[] blocks;

  private Lending(Block[] blocks) {
    this.blocks = blocks;
  }

  /** Lends bytes {@code [from, to)} of an object; takes over one reader of each block. */
  static Slice of(ObjectInfo info, BlockCache memory, Block[] blocks, long from, long to) {
    Pages pages = memory.pages();
    int needed = (int) (pages.blockOf(to - 1) - pages.blockOf(from)) + 1;
    for (int i = needed; i < blocks.length; i++) {
      blocks[i].release(); // pinned in case the object were longer
    }
    if (needed == 1) {
      Block block = blocks[0];
      return Slice.lend(info, block, block.offset() + pages.within(from), (int) (to - from));
    }
    Block[] lent = needed == blocks.length ? blocks : Arrays.copyOf(blocks, needed);
    return Slice.lend(info, parts(memory, lent, from, to), new Lending(lent));
  }

  /** Views of the bytes, one for blocks that happen to lie next to each other. */
  private static List<ByteBuffer> parts(BlockCache memory, Block[] blocks, long from, long to) {
    Pages pages = memory.pages();
    List<ByteBuffer> parts = new ArrayList<>();
    long at = from;
    int next = 0;
    while (at < to) {
      int first = next++;
      while (next < blocks.length
          && memory.slabs().areNeighbours(blocks[next - 1].slot(), blocks[next].slot())) {
        next++;
      }
      long end = Math.min(to, pages.start(blocks[next - 1].index() + 1, 0));
      int begin = blocks[first].offset() + pages.within(at);
      parts.add(blocks[first].buffer().slice(begin, (int) (end - at)));
      at = end;
    }
    return parts;
  }

  @Override
  public void run() {
    for (Block block : blocks) {
      block.release();
    }
  }
}
