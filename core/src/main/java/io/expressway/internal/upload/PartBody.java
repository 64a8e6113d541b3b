package io.expressway.internal.upload;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of one request: in memory, or in a file.
 *
 * @param memory each buffer from position to limit, in order; empty for a file's bytes
 * @param file where the bytes are when they are not in memory
 * @param size bytes in all
 * @param checksum their CRC as a header carries it
 * @param end run once, by whoever sends, when nothing will read the bytes any more
 */
public record PartBody(
    List<ByteBuffer> memory, Optional<FileSpan> file, long size, String checksum, Runnable end) {
  /** {@code length} bytes of a file from {@code position} on. */
  public record FileSpan(FileChannel channel, long position, long length) {}
}
