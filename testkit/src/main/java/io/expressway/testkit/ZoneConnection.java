package io.expressway.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: takes requests in turn, and the next only when the last is answered. Confined to
 * its event loop.
 *
 * <pre>
 *   IDLE --head--> RECEIVING --last byte--> ANSWERING --sent--> IDLE
 * </pre>
 *
 * <p>What arrives while answering (pipelining) waits in the backlog.
 */
final class ZoneConnection extends ChannelInboundHandlerAdapter {
  private static final ByteBuf CONTINUE =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer()
              .writeBytes("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
              .asReadOnly());

  private final ZoneService zone;
  private final long number;
  private final ByteCounter received;
  private final Deque<Object> backlog = new ArrayDeque<>(2);
  private @Nullable Exchange exchange;
  private boolean answering;
  private long takenNanos;
  private @Nullable ScheduledFuture<?> idleTimer;

  ZoneConnection(ZoneService zone, long number, ByteCounter received) {
    this.zone = zone;
    this.number = number;
    this.received = received;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    armIdleTimer(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (answering) {
      backlog.addLast(message);
    } else {
      takenNanos = received.arrivedNanos();
      take(ctx, message);
    }
  }

  private void take(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpRequest request) {
        open(ctx, request);
      }
      if (message instanceof HttpContent content) {
        receive(ctx, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void open(ChannelHandlerContext ctx, HttpRequest request) {
    disarmIdleTimer();
    Exchange opened = zone.open(request);
    exchange = opened;
    boolean broken = request.decoderResult().isFailure();
    if (broken || (opened.refusal != null && opened.expectsContinue())) {
      answer(ctx, opened, true);
    } else if (opened.expectsContinue()) {
      ctx.writeAndFlush(CONTINUE.duplicate());
    }
  }

  private void receive(ChannelHandlerContext ctx, HttpContent content) {
    Exchange current = exchange;
    if (current == null) {
      return;
    }
    current.append(content.content());
    if (content instanceof LastHttpContent) {
      answer(ctx, current, "close".equalsIgnoreCase(current.headers.get("connection")));
    }
  }

  private void answer(ChannelHandlerContext ctx, Exchange current, boolean close) {
    exchange = null;
    answering = true;
    if (current.fault != null && current.fault.kind() == Fault.Kind.BLACK_HOLE) {
      zone.record(current, 0, zone.delivery(current), number);
      return;
    }
    Reply reply = zone.answer(current);
    Delivery delivery = zone.delivery(current);
    zone.record(current, reply.status(), delivery, number);
    Reply sent = close ? reply.closing() : reply;
    new Transmission(ctx, zone, sent, delivery, takenNanos, () -> next(ctx)).start();
  }

  private void next(ChannelHandlerContext ctx) {
    answering = false;
    armIdleTimer(ctx);
    while (!answering && !backlog.isEmpty()) {
      takenNanos = System.nanoTime();
      take(ctx, backlog.removeFirst());
    }
  }

  /** S3 closes connections that stay idle; off by default. */
  private void armIdleTimer(ChannelHandlerContext ctx) {
    long nanos = zone.options().idleTimeout().toNanos();
    if (nanos > 0) {
      disarmIdleTimer();
      idleTimer = ctx.executor().schedule(() -> ctx.close(), nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void disarmIdleTimer() {
    if (idleTimer != null) {
      idleTimer.cancel(false);
      idleTimer = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    disarmIdleTimer();
    backlog.forEach(ReferenceCountUtil::release);
    backlog.clear();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
