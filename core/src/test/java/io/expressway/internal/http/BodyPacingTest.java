package io.expressway.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.channels.ClosedChannelException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How a large body reaches the encryption: in pieces, as the socket takes them. */
final class BodyPacingTest {
  private static final int SIZE = 10 * BodyPacing.PIECE_BYTES + 77;

  /** A socket that takes nothing until it is told to. */
  private static final class Socket extends ChannelOutboundHandlerAdapter {
    private boolean open;

    @Override
    public void flush(ChannelHandlerContext context) {
      if (open) {
        context.flush();
      }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      context.write(message, promise);
    }
  }

  private final Socket socket = new Socket();
  private final BodyPacing pacing = new BodyPacing();
  private final EmbeddedChannel channel = new EmbeddedChannel(socket, pacing);

  private static ByteBuf body() {
    byte[] bytes = new byte[SIZE];
    new SplittableRandom(3).nextBytes(bytes);
    return Unpooled.wrappedBuffer(bytes);
  }

  private int waiting() {
    return (int) channel.unsafe().outboundBuffer().totalPendingWriteBytes();
  }

  @Test
  void noMoreThanTheSocketTakes() {
    ByteBuf body = body();
    ChannelFuture sent = channel.writeAndFlush(body);

    assertThat(waiting()).isBetween(1, 2 * BodyPacing.PIECE_BYTES);
    assertThat(pacing.left()).isGreaterThan(8 * BodyPacing.PIECE_BYTES);
    assertThat(sent.isDone()).isFalse();

    socket.open = true;
    channel.flush();
    channel.runPendingTasks();

    assertThat(sent.isSuccess()).isTrue();
    assertThat(pacing.left()).isZero();
    ByteBuf all = Unpooled.buffer(SIZE);
    for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
      assertThat(piece.readableBytes()).isLessThanOrEqualTo(BodyPacing.PIECE_BYTES);
      all.writeBytes(piece);
      piece.release();
    }
    ByteBuf expected = body();
    assertThat(all).isEqualTo(expected);
    assertThat(body.refCnt()).isZero();
  }

  @Test
  void whatIsSmallPassesAtOnce() {
    socket.open = true;
    ByteBuf small = Unpooled.wrappedBuffer(new byte[100]);
    assertThat(channel.writeAndFlush(small).isSuccess()).isTrue();
    ByteBuf passed = channel.readOutbound();
    assertThat(passed).isSameAs(small);
    passed.release();
  }

  @Test
  void aClosedConnectionGivesTheBodyBack() {
    ByteBuf body = body();
    ChannelFuture sent = channel.writeAndFlush(body);
    channel.close();
    channel.runPendingTasks();
    assertThat(sent.cause()).isInstanceOf(ClosedChannelException.class);
    channel.releaseOutbound();
    assertThat(body.refCnt()).isZero();
  }

  @Test
  void oneBodyAtATime() {
    ByteBuf first = body();
    ByteBuf second = body();
    ChannelFuture firstSent = channel.write(first);
    ChannelFuture secondSent = channel.write(second);
    assertThat(secondSent.cause()).hasMessageContaining("still on its way");
    assertThat(second.refCnt()).isZero();
    channel.close();
    channel.runPendingTasks();
    assertThat(firstSent.isSuccess()).isFalse();
    channel.releaseOutbound();
    assertThat(first.refCnt()).isZero();
  }
}
