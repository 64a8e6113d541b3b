package io.expressway.cache;

import io.expressway.ByteRange;
import io.expressway.Slice;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A process that reads through a cache with a disk tier, says how many blocks it has written, and
 * goes on until it is killed. It checks all that it reads and ends when something is wrong.
 *
 * <p>Fifty of them have to start within seconds: the bucket is in the process.
 */
final class KilledReader {
  static final int OBJECTS = 4;
  private static final int OBJECT_BYTES = 300_000;
  private static final int BLOCK = 32 << 10;
  private static final long MEMORY_BYTES = 24L * BLOCK;

  /** Little more than the objects have: old files are deleted all the time. */
  private static final long DISK_BYTES = 3 << 19;

  private final int[] versions;
  private final BlockCache memory;
  private final CachedBucket bucket;

  private KilledReader(Path directory, int[] versions) {
    this.versions = versions;
    this.memory =
        BlockCache.tiered(
            MEMORY_BYTES, BLOCK, DiskOptions.in(directory, DISK_BYTES).freeBytes(1 << 20));
    this.bucket = new CachedBucket(memory, MadeBucket.of(OBJECT_BYTES, versions));
  }

  /**
   * Arguments: directory, another to load all classes with, seed. Opens the directory once it is
   * told, in one line, the version of each object.
   */
  public static void main(String[] args) {
    try {
      new KilledReader(Path.of(args[1]), new int[OBJECTS]).readAll();
      String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      if (line == null) {
        return;
      }
      int[] versions = Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
      KilledReader reader = new KilledReader(Path.of(args[0]), versions);
      reader.readAll();
      System.out.println("found " + reader.memory.stats().diskHits());
      reader.readOn(new SplittableRandom(Long.parseLong(args[2])));
    } catch (Throwable e) {
      System.out.println("wrong: " + e);
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  /** Block by block: what is on disk comes from there. */
  private void readAll() throws Exception {
    for (int object = 0; object < OBJECTS; object++) {
      for (int from = 0; from < OBJECT_BYTES; from += BLOCK) {
        read(object, from, Math.min(BLOCK, OBJECT_BYTES - from));
      }
    }
  }

  private void readOn(SplittableRandom random) throws Exception {
    while (true) {
      int object = random.nextInt(OBJECTS);
      if (random.nextInt(30) == 0) {
        bucket.evict(MadeBucket.key(object));
      }
      int from = random.nextInt(OBJECT_BYTES / Long.BYTES) * Long.BYTES;
      int length = Long.BYTES * (1 + random.nextInt(2 * BLOCK / Long.BYTES));
      read(object, from, Math.min(length, OBJECT_BYTES - from));
      CacheStats stats = memory.stats();
      System.out.println("wrote " + stats.diskWrites() + " failed " + stats.diskErrors());
    }
  }

  private void read(int object, int from, int length) throws Exception {
    try (Slice slice =
        bucket.read(MadeBucket.key(object), ByteRange.of(from, length)).get(30, TimeUnit.SECONDS)) {
      byte[] bytes = slice.toByteArray();
      if (!Arrays.equals(
          bytes, MadeBucket.content(object, versions[object], from, length).array())) {
        throw new AssertionError(
            "object "
                + object
                + " of version "
                + versions[object]
                + " from "
                + from
                + " is not what it was");
      }
    }
  }
}
