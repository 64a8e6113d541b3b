package io.expressway.spark;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a cache's own below one that all executors of a machine are given: the first that
 * nobody holds, so that whoever comes after an executor that died finds what it kept.
 */
final class ExecutorDirectory implements AutoCloseable {
  private static final int MOST = 256;

  private final Path path;
  private final FileChannel lock;

  private ExecutorDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Takes a directory.
   *
   * @throws IllegalArgumentException when none can be had
   */
  static ExecutorDirectory below(Path base) {
    try {
      for (int i = 0; i < MOST; i++) {
        Path candidate = Files.createDirectories(base.resolve("executor-" + i));
        FileChannel lock = tryLock(candidate.resolve("expressway-executor.lock"));
        if (lock != null) {
          return new ExecutorDirectory(candidate, lock);
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the cache cannot use directory " + base + ": " + e, e);
    }
    throw new IllegalArgumentException(MOST + " executors hold all directories below " + base);
  }

  private static @Nullable FileChannel tryLock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held in this JVM, by another description or another copy of this class.
    }
    channel.close();
    return null;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
