package io.expressway;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;

/** Reads lent bytes in order. Confined to one thread. */
final class SliceInputStream extends InputStream {
  private final Slice slice;
  private final ArrayDeque<ByteBuffer> rest = new ArrayDeque<>();

  SliceInputStream(Slice slice, List<ByteBuffer> memory) {
    this.slice = slice;
    memory.forEach(part -> rest.add(part.duplicate()));
  }

  @Override
  public int read() {
    return advance() ? rest.getFirst().get() & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!advance()) {
      return -1;
    }
    int count = Math.min(length, rest.getFirst().remaining());
    rest.getFirst().get(target, offset, count);
    return count;
  }

  @Override
  public int available() {
    return advance() ? rest.getFirst().remaining() : 0;
  }

  private boolean advance() {
    slice.requireOpen();
    while (!rest.isEmpty() && !rest.getFirst().hasRemaining()) {
      rest.removeFirst();
    }
    return !rest.isEmpty();
  }
}
