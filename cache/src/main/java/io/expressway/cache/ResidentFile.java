package io.expressway.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a finished file as far as the system has them in memory: who wants those can read
 * them where it stands, without waiting for a disk or for another thread.
 *
 * <p>The kernel is asked by way of a mapping through which nobody reads, so that a file that
 * somebody cuts short costs a read and not the process.
 *
 * <p>Thread: safe for many. A reader that is interrupted closes the channel, as the JDK has it,
 * which is therefore used for nothing else.
 */
final class ResidentFile implements Closeable {
  private final FileChannel channel;
  private final Mapping pages;

  private ResidentFile(FileChannel channel, Mapping pages) {
    this.channel = channel;
    this.pages = pages;
  }

  /** The file as it is; null where the kernel cannot be asked about it. */
  static @Nullable ResidentFile open(Path file) throws IOException {
    if (!Mapping.isPossible()) {
      return null;
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new ResidentFile(channel, Mapping.of(channel));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether all of it was in memory a moment ago. */
  boolean has(long from, int length) {
    return pages.isInMemory(from, length);
  }

  /** Reads until {@code target} is full, and flips it; false when the file ends before. */
  boolean read(ByteBuffer target, long from) throws IOException {
    return Segment.fill(channel, target, from);
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** Reads under way fail. */
  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      pages.close();
    }
  }
}
