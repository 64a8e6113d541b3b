package io.expressway.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** An object from one place on. Confined to one thread at a time. */
final class ObjectStream extends InputStream {
  private final ObjectReader reader;
  private final ReadAhead ahead;
  private final byte[] single = new byte[1];
  private long position;
  private long mark;
  private boolean closed;

  ObjectStream(ObjectReader reader, ReadAhead ahead, long position) {
    this.reader = reader;
    this.ahead = ahead;
    this.position = position;
    this.mark = position;
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, target.length);
    requireOpen();
    int count = ahead.read(position, ByteBuffer.wrap(target, from, length));
    position += Math.max(0, count);
    return count;
  }

  @Override
  public byte[] readAllBytes() throws IOException {
    requireOpen();
    ahead.expectTheRest();
    return super.readAllBytes();
  }

  @Override
  public long transferTo(OutputStream target) throws IOException {
    requireOpen();
    ahead.expectTheRest();
    return super.transferTo(target);
  }

  /** Moves without reading; asks for the object's size if that is not known. */
  @Override
  public long skip(long count) throws IOException {
    requireOpen();
    long skipped = Math.max(0, Math.min(count, reader.size() - position));
    position += skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  public synchronized void mark(int limit) {
    mark = position;
  }

  @Override
  public synchronized void reset() throws IOException {
    requireOpen();
    position = mark;
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    reader.requireOpen();
  }

  @Override
  public void close() {
    closed = true;
    ahead.close();
    reader.closed(ahead);
  }
}
