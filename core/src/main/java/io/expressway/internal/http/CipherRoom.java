package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of a large body wait for the socket: a few rooms for a piece each, used in turn
 * for as long as the connection lives, where a pool would keep whole chunks of them. Confined to
 * the event loop.
 */
final class CipherRoom {
  /** As many as the water marks let wait, one on its way and one being filled. */
  private static final int ROOMS = 2;

  /** A piece and what encryption adds: TLS 1.3 less than 100 bytes a record of 16 KiB. */
  private static final int ROOM_BYTES = BodyPacing.PIECE_BYTES + (4 << 10);

  private final @Nullable ByteBuf[] rooms = new ByteBuf[ROOMS];
  private boolean closed;

  /** Memory for {@code count} bytes, from {@code otherwise} when no room is free or right. */
  ByteBuf take(int count, ByteBufAllocator otherwise) {
    if (closed || count > ROOM_BYTES || count < BodyPacing.PIECE_BYTES / 2) {
      return otherwise.directBuffer(count);
    }
    for (int i = 0; i < ROOMS; i++) {
      ByteBuf room = rooms[i];
      if (room == null) {
        room = Unpooled.directBuffer(ROOM_BYTES);
        rooms[i] = room;
      }
      if (room.refCnt() == 1) {
        return room.clear().retain();
      }
    }
    return otherwise.directBuffer(count);
  }

  /** What is still on its way stays until it has gone. */
  void close() {
    closed = true;
    for (int i = 0; i < ROOMS; i++) {
      ByteBuf room = rooms[i];
      rooms[i] = null;
      if (room != null) {
        room.release();
      }
    }
  }
}
