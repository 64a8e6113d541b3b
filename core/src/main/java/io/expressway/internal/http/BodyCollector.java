package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a small body on the heap: XML and errors. Understands lengths, chunks (RFC 9112, 7.1) and
 * bodies that end with their connection. Confined to one event loop.
 */
final class BodyCollector {
  private static final int LARGEST_DOCUMENT = 64 << 20;
  private static final int LARGEST_ERROR = 64 << 10;

  private enum Chunk {
    SIZE,
    DATA,
    DATA_END,
    TRAILER,
    DONE
  }

  private static final byte[] NOTHING = {};
  private @Nullable StringBuilder line;
  private @Nullable ByteArrayOutputStream body;
  private final boolean chunked;
  private final long length;
  private final int limit;
  private Chunk at = Chunk.SIZE;
  private long chunkLeft;

  /** {@code length} is -1 when the head does not tell it. */
  BodyCollector(boolean chunked, long length, boolean good) {
    this.chunked = chunked;
    this.length = length;
    this.limit = good ? LARGEST_DOCUMENT : LARGEST_ERROR;
  }

  void add(ByteBuf bytes, int from, int count) throws ResponseHead.MalformedHead {
    if (chunked) {
      addChunked(bytes, from, from + count);
    } else {
      keep(bytes, from, count);
    }
  }

  private void keep(ByteBuf bytes, int from, int count) throws ResponseHead.MalformedHead {
    if (size() + (long) count > limit) {
      throw new ResponseHead.MalformedHead("a document of more than " + limit + " bytes");
    }
    if (count > 0) {
      byte[] copy = new byte[count];
      bytes.getBytes(from, copy);
      if (body == null) {
        body = new ByteArrayOutputStream((int) Math.min(Math.max(length, count), LARGEST_ERROR));
      }
      body.writeBytes(copy);
    }
  }

  private void addChunked(ByteBuf bytes, int from, int to) throws ResponseHead.MalformedHead {
    int i = from;
    while (i < to && at != Chunk.DONE) {
      if (at == Chunk.DATA) {
        int count = (int) Math.min(chunkLeft, to - i);
        keep(bytes, i, count);
        chunkLeft -= count;
        i += count;
        at = chunkLeft == 0 ? Chunk.DATA_END : Chunk.DATA;
      } else {
        addLineByte((char) bytes.getByte(i++));
      }
    }
  }

  private void addLineByte(char octet) throws ResponseHead.MalformedHead {
    StringBuilder said = line == null ? new StringBuilder() : line;
    line = said;
    if (octet != '\n') {
      if (said.length() > 1024) {
        throw new ResponseHead.MalformedHead("a chunk line does not end");
      }
      said.append(octet);
      return;
    }
    String text = said.toString().strip();
    said.setLength(0);
    switch (at) {
      case SIZE -> beginChunk(text);
      case DATA_END -> at = Chunk.SIZE;
      default -> at = text.isEmpty() ? Chunk.DONE : Chunk.TRAILER;
    }
  }

  private void beginChunk(String text) throws ResponseHead.MalformedHead {
    int extension = text.indexOf(';');
    String size = extension < 0 ? text : text.substring(0, extension).strip();
    try {
      chunkLeft = Long.parseLong(size, 16);
    } catch (NumberFormatException e) {
      throw new ResponseHead.MalformedHead("a chunk's size is no number: " + e.getMessage());
    }
    at = chunkLeft == 0 ? Chunk.TRAILER : Chunk.DATA;
  }

  private int size() {
    return body == null ? 0 : body.size();
  }

  boolean isComplete() {
    return chunked ? at == Chunk.DONE : length >= 0 && size() >= length;
  }

  boolean endsWithConnection() {
    return !chunked && length < 0;
  }

  byte[] bytes() {
    return body == null ? NOTHING : body.toByteArray();
  }
}
