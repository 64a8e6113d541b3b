package io.expressway.cache;

import io.expressway.ObjectInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Blocks in files of a directory, for when memory has no room for them and for the next run.
 *
 * <p>Blocks are written behind the reads that fetched them, by one thread, and dropped when it lags
 * behind: a read never waits for a write. A block that the system has in its memory is read by the
 * caller, any other by threads of the tier's. Files are written from their beginning to their end
 * and deleted as a whole, the oldest first. What is read is checked against its CRC32C: a block
 * that is damaged, cut short or gone is a miss, never an error and never a wrong byte. After a
 * crash the files are scanned up to the first record that is not whole.
 *
 * <p>One process at a time uses a directory.
 */
final class DiskTier implements AutoCloseable {
  private static final int LARGEST_SEGMENT_BYTES = 64 << 20;
  private static final int FEWEST_SEGMENTS = 8;
  private static final int LARGEST_HEAD_BYTES = 80 << 10;
  private static final int READERS = 2;

  /** What a caller reads itself at most: it takes about as long as waking another thread, twice. */
  static final int MOST_READ_HERE_BYTES = 1 << 20;

  private static final int SUMMED_BYTES = 64 << 10;
  private static final String LOCK = "expressway-cache.lock";

  private final Path directory;
  private final long limitBytes;
  private final long freeBytes;
  private final FreeSpace free;
  private final int blockBytes;
  private final Tally tally;
  private final DiskIndex index = new DiskIndex();
  private final FileChannel lockFile;
  private final FileLock lock;
  private final ThreadPoolExecutor writer;
  private final ExecutorService readers;
  private final AtomicInteger queued = new AtomicInteger();
  private final int mostQueued;

  /** All segments, oldest first; the writer appends to the last, unless it was sealed. */
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();

  private boolean sealed = true;
  private long sequence;
  private volatile long usedBytes;

  /** Tells how many bytes are free on the directory's disk. */
  interface FreeSpace {
    long bytes() throws IOException;
  }

