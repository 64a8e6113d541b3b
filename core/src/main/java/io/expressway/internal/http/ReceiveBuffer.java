package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One piece of direct memory that bytes are received into, and the piece that follows it when a
 * body goes to several. It goes back to where it came from when run as a lease's last release, and
 * with it what follows. One owner at a time.
 */
final class ReceiveBuffer implements Runnable {
  private final ByteBuf transport;
  private final ByteBuffer view;
  private final @Nullable ReceiveMemory home;
  private @Nullable ReceiveBuffer next;

  ReceiveBuffer(ByteBuf transport, @Nullable ReceiveMemory home) {
    this.transport = transport;
    this.view = transport.nioBuffer(0, transport.capacity());
    this.home = home;
  }

  /** The caller's own direct memory; giving it back frees nothing. */
  static ReceiveBuffer over(ByteBuffer memory) {
    return new ReceiveBuffer(Unpooled.wrappedBuffer(memory), null);
  }

  /** Goes on in {@code following} once this one is full. */
  void linkTo(ReceiveBuffer following) {
    next = following;
  }

  /** Where the body goes on once this one is full. */
  @Nullable ReceiveBuffer next() {
    return next;
  }

  /** The memory as the transport and the decryption write it; the caller sets both indices. */
  ByteBuf transport() {
    return transport;
  }

  int capacity() {
    return view.capacity();
  }

  /** The bytes {@code [offset, offset + length)} as they will be lent. */
  ByteBuffer lend(int offset, int length) {
    return view.slice(offset, length);
  }

  /** Copies bytes in, for what could not be received in place. */
  void put(int offset, byte[] source, int from, int length) {
    view.put(offset, source, from, length);
  }

  /** Copies bytes in, for what could not be received in place. */
  void put(int offset, ReceiveBuffer source, int from, int length) {
    view.put(offset, source.view, from, length);
  }

  /** Gives the memory back. */
  @Override
  public void run() {
    ReceiveBuffer following = next;
    next = null;
    if (following != null) {
      following.run();
    }
    if (home == null) {
      transport.release();
    } else {
      home.give(this);
    }
  }
}
