package io.expressway.cache;

import io.expressway.ObjectInfo;
import io.expressway.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One content of one key: what is known of it, its blocks, and the fetches that fill them.
 *
 * <p>It begins unknown. The first answer establishes its version; from then on only bytes of that
 * version come in. When the key turns out to have another content, or none, the whole object is
 * dropped and replaced in its {@link ObjectTable}.
 *
 * <p>Thread: safe for many. Hits read volatile fields and lock nothing; fetches are planned and
 * ended under this object's lock, under which nothing waits and no caller's code runs.
 */
final class CachedObject {
  private final String key;
  private final int placeHash;
  private final ObjectTable table;
  private final BlockCache memory;
  private final BlockTable blocks = new BlockTable();
  private volatile @Nullable ObjectInfo info;
  private volatile boolean missing;
  private volatile long checkedNanos = Long.MIN_VALUE;
  private volatile boolean dropped;
  private volatile boolean hearsay;

  /** Fetches under way; under this object's lock. */
  private final List<Fetch> fetches = new ArrayList<>(1);

  /** Both under this object's lock. */
  private @Nullable Inquiry inquiry;

  private @Nullable Tail tail;

  CachedObject(String key, ObjectTable table, BlockCache memory) {
    this.key = key;
    this.table = table;
    this.memory = memory;
    this.placeHash = 31 * key.hashCode() + table.bucket().hashCode();
  }

  String key() {
    return key;
  }

  /** The same for every content of the key. */
  int placeHash() {
    return placeHash;
  }

  BlockCache memory() {
    return memory;
  }

  ObjectTable table() {
    return table;
  }

  /** What is known of it; null when nothing is, or when it is not there. */
  @Nullable ObjectInfo info() {
    return info;
  }

  /** Whether the bucket said that there is no such object. */
  boolean isMissing() {
    return missing;
  }

  /** When the question was asked whose answer is the latest known, as {@code System.nanoTime}. */
  long checkedNanos() {
    return checkedNanos;
  }

  /** One of its blocks was read, as the policy heard; that of the objects hears one in eight. */
  void used() {
    if ((ThreadLocalRandom.current().nextInt() & 7) == 0) {
      table.touch(key);
    }
  }

  // What the bucket says of it.

  /** Takes an answer in; false when it speaks of another version. */
  synchronized boolean establish(ObjectInfo answer, long askedNanos) {
    ObjectInfo known = info;
    if (known != null && !known.version().equals(answer.version())) {
      return false;
    }
    checkedAt(askedNanos); // first: whoever sees the rest believes it by its age
    if (known == null) {
      info = answer;
    }
    missing = false;
    hearsay = false;
    return true;
  }

  /** Begins with what an earlier run knew: to be confirmed, unless objects never change. */
  void recall(ObjectInfo remembered) {
    checkedNanos = System.nanoTime() - Long.MAX_VALUE / 2;
    hearsay = true;
    info = remembered;
  }

  /** Whether what is known of it was never confirmed by the bucket. */
  boolean isHearsay() {
    return hearsay;
  }

  /** Whether it is over. */
  boolean isDropped() {
    return dropped;
  }

  /** There is no such object; false when there was one, so that this content is over. */
  synchronized boolean establishMissing(long askedNanos) {
    if (info != null) {
      return false;
    }
    checkedAt(askedNanos);
    missing = true;
    return true;
  }

  private void checkedAt(long askedNanos) {
    if (checkedNanos == Long.MIN_VALUE || askedNanos - checkedNanos > 0) {
      checkedNanos = askedNanos;
    }
  }

  /** The question about it that is under way. Under the object's lock. */
  @Nullable Inquiry inquiry() {
    return inquiry;
  }

  void inquiry(@Nullable Inquiry current) {
    inquiry = current;
  }

  /** The request for its last bytes that is under way. Under the object's lock. */
  @Nullable Tail tail() {
    return tail;
  }

  void tail(@Nullable Tail current) {
    tail = current;
  }

  // Its blocks.

  @Nullable Block block(int index) {
    return blocks.get(index);
  }

  /** The block's last reader has left. */
  void buried(Block block) {
    blocks.remove(block);
    memory.slabs().give(block.slot());
  }

  /** It is over: its blocks need not be kept. Readers and fetches under way keep theirs. */
  void drop() {
    dropped = true;
    blocks.forEach(memory::dismiss);
  }

