package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Receives ciphertext in large pieces and passes on whole TLS records only, so that the decryption
 * never has to join two pieces, which would copy the larger. What is left of a broken-off record,
 * less than 17 KiB, moves to the front before the next receive. Record layout: RFC 8446, 5.1.
 * Confined to the event loop.
 */
final class RecordStaging extends ChannelInboundHandlerAdapter {
  /** Enough for the short answers that uploads get; one receive that fills it makes it large. */
  private static final int SMALL_STAGE_BYTES = 32 << 10;

  private static final int STAGE_BYTES = 256 << 10;
  private static final int HEADER_BYTES = 5;

  private @Nullable ByteBuf stage;
  private int stageBytes = SMALL_STAGE_BYTES;
  private int begin;
  private int end;
  private @Nullable PlacingAllocator allocator;

  void decryptsInto(PlacingAllocator placing) {
    allocator = placing;
  }

  /** The memory for the next ciphertext, retained for the transport. */
  ByteBuf target() {
    ByteBuf current = stage;
    if (current == null) {
      current = Unpooled.directBuffer(stageBytes, stageBytes);
      stage = current;
    } else if (current.refCnt() > 1 || current.capacity() < stageBytes) {
      current = replace(current); // the decryption still holds records of the old piece
    } else if (begin > 0) {
      current.setBytes(0, current, begin, end - begin);
    }
    end -= begin;
    begin = 0;
    return current.setIndex(end, end).retain();
  }

  private ByteBuf replace(ByteBuf old) {
    ByteBuf fresh = Unpooled.directBuffer(stageBytes, stageBytes);
    fresh.setBytes(0, old, begin, end - begin);
    old.release();
    stage = fresh;
    return fresh;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      end = bytes.writerIndex();
      if (end == bytes.capacity()) {
        stageBytes = STAGE_BYTES;
      }
      int whole = wholeRecords(bytes);
      if (whole > 0) {
        ByteBuf records = bytes.retainedSlice(begin, whole);
        begin += whole;
        pass(context, records);
      }
    } finally {
      bytes.release();
    }
  }

  private int wholeRecords(ByteBuf bytes) {
    int at = begin;
    while (at + HEADER_BYTES <= end) {
      int next = at + HEADER_BYTES + bytes.getUnsignedShort(at + 3);
      if (next > end) {
        break;
      }
      at = next;
    }
    return at - begin;
  }

  private void pass(ChannelHandlerContext context, ByteBuf records) {
    PlacingAllocator placing = allocator;
    if (placing == null) {
      throw new IllegalStateException("staging without TLS");
    }
    placing.decrypting(true);
    try {
      context.fireChannelRead(records);
    } finally {
      placing.decrypting(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    context.fireChannelInactive();
    free();
  }

  private void free() {
    ByteBuf last = stage;
    stage = null;
    begin = 0;
    end = 0;
    if (last != null) {
      last.release();
    }
    PlacingAllocator placing = allocator;
    if (placing != null) {
      placing.close();
    }
  }
}
