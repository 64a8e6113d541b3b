package io.expressway.internal.upload;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A stream into an upload. Small writes are gathered, large ones go where they stay. Confined to
 * one thread at a time.
 */
final class UploadStream extends OutputStream {
  private static final int GATHERED_BYTES = 16 << 10;
  private final UploadChannel channel;
  private final ByteBuffer gathered = ByteBuffer.allocate(GATHERED_BYTES);

  UploadStream(UploadChannel channel) {
    this.channel = channel;
  }

  @Override
  public void write(int octet) throws IOException {
    if (!gathered.hasRemaining()) {
      flush();
    }
    requireOpen();
    gathered.put((byte) octet);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    Objects.checkFromIndexSize(from, count, bytes.length);
    requireOpen();
    if (count > gathered.remaining()) {
      flush();
    }
    if (count >= GATHERED_BYTES) {
      channel.write(ByteBuffer.wrap(bytes, from, count));
    } else {
      gathered.put(bytes, from, count);
    }
  }

  private void requireOpen() throws IOException {
    if (!channel.isOpen()) {
      throw new IOException("the stream is closed");
    }
  }

  /** Hands what was gathered to the upload, which need not send it yet. */
  @Override
  public void flush() throws IOException {
    if (gathered.position() > 0) {
      channel.write(gathered.flip());
      gathered.clear();
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try {
        flush();
      } finally {
        channel.close();
      }
    }
  }
}