  /** Whether every byte of {@code [from, to)} is in memory at this moment. */
  boolean isPresent(long from, long to) {
    Pages pages = memory.pages();
    for (long index = pages.blockOf(from); index <= pages.blockOf(to - 1); index++) {
      Block block = blocks.get((int) index);
      if (block == null || !block.isReady(pages.touching((int) index, from, to))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Pins the blocks of every read and finds out what is missing of them.
   *
   * @return fetches to send, each read counted in as their waiter and as that of fetches under way;
   *     null when there is no memory for all of it: nothing has changed then
   */
  @Nullable List<Fetch> plan(List<PendingRead> reads, CacheOptions options, long nowNanos) {
    synchronized (this) {
      int pinned = 0;
      for (PendingRead read : reads) {
        if (!pin(read)) {
          reads.subList(0, pinned).forEach(before -> giveUp(before.pins()));
          reads.subList(0, pinned).forEach(PendingRead::unpin);
          return null;
        }
        pinned++;
      }
      return new FillPlan(this, options, nowNanos).of(reads, fetches);
    }
  }

  /** Pins all blocks of the read, making those that are not there; none when memory runs out. */
  private boolean pin(PendingRead read) {
    Pages pages = memory.pages();
    int first = (int) pages.blockOf(read.from());
    Block[] pins = new Block[(int) (pages.blockOf(read.to() - 1) - first) + 1];
    for (int i = 0; i < pins.length; i++) {
      Block block = pinned(first + i);
      if (block == null) {
        Block[] inVain = Arrays.copyOf(pins, i);
        giveUp(inVain);
        for (Block taken : inVain) {
          taken.release();
        }
        return false;
      }
      pins[i] = block;
    }
    read.pinned(pins);
    return true;
  }

  /** Blocks that were made for a read that finds no room are not kept. */
  private void giveUp(Block[] pins) {
    for (Block block : pins) {
      if (block.ready() == 0 && block.filling() == 0) {
        memory.dismiss(block);
      }
    }
  }

  /** The block, pinned, and made if it is not there; null without memory. Under the lock. */
  @Nullable Block pinned(int index) {
    Block present = blocks.get(index);
    if (present != null && present.tryRetain()) {
      admit(present); // in case it had to leave and was found lent
      return present;
    }
    Block fresh = memory.take(this, index);
    if (fresh != null) {
      blocks.put(index, fresh);
      admit(fresh);
    }
    return fresh;
  }

  private void admit(Block block) {
    if (!dropped) {
      memory.admit(block);
      if (dropped) {
        memory.dismiss(block);
      }
    }
  }

  /**
   * Copies bytes in that were received elsewhere: whole pages only, none that are there or being
   * fetched, and none that there is no memory for.
   *
   * @param bytes those of {@code [from, size)}
   */
  synchronized void fill(Slice bytes, long from, long size) {
    Pages pages = memory.pages();
    long at = from == 0 ? 0 : pages.roundUp(from);
    while (at < size) {
      int index = (int) pages.blockOf(at);
      long end = Math.min(size, pages.start(index + 1, 0));
      Block block = pinned(index);
      if (block == null) {
        return;
      }
      copy(bytes, from, block, at, end);
      if (isComplete(block)) {
        memory.spill(block);
      }
      block.release();
      at = end;
    }
  }

  private void copy(Slice bytes, long from, Block block, long start, long end) {
    Pages pages = memory.pages();
    for (long at = start; at < end; at += pages.pageBytes()) {
      long to = Math.min(end, at + pages.pageBytes());
      long page = pages.touching(block.index(), at, to);
      if (((block.ready() | block.filling()) & page) == 0) {
        int begin = pages.within(at);
        try (Slice part = bytes.slice(at - from, to - at)) {
          part.copyTo(block.view(begin, begin + (int) (to - at)));
        }
        block.setReady(page);
      }
    }
  }

  // Its fetches.

  /**
   * The fetch has brought what lies before {@code upTo}.
   *
   * @return what that means to those who waited for it, to be run without the lock
   */
  synchronized List<Runnable> arrived(Fetch fetch, long upTo) {
    return fetches.contains(fetch) ? fetch.advance(upTo) : List.of();
  }

  /** The fetch has ended; its pages are there, or may be asked for again. */
  synchronized void ended(Fetch fetch, boolean success) {
    fetches.remove(fetch);
    fetch.settle(success);
  }

  /**
   * A fetch for the block has ended. When nothing came, because it failed or the object ends
   * before, the block need not be kept; when all of it is there, it may go to disk.
   */
  void filled(Block block) {
    boolean isEmpty;
    synchronized (this) {
      isEmpty = block.ready() == 0 && block.filling() == 0;
    }
    if (isEmpty) {
      memory.dismiss(block);
    } else if (isComplete(block)) {
      memory.spill(block);
    }
  }

  private boolean isComplete(Block block) {
    ObjectInfo known = info;
    long start = memory.pages().start(block.index(), 0);
    return known != null
        && known.size() > start
        && block.isReady(memory.pages().touching(block.index(), start, known.size()));
  }

  /** Offers the block's first run of pages to the disk tier. */
  void spill(Block block, DiskTier disk) {
    ObjectInfo known = info;
    long ready = block.ready();
    if (known == null || ready == 0 || dropped) {
      return;
    }
    Pages pages = memory.pages();
    int first = Long.numberOfTrailingZeros(ready);
    int count = Math.min(Long.numberOfTrailingZeros(~(ready >>> first)), Pages.PER_BLOCK - first);
    long begin = pages.start(block.index(), first);
    long end = Math.min(known.size(), begin + (long) count * pages.pageBytes());
    disk.offer(block, pages.within(begin), (int) (end - begin));
  }

  @Override
  public String toString() {
    return "CachedObject["
        + key
        + " "
        + (missing ? "missing" : info == null ? "unknown" : info)
        + "]";
  }
}
