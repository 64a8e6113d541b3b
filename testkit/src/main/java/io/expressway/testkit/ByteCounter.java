package io.expressway.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Counts and times what a connection receives, after decryption. Confined to its event loop. */
final class ByteCounter extends ChannelInboundHandlerAdapter {
  private final Meter meter;
  private long arrivedNanos;

  ByteCounter(Meter meter) {
    this.meter = meter;
  }

  /** When the last bytes came, on the scale of {@link System#nanoTime}. */
  long arrivedNanos() {
    return arrivedNanos;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      arrivedNanos = System.nanoTime();
      meter.received(bytes.readableBytes());
    }
    ctx.fireChannelRead(message);
  }
}
