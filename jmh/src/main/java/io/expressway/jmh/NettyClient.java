package io.expressway.jmh;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What Netty takes by itself, on one event loop: a ready-made request is sent, the answer counted
 * and dropped. It signs nothing, checks nothing and keeps nothing. Safe for many threads.
 */
final class NettyClient implements RangeClient {
  private static final int LEAST_RECEIVED = 2 << 10;
  private static final int RECEIVED_AT_FIRST = 8 << 10;
  private static final int MOST_RECEIVED = 1 << 20;

  /** How an event loop learns of bytes. */
  enum Transport {
    NIO(NioSocketChannel.class),
    EPOLL(EpollSocketChannel.class),
    IO_URING(IoUringSocketChannel.class);

    private final Class<? extends Channel> channel;

    Transport(Class<? extends Channel> channel) {
      this.channel = channel;
    }

    private IoHandlerFactory handlers() {
      return switch (this) {
        case NIO -> NioIoHandler.newFactory();
        case EPOLL -> EpollIoHandler.newFactory();
        case IO_URING -> IoUringIoHandler.newFactory();
      };
    }
  }

  private final ServerAddress server;
  private final MultiThreadIoEventLoopGroup loop;
  private final Bootstrap bootstrap;
  private final ArrayDeque<Exchanges> idle = new ArrayDeque<>();
  private final Map<Integer, byte[]> requests = new ConcurrentHashMap<>();

  NettyClient(ServerAddress server, Transport transport) {
    this.server = server;
    loop = new MultiThreadIoEventLoopGroup(1, transport.handlers());
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(transport.channel)
            .remoteAddress(server.endpoint().getHost(), server.endpoint().getPort())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(LEAST_RECEIVED, RECEIVED_AT_FIRST, MOST_RECEIVED));
  }

  @Override
  public long read(int length) {
    return start(length).join();
  }

  @Override
  public CompletableFuture<Long> start(int length) {
    Exchanges connection = take();
    byte[] request = requests.computeIfAbsent(length, n -> SignedRequest.of(server, n));
    CompletableFuture<Long> received = connection.exchange(request, length);
    return received.thenApply(
        count -> {
          synchronized (idle) {
            idle.push(connection);
          }
          return count;
        });
  }

  private Exchanges take() {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    Exchanges connection = new Exchanges();
    bootstrap.clone().handler(connection).connect().syncUninterruptibly();
    return connection;
  }

  @Override
  public void close() {
    loop.shutdownGracefully().syncUninterruptibly();
  }

  /** Of one connection, one after the other. Started anywhere, confined to the loop after that. */
  private static final class Exchanges extends SimpleChannelInboundHandler<ByteBuf> {
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_AT = 9;

    private @Nullable Channel channel;
    private @Nullable CompletableFuture<Long> waiter;
    private int length;
    private long received;
    private int headBytes;
    private int matched;

    CompletableFuture<Long> exchange(byte[] request, int bodyLength) {
      CompletableFuture<Long> answer = new CompletableFuture<>();
      Channel open = Objects.requireNonNull(channel, "it is used when it is connected");
      open.eventLoop()
          .execute(
              () -> {
                waiter = answer;
                length = bodyLength;
                received = 0;
                headBytes = 0;
                matched = 0;
                var unused = open.writeAndFlush(open.alloc().buffer().writeBytes(request));
              });
      return answer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      channel = context.channel();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      while (matched < END_OF_HEAD.length && bytes.isReadable()) {
        byte next = bytes.readByte();
        if (headBytes == STATUS_AT && next != '2') {
          fail(new IOException(bytes.toString(StandardCharsets.US_ASCII)));
        }
        headBytes++;
        matched = next == END_OF_HEAD[matched] ? matched + 1 : next == '\r' ? 1 : 0;
      }
      received += bytes.readableBytes();
      CompletableFuture<Long> answered = waiter;
      if (received >= length && answered != null) {
        waiter = null;
        answered.complete(received);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail(new ClosedChannelException());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable problem) {
      fail(problem);
    }

    private void fail(Throwable problem) {
      CompletableFuture<Long> failed = waiter;
      if (failed != null) {
        waiter = null;
        failed.completeExceptionally(problem);
      }
    }
  }
}
