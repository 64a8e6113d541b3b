package io.expressway.testkit;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The event loops of a server: epoll where the system has it, else NIO.
 *
 * @param group the loops
 * @param listener the kind of listening channel that fits them
 */
record Loops(EventLoopGroup group, Class<? extends ServerChannel> listener) {
  static Loops start(int threads) {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new Loops(
        new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("zonal", true), io),
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
  }
}
