package io.expressway.cache;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Where bytes go that came only because they lay between others: one block that any number of
 * fetches write over and nobody reads.
 */
final class Sink {
  private final ByteBuffer room;

  Sink(Slabs slabs, int slot, int blockBytes) {
    this.room = slabs.slab(slot).slice(slabs.offset(slot), blockBytes);
  }

  /** Adds room for {@code bytes} to the targets. */
  void addTo(List<ByteBuffer> targets, long bytes) {
    for (long left = bytes; left > 0; left -= room.capacity()) {
      targets.add(room.slice(0, (int) Math.min(left, room.capacity())));
    }
  }
}
