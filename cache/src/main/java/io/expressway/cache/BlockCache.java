package io.expressway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.expressway.BucketName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory for blocks of objects, shared by any number of {@link CachedBucket}s.
 *
 * <p>The memory is allocated when the cache is opened and never grows: what finds no room is read
 * around the cache. Which blocks stay is Caffeine's choice (W-TinyLFU: often and lately read). An
 * eighth of the memory is left to blocks that are being filled, or that are still lent although
 * they had to leave.
 *
 * <p>Buckets of one name share what is cached, and it outlives them.
 *
 * <p>Thread: safe for many. Owner: whoever opens the cache closes it, after the buckets that use
 * it.
 */
public final class BlockCache implements AutoCloseable {
  /** What a block has room for unless said otherwise. */
  public static final int DEFAULT_BLOCK_BYTES = 256 << 10;

  private static final int SMALLEST_BLOCK_BYTES = 4 << 10;
  private static final int LARGEST_BLOCK_BYTES = 16 << 20;
  private static final int FEWEST_BLOCKS = 8;
  private static final int SPARE_SHARE = 8;

  private final Pages pages;
  private final int slots;
  private final Slabs slabs;
  private final Readers readers;
  private final Sink sink;
  private final Cache<Block, Block> residents;
  private final Map<BucketName, ObjectTable> tables = new ConcurrentHashMap<>();
  private final Tally tally = new Tally();

  @SuppressWarnings("UnnecessaryLambda") // Flight Recorder takes it back by identity
  private final Runnable report = () -> CacheStatisticsEvent.commit(toString(), stats());

  private final @Nullable DiskTier disk;
  private final AtomicInteger admitted = new AtomicInteger();
  private volatile byte era;
  private volatile boolean closed;

  private BlockCache(
      int slots, int blockBytes, @Nullable DiskOptions onDisk, DiskTier.@Nullable FreeSpace free) {
    this.pages = new Pages(blockBytes);
    this.slots = slots;
    this.slabs = new Slabs(slots, pages.blockShift());
    this.readers = new Readers(slots);
    this.sink = new Sink(slabs, slabs.take(), blockBytes);
    this.residents =
        Caffeine.newBuilder()
            .maximumSize(slots - 1 - slots / SPARE_SHARE)
            .executor(Runnable::run)
            .evictionListener(
                (@Nullable Block key, @Nullable Block block, RemovalCause why) -> evicted(block))
            .build();
    this.disk = onDisk == null ? null : DiskTier.open(onDisk, this, free);
    FlightRecorder.addPeriodicEvent(CacheStatisticsEvent.class, report);
  }

  /** Opens a cache of {@code limitBytes} in blocks of 256 KiB. */
  public static BlockCache offHeap(long limitBytes) {
    return offHeap(limitBytes, DEFAULT_BLOCK_BYTES);
  }

  /**
   * Opens a cache.
   *
   * @param limitBytes all the memory it may use, at least eight blocks; what is left over by whole
   *     blocks is not allocated
   * @param blockBytes a power of two from 4 KiB to 16 MiB. A read within one block is lent as one
   *     piece, so larger blocks suit larger reads; but a block takes its whole room even when only
   *     a page of it (a sixty-fourth) was ever read
   * @throws IllegalArgumentException when a value is out of its range, or the JVM has no room for
   *     the limit
   */
  public static BlockCache offHeap(long limitBytes, int blockBytes) {
    return open(limitBytes, blockBytes, null, null);
  }

  /**
   * Opens a cache of {@code limitBytes} in blocks of 256 KiB that keeps blocks on disk too: what
   * has to leave memory, and what the next run may want.
   */
  public static BlockCache tiered(long limitBytes, DiskOptions disk) {
    return tiered(limitBytes, DEFAULT_BLOCK_BYTES, disk);
  }

  /**
   * Opens a cache that keeps blocks on disk too.
   *
   * @throws IllegalArgumentException as {@link #offHeap(long, int)}, or when the directory cannot
   *     be used or another cache uses it
   */
  public static BlockCache tiered(long limitBytes, int blockBytes, DiskOptions disk) {
    return open(limitBytes, blockBytes, disk, null);
  }

  /** As {@link #tiered(long, int, DiskOptions)}, with the caller's word for what is free. */
  static BlockCache tiered(
      long limitBytes, int blockBytes, DiskOptions disk, DiskTier.FreeSpace free) {
    return open(limitBytes, blockBytes, disk, free);
  }

