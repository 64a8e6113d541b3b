package io.expressway.examples.support;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Slice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipFile;

/**
 * A zip in a bucket, opened from its tail and read by ranges: only what is needed is fetched.
 * Layout: PKWARE APPNOTE 6.3.10, 4.3.7, 4.3.12 and 4.3.16. Without ZIP64.
 */
public final class RemoteZip {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int TAIL_BYTES = 64 << 10;
  private static final int END_BYTES = 22;
  private static final int ENTRY_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int DEFLATED = 8;

  private final Bucket bucket;
  private final String key;
  private final List<Entry> entries;

  /** One file of the zip; sizes and offset in bytes. */
  public record Entry(String name, int method, long compressed, long size, long offset) {}

  private RemoteZip(Bucket bucket, String key, List<Entry> entries) {
    this.bucket = bucket;
    this.key = key;
    this.entries = entries;
  }

  /** Reads the directory of the zip at {@code key}, in one or two ranged reads. */
  public static RemoteZip open(Bucket bucket, String key) throws IOException {
    try (Slice tail = bucket.read(key, ByteRange.last(TAIL_BYTES)).join()) {
      ByteBuffer bytes = littleEndian(tail);
      int end = findEnd(bytes);
      long size = Integer.toUnsignedLong(bytes.getInt(end + 12));
      long offset = Integer.toUnsignedLong(bytes.getInt(end + 16));
      try (Slice directory = bucket.read(key, ByteRange.of(offset, size)).join()) {
        return new RemoteZip(bucket, key, parse(littleEndian(directory)));
      }
    }
  }

  private static ByteBuffer littleEndian(Slice slice) {
    return slice.buffers().get(0).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int findEnd(ByteBuffer tail) throws IOException {
    for (int i = tail.limit() - END_BYTES; i >= 0; i--) {
      if (tail.getInt(i) == END_SIGNATURE) {
        return i;
      }
    }
    throw new IOException("no zip: its last 64 KiB hold no end of a central directory");
  }

  private static List<Entry> parse(ByteBuffer directory) {
    List<Entry> entries = new ArrayList<>();
    int at = 0;
    while (at + ENTRY_BYTES <= directory.limit() && directory.getInt(at) == ENTRY_SIGNATURE) {
      byte[] name = new byte[directory.getShort(at + 28) & 0xffff];
      directory.get(at + ENTRY_BYTES, name);
      entries.add(
          new Entry(
              new String(name, StandardCharsets.UTF_8),
              directory.getShort(at + 10),
              Integer.toUnsignedLong(directory.getInt(at + 20)),
              Integer.toUnsignedLong(directory.getInt(at + 24)),
              Integer.toUnsignedLong(directory.getInt(at + 42))));
      int extra = directory.getShort(at + 30) & 0xffff;
      int comment = directory.getShort(at + 32) & 0xffff;
      at += ENTRY_BYTES + name.length + extra + comment;
    }
    return entries;
  }

  public List<Entry> entries() {
    return entries;
  }

  /** The {@code count} largest entries, the largest first. */
  public List<Entry> largest(int count) {
    return entries.stream()
        .sorted(Comparator.comparingLong(Entry::size).reversed())
        .limit(count)
        .toList();
  }

  /** An entry's bytes: one read for its local header, one for its data. */
  public byte[] read(Entry entry) throws IOException {
    long data;
    try (Slice header = bucket.read(key, ByteRange.of(entry.offset(), LOCAL_BYTES)).join()) {
      ByteBuffer bytes = littleEndian(header);
      data =
          entry.offset()
              + LOCAL_BYTES
              + (bytes.getShort(26) & 0xffff)
              + (bytes.getShort(28) & 0xffff);
    }
    try (Slice body = bucket.read(key, ByteRange.of(data, entry.compressed())).join()) {
      return entry.method() == DEFLATED ? inflate(body, entry) : body.toByteArray();
    }
  }

  private static byte[] inflate(Slice body, Entry entry) throws IOException {
    Inflater inflater = new Inflater(true);
    try {
      byte[] bytes = new byte[Math.toIntExact(entry.size())];
      int at = 0;
      for (ByteBuffer part : body.buffers()) {
        inflater.setInput(part);
        while (at < bytes.length && !inflater.needsInput() && !inflater.finished()) {
          at += inflater.inflate(bytes, at, bytes.length - at);
        }
      }
      if (at < bytes.length) {
        throw new IOException(
            entry.name() + " is cut short: " + at + " of " + bytes.length + " bytes");
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new IOException(entry.name() + " is damaged", e);
    } finally {
      inflater.end();
    }
  }

  /** Compares with the same entry of a local zip. */
  public void check(Entry entry, byte[] bytes, Path local) throws IOException {
    try (ZipFile zip = new ZipFile(local.toFile());
        var expected = zip.getInputStream(zip.getEntry(entry.name()))) {
      if (!Arrays.equals(bytes, expected.readAllBytes())) {
        throw new IOException(entry.name() + " differs from the local file's");
      }
    }
  }
}
