package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CachedBucket;
import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * How much heap a cached block takes: what is live with many small blocks cached, less what was
 * live before the cache was opened. Used by one thread while nothing else allocates.
 *
 * @param blocks how many were cached
 * @param bytes heap for each, everything that the cache keeps included
 */
record HeapPerBlock(long blocks, double bytes) {
  private static final int BLOCK_BYTES = 4 << 10;
  private static final int MEBIBYTE = 1 << 20;
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  /**
   * Caches whole objects in blocks of 4 KiB.
   *
   * @param bucket is left open
   */
  static HeapPerBlock measure(Bucket bucket, int objects, int objectBytes) {
    long limit = (long) objects * objectBytes * 4 / 3;
    fill(bucket, 1, objectBytes, 4L * objectBytes).close(); // loads the classes
    long before = live();
    BlockCache memory = fill(bucket, objects, objectBytes, limit);
    long blocks = memory.stats().residentBlocks();
    double each = (double) (live() - before) / blocks;
    memory.close();
    if (blocks < (long) objects * objectBytes / BLOCK_BYTES) {
      throw new IllegalStateException("only " + blocks + " blocks were kept");
    }
    return new HeapPerBlock(blocks, each);
  }

  private static BlockCache fill(Bucket bucket, int objects, int objectBytes, long limit) {
    BlockCache memory = BlockCache.offHeap(limit, BLOCK_BYTES);
    CachedBucket cached = new CachedBucket(memory, bucket);
    for (int i = 0; i < objects; i++) {
      for (int at = 0; at < objectBytes; at += MEBIBYTE) {
        cached.read(SoakContent.key(i), ByteRange.of(at, MEBIBYTE)).join().close();
      }
    }
    return memory;
  }

  /**
   * What the objects that can be reached take: exact, where the heap's own figure has gaps in it.
   */
  private static long live() {
    try {
      Object histogram =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      Matcher total = TOTAL.matcher(histogram.toString());
      if (!total.find()) {
        throw new IllegalStateException("a class histogram without a total");
      }
      return Long.parseLong(total.group(1));
    } catch (JMException e) {
      throw new IllegalStateException("this JVM counts no objects", e);
    }
  }
}
