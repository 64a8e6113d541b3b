package io.expressway.cache;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings one block's bytes from disk instead of from the bucket. */
final class DiskFetch extends Fetch {
  private final DiskTier disk;
  private final Block block;
  private final DiskIndex.Entry entry;

  /** They were not there after all: who waits for them asks the bucket. */
  static final class NotOnDisk extends IOException {
    private static final long serialVersionUID = 1L;

    NotOnDisk() {
      super("the block is not on disk any more");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this; // nobody ever sees it
    }
  }

  /** Takes over a reader of the block. */
  DiskFetch(DiskTier disk, Block block, DiskIndex.Entry entry, long from, long nowNanos) {
    super(
        block.object(),
        from,
        from + entry.length(),
        List.of(new Piece(block, from, from + entry.length())),
        nowNanos);
    this.disk = disk;
    this.block = block;
    this.entry = entry;
  }

  /** It was no request. */
  @Override
  void report(@Nullable Throwable failure) {}

  @Override
  void send(CachedBucket bucket, boolean isHere) {
    disk.load(block, entry, isHere, success -> end(success ? null : new NotOnDisk()));
  }
}
