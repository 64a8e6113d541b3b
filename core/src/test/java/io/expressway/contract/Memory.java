package io.expressway.contract;

import java.nio.ByteBuffer;

/** The kinds of buffer a caller may bring. */
enum Memory {
  HEAP {
    @Override
    ByteBuffer room(int size) {
      return ByteBuffer.allocate(size);
    }
  },
  DIRECT {
    @Override
    ByteBuffer room(int size) {
      return ByteBuffer.allocateDirect(size);
    }
  },
  HEAP_SLICE {
    @Override
    ByteBuffer room(int size) {
      return ByteBuffer.allocate(size + 20).slice(7, size);
    }
  },
  DIRECT_SLICE {
    @Override
    ByteBuffer room(int size) {
      return ByteBuffer.allocateDirect(size + 20).slice(7, size);
    }
  },
  HEAP_WINDOW {
    @Override
    ByteBuffer room(int size) {
      return ByteBuffer.allocate(size + 20).position(11).limit(11 + size);
    }
  },
  DIRECT_WINDOW {
    @Override
    ByteBuffer room(int size) {
      return ByteBuffer.allocateDirect(size + 20).position(11).limit(11 + size);
    }
  };

  /** A buffer with {@code size} bytes of zeros between position and limit. */
  abstract ByteBuffer room(int size);

  /** A buffer with {@code content} between position and limit. */
  final ByteBuffer holding(byte[] content) {
    ByteBuffer buffer = room(content.length);
    buffer.duplicate().put(content);
    return buffer;
  }
}
