package io.expressway.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One file of the disk tier: a header, then records one after the other. Written at its end by one
 * thread, read anywhere by many, deleted as a whole.
 *
 * <pre>
 *   long  magic 'XPSEGM01', which is the format's version too
 *   int   bytes of a block
 *   long  sequence: later files hold later records
 *   int   CRC32C of the above
 * </pre>
 */
final class Segment implements Closeable {
  static final int HEADER_BYTES = 24;
  private static final long MAGIC = 0x585053_45474D_3031L;

  private final Path file;
  private final long sequence;
  private final FileChannel channel;
  private long end;
  private volatile boolean isFinished;

  /** For who reads where it stands; opened with the first of them. */
  private @Nullable ResidentFile resident;

  private Segment(Path file, long sequence, FileChannel channel, long end) {
    this.file = file;
    this.sequence = sequence;
    this.channel = channel;
    this.end = end;
  }

  static Segment create(Path directory, long sequence, int blockBytes) throws IOException {
    Path file = directory.resolve(String.format("segment-%016x.cache", sequence));
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Segment segment = new Segment(file, sequence, channel, 0);
    try {
      segment.put(header(sequence, blockBytes));
    } catch (IOException e) {
      segment.delete();
      throw e;
    }
    return segment;
  }

  private static ByteBuffer header(long sequence, int blockBytes) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(MAGIC).putInt(blockBytes).putLong(sequence);
    return header.putInt(DiskRecord.crcOf(header.duplicate().flip())).flip();
  }

  /** Whether a file is, or was, one of ours. */
  static boolean isNamedLikeOne(Path file) {
    return String.valueOf(file.getFileName()).matches("segment-[0-9a-f]{16}\\.cache");
  }

  /** Opens a finished file for reading; absent when it is no segment of such blocks. */
  static Optional<Segment> open(Path file, int blockBytes) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    boolean isOne = false;
    try {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
      long sequence = fill(channel, header, 0) ? header.getLong(12) : 0;
      isOne = header.equals(header(sequence, blockBytes));
      Segment segment = new Segment(file, sequence, channel, channel.size());
      segment.finish();
      return isOne ? Optional.of(segment) : Optional.empty();
    } finally {
      if (!isOne) {
        channel.close();
      }
    }
  }

  /** Told of each record and where its payload lies. */
  interface Visitor {
    void visit(DiskRecord record, long payload);
  }

  /** Visits the records that are whole, up to the first that is not. */
  void scan(Visitor visitor) throws IOException {
    long at = HEADER_BYTES;
    ByteBuffer prefix = ByteBuffer.allocate(DiskRecord.PREFIX_BYTES);
    while (fill(channel, prefix.clear(), at)) {
      int bytes = DiskRecord.descriptionBytes(prefix);
      ByteBuffer description = ByteBuffer.allocate(Math.max(0, bytes));
      if (bytes < 0 || !fill(channel, description, at + DiskRecord.PREFIX_BYTES)) {
        return;
      }
      Optional<DiskRecord> record = DiskRecord.parse(prefix, description);
      long payload = at + DiskRecord.PREFIX_BYTES + bytes;
      if (record.isEmpty()
          || record.get().length() < 0
          || payload + record.get().length() > channel.size()) {
        return;
      }
      visitor.visit(record.get(), payload);
      at = payload + record.get().length();
    }
  }

  /** Reads until the buffer is full, and flips it; false when the file ends before. */
  static boolean fill(FileChannel channel, ByteBuffer target, long from) throws IOException {
    long at = from;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        return false;
      }
      at += count;
    }
    target.flip();
    return true;
  }

  /** Reads a payload into {@code target}, filling it; false when the file ends before. */
  boolean read(ByteBuffer target, long from) throws IOException {
    return fill(channel, target, from);
  }

  /** Nothing is added any more. */
  void finish() {
    isFinished = true;
  }

  /**
   * What reads a payload without waiting for a disk; null when it is not all in the system's
   * memory, as far as that can be known. It may fail any time: {@link #read} is to be believed, not
   * this.
   */
  @Nullable ResidentFile resident(long from, int length) throws IOException {
    if (!isFinished) {
      return null;
    }
    ResidentFile known;
    synchronized (this) {
      if (channel.isOpen() && (resident == null || !resident.isOpen())) {
        closeResident(); // its reader was interrupted
        resident = ResidentFile.open(file);
      }
      known = resident;
    }
    return known != null && known.has(from, length) ? known : null;
  }

  private synchronized void closeResident() throws IOException {
    if (resident != null) {
      resident.close();
      resident = null;
    }
  }

  /** Adds a record at the end and gives the place of its payload. The writer's thread only. */
  long append(ByteBuffer head, ByteBuffer payload) throws IOException {
    long at = end + head.remaining();
    put(head);
    put(payload);
    return at;
  }

  private void put(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      end += channel.write(bytes, end);
    }
  }

  /** Bytes it has, or would have if its last record were whole. */
  long bytes() {
    return end;
  }

  long sequence() {
    return sequence;
  }

  /** Removes the file; reads under way fail or end. */
  void delete() throws IOException {
    try {
      close();
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    closeResident(); // and none is opened after this
  }

  @Override
  public String toString() {
    return "Segment[" + file.getFileName() + ", " + end + " bytes]";
  }
}