  private DiskTier(DiskOptions options, BlockCache memory, FreeSpace free, FileChannel lockFile)
      throws IOException {
    this.directory = options.directory();
    this.limitBytes = options.limitBytes();
    this.freeBytes = options.freeBytes();
    this.free = free;
    this.blockBytes = memory.blockBytes();
    this.tally = memory.tally();
    this.mostQueued = Math.max(1, memory.capacityBlocks() / 8);
    this.lockFile = lockFile;
    this.lock = lock(directory, lockFile);
    this.writer =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), daemon("cache-writer"));
    this.readers = Executors.newFixedThreadPool(READERS, daemon("cache-reader"));
    scan();
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, "expressway-" + name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Opens the directory, which is made if it is not there, and finds what earlier runs left.
   *
   * @param free null to ask the file system
   * @throws IllegalArgumentException when the directory cannot be used, or is in use
   */
  static DiskTier open(DiskOptions options, BlockCache memory, @Nullable FreeSpace free) {
    Path directory = options.directory();
    long least = (long) FEWEST_SEGMENTS * (memory.blockBytes() + LARGEST_HEAD_BYTES);
    if (options.limitBytes() < least) {
      throw new IllegalArgumentException(
          "the disk's limitBytes must be at least "
              + least
              + " with blocks of "
              + memory.blockBytes()
              + ", but is "
              + options.limitBytes());
    }
    FileChannel lockFile = null;
    try {
      Files.createDirectories(directory);
      lockFile =
          FileChannel.open(
              directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      return new DiskTier(
          options,
          memory,
          free != null ? free : () -> Files.getFileStore(directory).getUsableSpace(),
          lockFile);
    } catch (IOException | IllegalArgumentException e) {
      close(lockFile);
      throw e instanceof IllegalArgumentException known
          ? known
          : new IllegalArgumentException(
              "the cache cannot use directory " + directory + ": " + e, e);
    }
  }

  private static void close(@Nullable FileChannel lockFile) {
    try {
      if (lockFile != null) {
        lockFile.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileLock lock(Path directory, FileChannel lockFile) throws IOException {
    try {
      FileLock lock = lockFile.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // held by another cache of this process: reported below
    }
    throw new IllegalArgumentException(
        "directory "
            + directory
            + " is in use by another cache: give each process, and each cache, one of its own");
  }

  private void scan() throws IOException {
    List<Segment> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Segment::isNamedLikeOne).toList()) {
        Optional<Segment> segment = Segment.open(file, blockBytes);
        if (segment.isPresent()) {
          found.add(segment.get());
        } else {
          Files.delete(file); // ours by name, but of another format, other blocks, or cut short
        }
      }
    }
    found.sort(Comparator.comparingLong(Segment::sequence));
    for (Segment segment : found) {
      segment.scan(
          (record, payload) -> {
            if (record.isOf(blockBytes)) {
              index.put(record, segment, payload);
            }
          });
      segments.add(segment);
      sequence = Math.max(sequence, segment.sequence());
    }
    account();
    while (usedBytes > limitBytes) {
      deleteOldest();
    }
  }

  // Asking.

  /** What an earlier read, perhaps of an earlier run, found at the key; it may be old. */
  @Nullable ObjectInfo find(String bucket, String key) {
    return index.find(bucket, key);
  }

  /** Where the block's bytes are, if they are here. */
  DiskIndex.@Nullable Entry find(CachedObject object, int block) {
    ObjectInfo info = object.info();
    return info == null ? null : index.find(object.table().bucket().toString(), info, block);
  }

  long usedBytes() {
    return usedBytes;
  }

  // Reading.

  /** Told whether the bytes are in place. */
  interface Loaded {
    void ended(boolean success);
  }

  /**
   * Reads the entry's bytes into its block.
   *
   * @param isHere whether this thread may do so, if it waits for no disk; else a thread of the
   *     tier's does
   */
  void load(Block block, DiskIndex.Entry entry, boolean isHere, Loaded loaded) {
    if (isHere && readHere(block, entry)) {
      loaded.ended(true);
      return;
    }
    try {
      readers.execute(() -> loaded.ended(read(block, entry)));
    } catch (RejectedExecutionException closed) {
      loaded.ended(false);
    }
  }

  /** False when another thread should try: whatever is wrong here need not be wrong there. */
  private boolean readHere(Block block, DiskIndex.Entry entry) {
    if (entry.length() > MOST_READ_HERE_BYTES || Thread.currentThread().isInterrupted()) {
      return false;
    }
    try {
      ResidentFile file = entry.segment().resident(entry.payload(), entry.length());
      return file != null && isWhole(block, entry, file::read);
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private boolean read(Block block, DiskIndex.Entry entry) {
    try {
      if (isWhole(block, entry, entry.segment()::read)) {
        return true;
      }
    } catch (IOException | RuntimeException e) {
      // deleted meanwhile, or a bad disk: either way the bytes are not here
    }
    tally.diskErrors.increment();
    ObjectInfo info = block.object().info();
    if (info != null) {
      index.remove(block.object().table().bucket().toString(), info, block.index(), entry);
    }
    return false;
  }

  /** Fills a buffer from a place of a file and flips it; false when the file ends before. */
  private interface Bytes {
    boolean read(ByteBuffer target, long from) throws IOException;
  }

  /** Reads and sums by turns: each piece is summed while it is in the processor's cache. */
  private boolean isWhole(Block block, DiskIndex.Entry entry, Bytes file) throws IOException {
    ByteBuffer target = block.view(entry.begin(), entry.begin() + entry.length());
    CRC32C crc = new CRC32C();
    for (int at = 0; at < target.capacity(); at += SUMMED_BYTES) {
      ByteBuffer piece = target.slice(at, Math.min(SUMMED_BYTES, target.capacity() - at));
      if (!file.read(piece, entry.payload() + at)) {
        return false;
      }
      crc.update(piece);
    }
    if ((int) crc.getValue() != entry.crc()) {
      return false;
    }
    tally.diskHits.increment();
    tally.diskHitBytes.add(entry.length());
    return true;
  }

  // Writing.

  /** Writes the block's bytes some time, unless too many wait already. Takes a reader of it. */
  void offer(Block block, int begin, int length) {
    if (isThere(block, begin, length)) {
      return;
    }
    if (queued.incrementAndGet() > mostQueued || !block.tryRetain()) {
      queued.decrementAndGet();
      tally.diskSkips.increment();
      return;
    }
    enqueue(
        () -> {
          try {
            write(block, begin, length);
          } finally {
            block.release();
            queued.decrementAndGet();
          }
        },
        () -> {
          block.release();
          queued.decrementAndGet();
        });
  }

  /** As {@link #offer}, but waits for the writer instead of giving up. For the end. */
  void offerPatiently(CachedObject object, Block block) {
    if (queued.get() >= mostQueued) {
      flush();
    }
    object.spill(block, this);
  }

  /** The key's object is not to be used again, in this run or the next. */
  void forget(String bucket, String key) {
    if (index.remove(bucket, key)) {
      enqueue(
          () -> {
            if (!append(DiskRecord.gone(bucket, key), ByteBuffer.allocate(0))) {
              deleteAll(); // or the next run would find the old object
            }
          },
          () -> {});
    }
  }

  private void deleteAll() {
    while (!segments.isEmpty()) {
      try {
        deleteOldest();
      } catch (IOException e) {
        tally.diskErrors.increment();
      }
    }
    sealed = true;
  }

  private void enqueue(Runnable task, Runnable refused) {
    try {
      writer.execute(task);
    } catch (RejectedExecutionException closed) {
      refused.run();
    }
  }

  private boolean isThere(Block block, int begin, int length) {
    DiskIndex.Entry known = find(block.object(), block.index());
    return known != null
        && known.begin() <= begin
        && known.begin() + known.length() >= begin + length;
  }

  private void write(Block block, int begin, int length) {
    CachedObject object = block.object();
    ObjectInfo info = object.info();
    if (info == null || object.isDropped() || isThere(block, begin, length)) {
      return;
    }
    String bucket = object.table().bucket().toString();
    ByteBuffer payload = block.view(begin, begin + length);
    boolean unused =
        append(
            new DiskRecord(bucket, info, block.index(), begin, length, DiskRecord.crcOf(payload)),
            payload);
    if (object.isDropped()) {
      forget(bucket, info.key()); // it was forgotten while it was written
    }
  }

  /** False when it could not be written. */
  private boolean append(DiskRecord record, ByteBuffer payload) {
    ByteBuffer head = record.head();
    long bytes = (long) head.remaining() + payload.remaining();
    try {
      if (!makeRoom(bytes)) {
        tally.diskSkips.increment();
        return false;
      }
      Segment last = segments.getLast();
      long place = last.append(head, payload);
      account();
      index.put(record, last, place);
      tally.diskWrites.increment();
      return true;
    } catch (IOException e) {
      tally.diskErrors.increment();
      sealed = true; // what follows a broken record would not be found again
      account();
      return false;
    }
  }

  /** Sees to an open segment with room in it, within the limit and what the disk must keep free. */
  private boolean makeRoom(long bytes) throws IOException {
    if (sealed || segments.getLast().bytes() + bytes > segmentBytes()) {
      sealed = true; // until there is another
      while (!segments.isEmpty() && (usedBytes + segmentBytes() > limitBytes || !isEnoughFree())) {
        deleteOldest();
      }
      if (!isEnoughFree()) {
        return false;
      }
      if (!segments.isEmpty()) {
        segments.getLast().finish();
      }
      segments.add(Segment.create(directory, ++sequence, blockBytes));
      sealed = false;
      account();
    }
    return true;
  }

  private long segmentBytes() {
    long share = limitBytes / FEWEST_SEGMENTS;
    return Math.min(LARGEST_SEGMENT_BYTES, share);
  }

  private boolean isEnoughFree() throws IOException {
    return free.bytes() - segmentBytes() >= freeBytes;
  }

  private void deleteOldest() throws IOException {
    Segment oldest = segments.removeFirst();
    index.remove(oldest);
    oldest.delete();
    account();
  }

  private void account() {
    usedBytes = segments.stream().mapToLong(Segment::bytes).sum();
  }

  /** Waits until everything queued before is written; for tests and the end. */
  void flush() {
    try {
      writer.submit(() -> {}).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes what waits, and lets the directory go. */
  @Override
  public void close() {
    readers.shutdown();
    writer.shutdown();
    try {
      if (!writer.awaitTermination(1, TimeUnit.MINUTES)) {
        writer.shutdownNow();
      }
      for (Segment segment : segments) {
        segment.close();
      }
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      tally.diskErrors.increment();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "DiskTier[" + directory + ", " + usedBytes + " of " + limitBytes + " bytes]";
  }
}
