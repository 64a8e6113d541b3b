package io.expressway.cache;

import io.expressway.ByteRange;
import io.expressway.Slice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What the fuzzer calls: has a cache find some file among its segments. Opening must not fail, and
 * what is read afterwards must be right.
 *
 * <p>The first byte of the input says what becomes of the others:
 *
 * <pre>
 *   0  they are the file
 *   1  they follow a header that is in order
 *   2  they are changes to a file that is in order, five bytes each
 *   3  they are a description that its checksum fits: only opening must not fail
 * </pre>
 */
public final class SegmentFuzz {
  private static final int BLOCK = 4 << 10;
  private static final int OBJECT_BYTES = 10_000;
  private static final int VERSION = 7;
  private static final int OBJECTS = 2;
  private static final CacheOptions IMMUTABLE =
      CacheOptions.defaults().freshness(Freshness.immutable());
  private static final Path DIRECTORY = newDirectory();
  private static final Path FILE = DIRECTORY.resolve("segment-0000000000000001.cache");
  private static final byte[] GOOD = good();

  private SegmentFuzz() {}

  /** The fuzzer's entry. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0] & 3) {
      case 0 -> open(rest, true);
      case 1 -> open(afterHeader(rest), true);
      case 2 -> open(changed(ByteBuffer.wrap(rest)), true);
      default -> open(afterHeader(described(rest)), false);
    }
  }

  /** A file as the cache writes it. */
  static byte[] goodFile() {
    return GOOD.clone();
  }

  private static Path newDirectory() {
    try {
      Path directory = Files.createTempDirectory("segment-fuzz");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
      return directory;
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static void delete(Path directory) {
    try {
      empty(directory);
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void empty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path left : files.toList()) {
        Files.delete(left);
      }
    }
  }

  private static byte[] good() {
    try {
      readAll();
      return Files.readAllBytes(FILE);
    } catch (Exception e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static BlockCache memory() {
    return BlockCache.tiered(
        32 * BLOCK, BLOCK, DiskOptions.in(DIRECTORY, 1 << 20).freeBytes(1 << 20));
  }

  private static void open(byte[] file, boolean isToBeRead) throws Exception {
    empty(DIRECTORY);
    Files.write(FILE, file);
    if (isToBeRead) {
      readAll();
    } else {
      memory().close();
    }
  }

  private static void readAll() throws Exception {
    int[] versions = new int[OBJECTS];
    Arrays.fill(versions, VERSION);
    try (BlockCache memory = memory();
        CachedBucket bucket =
            new CachedBucket(memory, MadeBucket.of(OBJECT_BYTES, versions), IMMUTABLE)) {
      for (int object = 0; object < OBJECTS; object++) {
        for (ByteRange range : List.of(ByteRange.of(5000, 2000), ByteRange.all())) {
          read(bucket, object, range);
        }
      }
    }
  }

  private static void read(CachedBucket bucket, int object, ByteRange range) throws Exception {
    try (Slice slice = bucket.read(MadeBucket.key(object), range).get(30, TimeUnit.SECONDS)) {
      long from = Resolved.from(range, OBJECT_BYTES);
      long length = Resolved.to(range, OBJECT_BYTES) - from;
      ByteBuffer right = MadeBucket.content(object, VERSION, from, length);
      if (!right.equals(ByteBuffer.wrap(slice.toByteArray()))) {
        throw new AssertionError("wrong bytes of object " + object + " in " + range);
      }
    }
  }

  private static byte[] afterHeader(byte[] rest) {
    byte[] file = Arrays.copyOf(GOOD, Segment.HEADER_BYTES + rest.length);
    System.arraycopy(rest, 0, file, Segment.HEADER_BYTES, rest.length);
    return file;
  }

  /** Flips a bit, cuts the file, sets a byte or copies some, wherever the changes say. */
  private static byte[] changed(ByteBuffer changes) {
    byte[] file = goodFile();
    while (changes.remaining() >= 5 && file.length > 0) {
      int what = changes.get();
      int at = Short.toUnsignedInt(changes.getShort()) % file.length;
      int other = Short.toUnsignedInt(changes.getShort());
      switch (what & 3) {
        case 0 -> file[at] ^= (byte) (1 << (other & 7));
        case 1 -> file = Arrays.copyOf(file, at);
        case 2 -> file[at] = (byte) other;
        default -> {
          int from = other % file.length;
          System.arraycopy(file, from, file, at, Math.min(64, file.length - Math.max(at, from)));
        }
      }
    }
    return file;
  }

  /** A record's prefix, such a description, and something for a payload. */
  private static byte[] described(byte[] description) {
    return ByteBuffer.allocate(DiskRecord.PREFIX_BYTES + description.length + BLOCK)
        .put(GOOD, Segment.HEADER_BYTES, Integer.BYTES)
        .putInt(description.length)
        .putInt(DiskRecord.crcOf(ByteBuffer.wrap(description)))
        .put(description)
        .array();
  }

  /** The description of the good file's first record. */
  static byte[] goodDescription() {
    ByteBuffer file = ByteBuffer.wrap(GOOD);
    byte[] description = new byte[file.getInt(Segment.HEADER_BYTES + Integer.BYTES)];
    file.get(Segment.HEADER_BYTES + DiskRecord.PREFIX_BYTES, description);
    return description;
  }
}
