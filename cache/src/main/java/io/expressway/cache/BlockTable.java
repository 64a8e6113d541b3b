package io.expressway.cache;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one object by their index: leaves of up to 64 blocks below an array that grows with
 * the highest index put. The first leaf begins small, for the many objects of one block.
 *
 * <p>Thread: any thread gets and removes without a lock; putting is for one thread at a time, under
 * the object's lock. A reader that still sees an array from before it grew misses a new block and
 * looks again under the lock; a removal from such an array leaves a dead block behind, which nobody
 * can use and the next put replaces.
 */
final class BlockTable {
  private static final int LEAF_SHIFT = 6;
  private static final int LEAF = 1 << LEAF_SHIFT;
  private static final int FIRST_LEAF = 2;

  private volatile AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Block>> leaves =
      new AtomicReferenceArray<>(1);

  @Nullable Block get(int index) {
    AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Block>> all = leaves;
    int leaf = index >>> LEAF_SHIFT;
    if (leaf >= all.length()) {
      return null;
    }
    AtomicReferenceArray<@Nullable Block> blocks = all.get(leaf);
    int place = index & (LEAF - 1);
    return blocks == null || place >= blocks.length() ? null : blocks.get(place);
  }

  void put(int index, Block block) {
    int leaf = index >>> LEAF_SHIFT;
    int place = index & (LEAF - 1);
    if (leaf >= leaves.length()) {
      leaves = grown(leaves, Math.max(leaf + 1, leaves.length() * 3 / 2));
    }
    AtomicReferenceArray<@Nullable Block> blocks = leaves.get(leaf);
    if (blocks == null) {
      blocks = new AtomicReferenceArray<>(leaf == 0 ? Math.max(FIRST_LEAF, place + 1) : LEAF);
      leaves.set(leaf, blocks);
    } else if (place >= blocks.length()) {
      blocks = grown(blocks, Math.min(LEAF, Math.max(place + 1, blocks.length() * 2)));
      leaves.set(leaf, blocks);
    }
    blocks.set(place, block);
  }

  private static <T> AtomicReferenceArray<@Nullable T> grown(
      AtomicReferenceArray<@Nullable T> old, int length) {
    AtomicReferenceArray<@Nullable T> larger = new AtomicReferenceArray<>(length);
    for (int i = 0; i < old.length(); i++) {
      larger.set(i, old.get(i));
    }
    return larger;
  }

  /** Forgets the block, unless another has taken its place. */
  void remove(Block block) {
    AtomicReferenceArray<@Nullable Block> blocks = leaves.get(block.index() >>> LEAF_SHIFT);
    if (blocks != null) {
      blocks.compareAndSet(block.index() & (LEAF - 1), block, null);
    }
  }

  /** What is done with each block. */
  interface Visitor {
    void visit(Block block);
  }

  /** Visits the blocks that are there, perhaps without those put meanwhile. */
  void forEach(Visitor visitor) {
    AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Block>> all = leaves;
    for (int i = 0; i < all.length(); i++) {
      AtomicReferenceArray<@Nullable Block> blocks = all.get(i);
      for (int j = 0; blocks != null && j < blocks.length(); j++) {
        Block block = blocks.get(j);
        if (block != null) {
          visitor.visit(block);
        }
      }
    }
  }
}
