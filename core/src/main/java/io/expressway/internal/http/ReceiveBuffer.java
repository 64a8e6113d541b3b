package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One piece of direct memory that bytes are received into. It goes back to where it came from when
 * run as a lease's last release. One owner at a time.
 */
final class ReceiveBuffer implements Runnable {
  private final ByteBuf transport;
  private final ByteBuffer view;
  private final @Nullable ReceiveMemory home;

  ReceiveBuffer(ByteBuf transport, @Nullable ReceiveMemory home) {
    this.transport = transport;
    this.view = transport.nioBuffer(0, transport.capacity());
    this.home = home;
  }

  /** The caller's own direct memory; giving it back frees nothing. */
  static ReceiveBuffer over(ByteBuffer memory) {
    return new ReceiveBuffer(Unpooled.wrappedBuffer(memory), null);
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
    if (home == null) {
      transport.release();
    } else {
      home.give(this);
    }
  }
}
