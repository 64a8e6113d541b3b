package io.expressway.testkit;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslContext;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Sets up each accepted connection; connection faults strike here. */
final class ZonePipeline extends ChannelInitializer<Channel> {
  private static final int MAX_REQUEST_LINE = 16 * 1024;
  private static final int MAX_HEADERS = 64 * 1024;
  private static final int MAX_PIECE = 1 << 20;

  private final ZoneService service;
  private final ChannelGroup connections;
  private final @Nullable SslContext tls;
  private final AtomicLong numbers = new AtomicLong();

  ZonePipeline(ZoneService service, ChannelGroup connections, @Nullable SslContext tls) {
    this.service = service;
    this.connections = connections;
    this.tls = tls;
  }

  @Override
  protected void initChannel(Channel channel) {
    service.meter().connectionAccepted();
    channel.closeFuture().addListener(f -> service.meter().connectionClosed());
    connections.add(channel);
    Fault fault = service.faults().strikeConnection();
    if (fault == null) {
      serve(channel);
    } else if (fault.kind() == Fault.Kind.REFUSE_CONNECTION) {
      channel.config().setAutoRead(false);
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.eventLoop().execute(() -> channel.close());
    } else {
      channel.config().setAutoRead(false);
    }
  }

  private void serve(Channel channel) {
    channel
        .config()
        .setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(512, 4096, 256 * 1024));
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    }
    ByteCounter received = new ByteCounter(service.meter());
    channel
        .pipeline()
        .addLast(
            received,
            new HttpRequestDecoder(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_REQUEST_LINE)
                    .setMaxHeaderSize(MAX_HEADERS)
                    .setMaxChunkSize(MAX_PIECE)
                    .setValidateHeaders(false)),
            new ZoneConnection(service, numbers.incrementAndGet(), received));
  }
}
