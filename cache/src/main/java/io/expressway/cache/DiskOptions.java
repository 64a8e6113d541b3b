package io.expressway.cache;

import java.nio.file.Path;

/**
 * Where on disk a cache keeps blocks, and how many. Immutable.
 *
 * @param directory of the cache's own; made if it is not there
 * @param limitBytes the most its files may have together
 * @param freeBytes what must stay free on the disk, whoever fills it; 1 GiB unless set
 */
public record DiskOptions(Path directory, long limitBytes, long freeBytes) {
  private static final long DEFAULT_FREE_BYTES = 1L << 30;

  /** Checks each value. */
  public DiskOptions {
    if (limitBytes < 1) {
      throw new IllegalArgumentException("limitBytes must be positive, but is " + limitBytes);
    }
    if (freeBytes < 0) {
      throw new IllegalArgumentException("freeBytes must not be negative, but is " + freeBytes);
    }
  }

  /** Up to {@code limitBytes} in a directory. */
  public static DiskOptions in(Path directory, long limitBytes) {
    return new DiskOptions(directory, limitBytes, DEFAULT_FREE_BYTES);
  }

  /** Leaves at least {@code bytes} of the disk free. */
  public DiskOptions freeBytes(long bytes) {
    return new DiskOptions(directory, limitBytes, bytes);
  }
}
