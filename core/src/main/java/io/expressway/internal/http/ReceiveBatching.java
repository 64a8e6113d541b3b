package io.expressway.internal.http;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;

/**
 * How many bytes must have come before the event loop is woken for them: SO_RCVLOWAT (socket(7),
 * Linux; tcp(7) honours it in poll since 4.18). Elsewhere every segment wakes it.
 */
final class ReceiveBatching {
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVLOWAT = 18;

  private ReceiveBatching() {}

  static void wakeFor(Channel channel, int bytes) {
    if (channel instanceof EpollSocketChannel) {
      channel.config().setOption(Holder.LOW_WATER, bytes);
    }
  }

  /** Loads the native option only where there is epoll. */
  private static final class Holder {
    static final IntegerUnixChannelOption LOW_WATER =
        new IntegerUnixChannelOption("SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT);
  }
}
