package io.expressway.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends one answer the way its {@link Delivery} says. Confined to the event loop of the connection;
 * waits are timers of that loop. The body is never copied: the socket reads the store's memory.
 */
final class Transmission {
  /** A paced body goes out in pieces of this size, each when its last byte is due. */
  private static final int PACED_PIECE = 64 * 1024;

  /** A paced body up to this size goes out with its head. */
  private static final int PACED_WITH_HEAD = 16 * 1024;

  /** Time for bytes already written to leave the kernel before a reset drops them. */
  private static final long RESET_GRACE_MILLIS = 5;

  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

  private final ChannelHandlerContext ctx;
  private final ZoneService zone;
  private final Reply reply;
  private final Delivery delivery;
  private final Runnable whenDone;
  private final ByteBuffer body;
  private final long endBytes;
  private final long headDueNanos;
  private final PunctualTimer timer = PunctualTimer.ofLoop();

  /**
   * One answer.
   *
   * @param beginNanos when the request was complete: delays count from there
   * @param whenDone runs after the last byte was handed to the socket, unless the connection ends
   *     or stalls
   */
  Transmission(
      ChannelHandlerContext ctx,
      ZoneService zone,
      Reply reply,
      Delivery delivery,
      long beginNanos,
      Runnable whenDone) {
    this.ctx = ctx;
    this.zone = zone;
    this.reply = reply;
    this.delivery = delivery;
    this.headDueNanos = beginNanos + delivery.delayNanos();
    this.whenDone = whenDone;
    @Nullable ByteBuffer whole = reply.body();
    this.body = whole == null ? NOTHING : whole.duplicate();
    this.endBytes =
        delivery.cut() == null
            ? body.remaining()
            : Math.min(body.remaining(), delivery.cutAfterBytes());
  }

  void start() {
    if (delivery.immediate()) {
      send(head(), piece(body.remaining()));
      finish();
    } else {
      at(headDueNanos + smallBodyNanos(), this::begin);
    }
  }

  private void begin() {
    if (!ctx.channel().isActive()) {
      return;
    }
    if (delivery.withoutAnswer()) {
      cut();
      return;
    }
    boolean together = delivery.trickleBytes() == 0 && endBytes <= PACED_WITH_HEAD;
    boolean paced = delivery.bytesPerSecond() > 0 || delivery.trickleBytes() > 0;
    if (together || !paced) {
      send(head(), piece((int) endBytes));
      end();
    } else {
      send(head(), null);
      pump(body.position());
    }
  }

  /** Sends the pieces that are due, waits for the next, until the end; the body began at from. */
  private void pump(int from) {
    while (ctx.channel().isActive()) {
      int sent = body.position() - from;
      if (sent >= endBytes) {
        end();
        return;
      }
      int next = (int) Math.min(endBytes - sent, pieceBytes());
      long due = headDueNanos + dueNanos(sent + next);
      if (!timer.isDue(due)) {
        at(due, () -> pump(from));
        return;
      }
      send(piece(next), null);
    }
  }

  private long pieceBytes() {
    return delivery.trickleBytes() > 0 ? delivery.trickleBytes() : PACED_PIECE;
  }

  private long dueNanos(long bytes) {
    if (delivery.trickleBytes() > 0) {
      long pieces = (bytes + delivery.trickleBytes() - 1) / delivery.trickleBytes();
      return pieces * delivery.trickleNanos();
    }
    return nanosFor(bytes);
  }

  private long smallBodyNanos() {
    return delivery.trickleBytes() == 0 && endBytes > 0 && endBytes <= PACED_WITH_HEAD
        ? nanosFor(endBytes)
        : 0;
  }

  private long nanosFor(long bytes) {
    return delivery.bytesPerSecond() == 0 ? 0 : (long) (bytes * 1e9 / delivery.bytesPerSecond());
  }

  private void end() {
    if (delivery.cut() == null) {
      finish();
    } else {
      cut();
    }
  }

  private void finish() {
    if (delivery.closeAfter() || reply.close()) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(f -> ctx.close());
    } else {
      whenDone.run();
    }
  }

  private void cut() {
    if (delivery.cut() == Delivery.Cut.RESET) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(
              f ->
                  ctx.executor()
                      .schedule(() -> reset(ctx), RESET_GRACE_MILLIS, TimeUnit.MILLISECONDS));
    } else if (delivery.cut() == Delivery.Cut.FIN) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(f -> closeRaw(ctx));
    }
  }

  /** Closes with a RST: what the peer has not received is lost. */
  static void reset(ChannelHandlerContext ctx) {
    if (ctx.channel() instanceof SocketChannel socket && socket.isActive()) {
      socket.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    closeRaw(ctx);
  }

  /** Closes the socket below TLS, without a close_notify. */
  private static void closeRaw(ChannelHandlerContext ctx) {
    ChannelHandlerContext tls = ctx.pipeline().context(SslHandler.class);
    if (tls == null) {
      ctx.close();
    } else {
      tls.close();
    }
  }

  private ByteBuf head() {
    return zone.head(reply, ctx.alloc());
  }

  /** The next bytes of the body, sharing the store's memory. */
  private @Nullable ByteBuf piece(int bytes) {
    if (bytes == 0) {
      return null;
    }
    ByteBuffer slice = body.slice(body.position(), bytes);
    body.position(body.position() + bytes);
    return Unpooled.wrappedBuffer(slice);
  }

  private void send(@Nullable ByteBuf first, @Nullable ByteBuf second) {
    long bytes = 0;
    if (first != null) {
      bytes += first.readableBytes();
      ctx.write(first, ctx.voidPromise());
    }
    if (second != null) {
      bytes += second.readableBytes();
      ctx.write(second, ctx.voidPromise());
    }
    zone.meter().sent(bytes);
    ctx.flush();
  }

  private void at(long dueNanos, Runnable step) {
    timer.at(dueNanos, ctx.executor(), step);
  }
}
