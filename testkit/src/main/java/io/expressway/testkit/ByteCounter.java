package io.expressway.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Counts what a connection receives, after decryption. */
final class ByteCounter extends ChannelInboundHandlerAdapter {
  private final Meter meter;

  ByteCounter(Meter meter) {
    this.meter = meter;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      meter.received(bytes.readableBytes());
    }
    ctx.fireChannelRead(message);
  }
}
