package io.expressway.internal.http;

import java.nio.ByteBuffer;
import java.util.List;

/** Where a read puts its bytes: memory of ours that is lent, or memory of the caller's. */
interface ReadTarget {
  /** Memory for {@code length} bytes, to be filled from its first byte on. */
  ReceiveBuffer memory(int length);

  /** Whether the bytes may stay where they were received. */
  boolean maySlice();

  /** Whether the bytes are received where the caller wants them. */
  boolean isOfCaller();

  /** The most bytes it takes. */
  long capacity();

  /** Memory of our own, lent as a slice. */
  static ReadTarget lent(ReceiveMemory memory) {
    return new ReadTarget() {
      @Override
      public ReceiveBuffer memory(int length) {
        return memory.take(length);
      }

      @Override
      public boolean maySlice() {
        return true;
      }

      @Override
      public boolean isOfCaller() {
        return false;
      }

      @Override
      public long capacity() {
        return Integer.MAX_VALUE - 64;
      }
    };
  }

  /** Several direct buffers of the caller's, each from its position on, in their order. */
  static ReadTarget scattered(List<ByteBuffer> targets, ReceiveMemory memory) {
    long room = targets.stream().mapToLong(ByteBuffer::remaining).sum();
    return new ReadTarget() {
      @Override
      public ReceiveBuffer memory(int length) {
        ReceiveBuffer first = null;
        ReceiveBuffer last = null;
        int left = length;
        for (ByteBuffer target : targets) {
          int size = Math.min(target.remaining(), left);
          if (size > 0) {
            ReceiveBuffer piece = ReceiveBuffer.over(target.slice(target.position(), size));
            if (last == null) {
              first = piece;
            } else {
              last.linkTo(piece);
            }
            last = piece;
            left -= size;
          }
        }
        return first == null ? memory.take(1) : first;
      }

      @Override
      public boolean maySlice() {
        return false;
      }

      @Override
      public boolean isOfCaller() {
        return true;
      }

      @Override
      public long capacity() {
        return room;
      }
    };
  }

  /** The caller's buffer from its position on; a heap buffer is filled through one of ours. */
  static ReadTarget into(ByteBuffer target, ReceiveMemory memory) {
    int room = target.remaining();
    return new ReadTarget() {
      @Override
      public ReceiveBuffer memory(int length) {
        return target.isDirect()
            ? ReceiveBuffer.over(target.slice(target.position(), length))
            : memory.take(length);
      }

      @Override
      public boolean maySlice() {
        return false;
      }

      @Override
      public boolean isOfCaller() {
        return target.isDirect();
      }

      @Override
      public long capacity() {
        return room;
      }
    };
  }
}