  private static BlockCache open(
      long limitBytes,
      int blockBytes,
      @Nullable DiskOptions disk,
      DiskTier.@Nullable FreeSpace free) {
    if (Integer.bitCount(blockBytes) != 1
        || blockBytes < SMALLEST_BLOCK_BYTES
        || blockBytes > LARGEST_BLOCK_BYTES) {
      throw new IllegalArgumentException(
          "blockBytes must be a power of two from "
              + SMALLEST_BLOCK_BYTES
              + " to "
              + LARGEST_BLOCK_BYTES
              + ", but is "
              + blockBytes);
    }
    long slots = limitBytes / blockBytes;
    if (slots < FEWEST_BLOCKS || slots > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "limitBytes must hold "
              + FEWEST_BLOCKS
              + " to 2^31 blocks of "
              + blockBytes
              + " bytes, but "
              + limitBytes
              + " holds "
              + slots);
    }
    return new BlockCache((int) slots, blockBytes, disk, free);
  }

  // Used by the rest of the package.

  Pages pages() {
    return pages;
  }

  Slabs slabs() {
    return slabs;
  }

  Readers readers() {
    return readers;
  }

  Sink sink() {
    return sink;
  }

  Tally tally() {
    return tally;
  }

  /** The most blocks that may be resident at once. */
  int capacityBlocks() {
    return slots - 1 - slots / SPARE_SHARE;
  }

  ObjectTable table(BucketName bucket) {
    return tables.computeIfAbsent(bucket, name -> new ObjectTable(name, this));
  }

  /** A new block with one reader, the caller; null when there is no memory for it. */
  @Nullable Block take(CachedObject object, int index) {
    int slot = closed ? -1 : slabs.take();
    return slot < 0 ? null : new Block(object, index, slot);
  }

  /** Offers a new block to the policy, which may turn it away at once: its readers stay. */
  void admit(Block block) {
    if (block.tryReside()) {
      residents.put(block, block);
      int count = admitted.incrementAndGet();
      if (count % capacityBlocks() == 0) {
        era = (byte) (count / capacityBlocks());
      }
      if (closed) {
        dismiss(block);
      }
    }
  }

  /** Changes whenever as many blocks came in as there is room for: what was hot may be no more. */
  byte era() {
    return era;
  }

  /** The block was read. */
  void touch(Block block) {
    Block unused = residents.getIfPresent(block);
  }

  /** The block need not be kept any longer. */
  void dismiss(Block block) {
    if (residents.asMap().remove(block) != null) {
      block.leave();
    }
  }

  private void evicted(@Nullable Block block) {
    if (block != null) {
      tally.evictions.increment();
      spill(block);
      block.leave();
    }
  }

  /** Has what is ready of the block written to disk, unless it is there already. */
  void spill(Block block) {
    DiskTier tier = disk;
    if (tier != null) {
      block.object().spill(block, tier);
    }
  }

  /** The disk tier, if there is one. */
  @Nullable DiskTier disk() {
    return disk;
  }

  // What users ask.

  /** All the memory the cache may use. */
  public long limitBytes() {
    return (long) slots << pages.blockShift();
  }

  /** What a block has room for. */
  public int blockBytes() {
    return pages.blockBytes();
  }

  /** What the cache did so far, and how it stands. */
  public CacheStats stats() {
    return new CacheStats(
        tally.hits.hits(),
        tally.hits.bytes(),
        tally.misses.sum(),
        tally.askedBytes.sum(),
        tally.joins.sum(),
        tally.fetches.sum(),
        tally.fetchedBytes.sum(),
        tally.gapBytes.sum(),
        tally.failedFetches.sum(),
        tally.around.sum(),
        tally.aroundBytes.sum(),
        tally.revalidations.sum(),
        tally.changes.sum(),
        tally.evictions.sum(),
        tally.diskHits.sum(),
        tally.diskHitBytes.sum(),
        tally.diskWrites.sum(),
        tally.diskSkips.sum(),
        tally.diskErrors.sum(),
        disk == null ? 0 : disk.usedBytes(),
        residents.estimatedSize(),
        (long) (slots - slabs.freeSlots()) << pages.blockShift(),
        limitBytes());
  }

  /** Forgets everything; what is lent stays until it is closed. */
  public void clear() {
    tables.values().forEach(ObjectTable::clear);
  }

  /**
   * Forgets everything and keeps nothing more: buckets that still use the cache read around it. The
   * memory goes back to the system once nobody refers to the cache or to what it lent.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    FlightRecorder.removePeriodicEvent(report);
    if (disk != null) {
      residents.asMap().values().forEach(block -> disk.offerPatiently(block.object(), block));
      disk.close();
    }
    clear();
  }

  @Override
  public String toString() {
    return "BlockCache[" + slots + " blocks of " + pages.blockBytes() + " bytes]";
  }
}
