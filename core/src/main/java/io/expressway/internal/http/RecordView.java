package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DuplicatedByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a body that the encryption takes record by record. Every record is the same view moved
 * on, over the same {@link ByteBuffer}, where Netty makes one of each for every 16 KiB. Shares the
 * reference count of the memory it shows. Confined to the event loop.
 */
@SuppressWarnings("deprecation") // the one buffer of Netty's that can be built on
final class RecordView extends DuplicatedByteBuf {
  private final ByteBuf stretch;
  private final ByteBuffer memory;
  private @Nullable RecordView record;

  RecordView(ByteBuf stretch) {
    this(stretch, stretch.nioBuffer(0, stretch.capacity()));
  }

  private RecordView(ByteBuf stretch, ByteBuffer memory) {
    super(stretch);
    this.stretch = stretch;
    this.memory = memory;
  }

  @SuppressWarnings("ReferenceEquality") // equal bytes elsewhere are not these
  boolean shows(ByteBuf other) {
    return stretch == other;
  }

  /** Moves the view; nobody reads it any more where it was. */
  RecordView at(int index, int count) {
    setIndex(index, index + count);
    return this;
  }

  /** Good until the next call, which is as long as a record is looked at. */
  @Override
  public ByteBuf readSlice(int length) {
    int from = readerIndex();
    skipBytes(length);
    RecordView next = record;
    if (next == null) {
      next = new RecordView(stretch, memory);
      record = next;
    }
    return next.at(from, length);
  }

  @Override
  public int nioBufferCount() {
    return 1;
  }

  @Override
  public ByteBuffer internalNioBuffer(int index, int length) {
    return memory.clear().position(index).limit(index + length);
  }
}
