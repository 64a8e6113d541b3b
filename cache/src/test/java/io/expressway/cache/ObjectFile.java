package io.expressway.cache;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Slice;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.ParquetFileRange;
import org.apache.parquet.io.SeekableInputStream;

/** An object as parquet-java reads files: what it asks for together is asked for together. */
final class ObjectFile implements InputFile, AutoCloseable {
  private final ObjectReader reader;

  ObjectFile(Bucket bucket, String key) {
    this.reader = ObjectReader.open(bucket, key);
  }

  @Override
  public long getLength() throws IOException {
    return reader.size();
  }

  /** One at a time: all share the reader's position. */
  @Override
  public SeekableInputStream newStream() {
    return new Stream(reader);
  }

  @Override
  public void close() {
    reader.close();
  }

  /** The reader behind Parquet's methods. */
  private static final class Stream extends SeekableInputStream {
    private final ObjectReader reader;
    private final byte[] single = new byte[1];

    Stream(ObjectReader reader) {
      this.reader = reader;
    }

    @Override
    public long getPos() throws IOException {
      return reader.position();
    }

    @Override
    public void seek(long place) throws IOException {
      reader.position(place);
    }

    @Override
    public int read() throws IOException {
      return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      return reader.read(ByteBuffer.wrap(target, from, length));
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      return reader.read(target);
    }

    @Override
    public void readFully(byte[] target) throws IOException {
      readFully(ByteBuffer.wrap(target));
    }

    @Override
    public void readFully(byte[] target, int from, int length) throws IOException {
      readFully(ByteBuffer.wrap(target, from, length));
    }

    @Override
    public void readFully(ByteBuffer target) throws IOException {
      while (target.hasRemaining()) {
        if (reader.read(target) < 0) {
          throw new EOFException(target.remaining() + " bytes beyond the end of " + reader);
        }
      }
    }

    @Override
    public boolean readVectoredAvailable(ByteBufferAllocator allocator) {
      return true;
    }

    @Override
    public void readVectored(List<ParquetFileRange> ranges, ByteBufferAllocator allocator)
        throws IOException {
      List<CompletableFuture<Slice>> slices =
          reader.readAll(
              ranges.stream()
                  .map(range -> ByteRange.of(range.getOffset(), range.getLength()))
                  .toList());
      for (int i = 0; i < slices.size(); i++) {
        ranges.get(i).setDataReadFuture(slices.get(i).thenApply(slice -> copied(slice, allocator)));
      }
    }

    private static ByteBuffer copied(Slice slice, ByteBufferAllocator allocator) {
      try (slice) {
        ByteBuffer copy = allocator.allocate((int) slice.length());
        slice.copyTo(copy);
        return copy.flip();
      }
    }
  }
}
