package io.expressway.internal.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Tells the transport where to receive: this is how bytes come to lie where they stay. One more
 * receive is worth its system call only when the last one was full. Confined to the event loop.
 */
@SuppressWarnings("deprecation") // RecvByteBufAllocator.Handle, which the transports still ask for
final class ReceiveHandle implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {
  private final Supplier<ByteBuf> target;
  private final BooleanSupplier expectsMore;
  private int attempted;
  private int last;

  /**
   * @param target gives the memory for the next receive, retained for the transport
   * @param expectsMore whether more bytes are awaited
   */
  ReceiveHandle(Supplier<ByteBuf> target, BooleanSupplier expectsMore) {
    this.target = target;
    this.expectsMore = expectsMore;
  }

  @Override
  public Handle newHandle() {
    return this;
  }

  @Override
  public ByteBuf allocate(ByteBufAllocator ignored) {
    return target.get();
  }

  @Override
  public int guess() {
    return Connection.HEAD_BYTES;
  }

  @Override
  public void reset(ChannelConfig config) {}

  @Override
  public void incMessagesRead(int messages) {}

  @Override
  public void lastBytesRead(int bytes) {
    last = bytes;
  }

  @Override
  public int lastBytesRead() {
    return last;
  }

  @Override
  public void attemptedBytesRead(int bytes) {
    attempted = bytes;
  }

  @Override
  public int attemptedBytesRead() {
    return attempted;
  }

  @Override
  public boolean continueReading() {
    return last > 0 && last == attempted && expectsMore.getAsBoolean();
  }

  @Override
  public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
    return continueReading();
  }

  @Override
  public void readComplete() {}
}
