package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.BucketName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which block is at an index, one thread at a time. */
final class BlockTableTest {
  private final BlockCache memory = BlockCache.offHeap(1 << 20, 4 << 10);
  private final CachedObject object =
      new CachedObject("key", memory.table(BucketName.directory("a--usw2-az1--x-s3")), memory);
  private final BlockTable table = new BlockTable();
  private int slot;

  @AfterEach
  void close() {
    memory.close();
  }

  private Block block(int index) {
    return new Block(object, index, ++slot);
  }

  @Test
  void aBlockIsFoundAtItsIndexWhileTheTableGrows() {
    int[] indexes = {0, 1, 2, 63, 64, 5_000};
    List<Block> put = new ArrayList<>();
    for (int index : indexes) {
      put.add(block(index));
      table.put(index, put.get(put.size() - 1));
    }
    for (Block block : put) {
      assertThat(table.get(block.index())).isSameAs(block);
    }
    assertThat(table.get(62)).isNull();
    assertThat(table.get(1_000_000)).isNull();
    List<Block> visited = new ArrayList<>();
    table.forEach(visited::add);
    assertThat(visited).containsExactlyElementsOf(put);
  }

  @Test
  void aBlockThatWasReplacedDoesNotTakeTheOtherAway() {
    Block old = block(3);
    Block fresh = block(3);
    table.put(3, old);
    table.put(3, fresh);
    table.remove(old);
    assertThat(table.get(3)).isSameAs(fresh);
    table.remove(fresh);
    assertThat(table.get(3)).isNull();
    table.remove(fresh);
    assertThat(table.get(3)).isNull();
  }
}
