package io.expressway.cache;

import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a segment file says of one block: whose it is, where it lies and what its bytes add up to. A
 * record describes itself, so that the files alone are enough to find everything again.
 *
 * <pre>
 *   int   magic 'XPB1'
 *   int   bytes of the description
 *   int   CRC32C of the description
 *   ...   the description: bucket, object, index, place, length and CRC32C of the payload
 *   ...   the payload
 * </pre>
 *
 * @param bucket the bucket's name
 * @param info the object, its version included
 * @param index which block of the object; {@link #GONE} says that the object is not to be used
 * @param begin where in the block the payload begins
 * @param length bytes of payload
 * @param crc CRC32C of the payload
 */
record DiskRecord(String bucket, ObjectInfo info, int index, int begin, int length, int crc) {
  static final int GONE = -1;
  static final int PREFIX_BYTES = 12;
  private static final int MAGIC = 0x58504231;
  private static final int LONGEST_DESCRIPTION = 64 << 10;

  /** A record that takes back what was said of the key before. */
  static DiskRecord gone(String bucket, String key) {
    ObjectInfo nothing = new ObjectInfo(key, 0, new ObjectVersion("gone"), Instant.EPOCH);
    return new DiskRecord(bucket, nothing, GONE, 0, 0, 0);
  }

  /** Whether it can be of an object in such blocks: what a file says is not simply believed. */
  boolean isOf(int blockBytes) {
    int page = blockBytes / Pages.PER_BLOCK;
    long start = (long) index * blockBytes;
    return index == GONE
        || (index >= 0
            && begin >= 0
            && begin % page == 0
            && length > 0
            && length <= blockBytes - begin
            && start + begin + length <= info.size()
            && (length % page == 0 || start + begin + length == info.size()));
  }

  static int crcOf(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  /** Everything before the payload. */
  ByteBuffer head() {
    byte[] description = description();
    ByteBuffer head = ByteBuffer.allocate(PREFIX_BYTES + description.length);
    return head.putInt(MAGIC)
        .putInt(description.length)
        .putInt(crcOf(ByteBuffer.wrap(description)))
        .put(description)
        .flip();
  }

  private byte[] description() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(bucket);
      out.writeUTF(info.key());
      out.writeUTF(info.version().tag());
      out.writeLong(info.size());
      out.writeLong(info.lastModified().getEpochSecond());
      out.writeBoolean(info.contentType().isPresent());
      out.writeUTF(info.contentType().orElse(""));
      out.writeInt(info.metadata().size());
      for (Map.Entry<String, String> entry : info.metadata().entrySet()) {
        out.writeUTF(entry.getKey());
        out.writeUTF(entry.getValue());
      }
      out.writeInt(index);
      out.writeInt(begin);
      out.writeInt(length);
      out.writeInt(crc);
    } catch (IOException e) {
      throw new IllegalStateException("an object of memory cannot be described: " + info, e);
    }
    return bytes.toByteArray();
  }

  /** How long the description is that the prefix announces; -1 when it is no record's. */
  static int descriptionBytes(ByteBuffer prefix) {
    int length = prefix.getInt(4);
    return prefix.getInt(0) == MAGIC && length > 0 && length <= LONGEST_DESCRIPTION ? length : -1;
  }

  /** The record of a prefix and its description; absent when the bytes are not what was written. */
  static Optional<DiskRecord> parse(ByteBuffer prefix, ByteBuffer description) {
    if (crcOf(description) != prefix.getInt(8)) {
      return Optional.empty();
    }
    try (DataInputStream in =
        new DataInputStream(
            new ByteArrayInputStream(
                description.array(), description.arrayOffset(), description.remaining()))) {
      return Optional.of(parse(in));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // the checksum fits what is no description of ours
    }
  }

  private static DiskRecord parse(DataInputStream in) throws IOException {
    String bucket = in.readUTF();
    String key = in.readUTF();
    ObjectVersion version = new ObjectVersion(in.readUTF());
    long size = in.readLong();
    Instant modified = Instant.ofEpochSecond(in.readLong());
    boolean typed = in.readBoolean();
    String type = in.readUTF();
    Map<String, String> metadata = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      metadata.put(in.readUTF(), in.readUTF());
    }
    ObjectInfo info =
        new ObjectInfo(
            key,
            size,
            version,
            modified,
            typed ? Optional.of(type) : Optional.empty(),
            Map.copyOf(metadata));
    return new DiskRecord(bucket, info, in.readInt(), in.readInt(), in.readInt(), in.readInt());
  }
}
