package io.expressway.internal.upload;

import io.expressway.internal.upload.PartBody.FileSpan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Bytes given to an upload by one write, on their way into parts. */
interface Feed {
  long remaining();

  /** Whether the part needs memory to take what comes next. */
  boolean needsRoom(Part part);

  /** Puts as much as fits into the part. */
  void pour(Part part) throws IOException;

  /** Bytes that are copied. */
  record Copied(ByteBuffer bytes) implements Feed {
    @Override
    public long remaining() {
      return bytes.remaining();
    }

    @Override
    public boolean needsRoom(Part part) {
      return true;
    }

    @Override
    public void pour(Part part) {
      part.copy(bytes);
    }
  }

  /** Bytes that parts read where they are, until they are sent: the write holds them, and parts. */
  abstract class Held implements Feed {
    private final AtomicInteger holders = new AtomicInteger(1);
    private final CompletableFuture<Void> free = new CompletableFuture<>();

    /** Completes when no part reads the bytes any more, once the write itself let go. */
    final CompletableFuture<Void> free() {
      return free;
    }

    final Runnable hold() {
      holders.incrementAndGet();
      return this::letGo;
    }

    /** One holder less. */
    final void letGo() {
      if (holders.decrementAndGet() == 0) {
        free.complete(null);
      }
    }
  }

  /** Bytes that are sent from where they lie. */
  final class Lent extends Held {
    private final ByteBuffer bytes;

    Lent(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    @Override
    public long remaining() {
      return bytes.remaining();
    }

    @Override
    public boolean needsRoom(Part part) {
      return false;
    }

    @Override
    public void pour(Part part) {
      part.lend(bytes, hold());
    }
  }

  /**
   * Bytes of a file. A whole part is read once for its CRC and then sent by the kernel, where the
   * wire can; what is less goes through memory.
   */
  final class OfFile extends Held {
    private static final int LOOK_BYTES = 256 << 10;
    private final FileChannel channel;
    private final boolean sendsFiles;
    private @Nullable ByteBuffer looked;
    private long position;
    private long left;

    OfFile(FileChannel channel, long position, long length, boolean sendsFiles) {
      this.channel = channel;
      this.position = position;
      this.left = length;
      this.sendsFiles = sendsFiles;
    }

    @Override
    public long remaining() {
      return left;
    }

    @Override
    public boolean needsRoom(Part part) {
      return !isWhole(part);
    }

    private boolean isWhole(Part part) {
      return sendsFiles && part.size() == 0 && !part.hasRoom() && part.left() <= left;
    }

    @Override
    public void pour(Part part) throws IOException {
      if (isWhole(part)) {
        lookAt(part);
      } else {
        read(part);
      }
    }

    private void lookAt(Part part) throws IOException {
      long length = part.left();
      long end = position + length;
      ByteBuffer scratch = looked == null ? ByteBuffer.allocateDirect(LOOK_BYTES) : looked;
      looked = scratch;
      for (long at = position; at < end; ) {
        scratch.clear().limit((int) Math.min(scratch.capacity(), end - at));
        at += readAt(scratch, at);
        part.look(scratch.flip());
      }
      part.file(new FileSpan(channel, position, length), hold());
      position = end;
      left -= length;
    }

    private void read(Part part) throws IOException {
      while (left > 0 && part.left() > 0) {
        ByteBuffer chunk = part.chunk();
        int limit = chunk.limit();
        long room = Math.min(chunk.remaining(), Math.min(left, part.left()));
        chunk.limit(chunk.position() + (int) room);
        int count = readAt(chunk, position);
        chunk.limit(limit);
        part.filled(count);
        position += count;
        left -= count;
      }
    }

    private int readAt(ByteBuffer target, long at) throws IOException {
      int count = channel.read(target, at);
      if (count < 0) {
        throw new IOException("the file ends at byte " + at + ", " + left + " bytes too early");
      }
      return count;
    }
  }
}
