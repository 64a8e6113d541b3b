package io.expressway.internal.http;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Event loops, shared by all buckets of one loop count and ended with the last of them. Native
 * epoll where it loads, NIO elsewhere. Safe for many threads: opening and closing hold the class
 * lock.
 */
final class EventLoops implements AutoCloseable {
  private static final Map<Integer, EventLoops> SHARED = new HashMap<>();

  /**
   * Longer than loops take to end; who closes while one of them waits for it goes on after that.
   */
  private static final long MOST_SECONDS = 5;

  private final int threads;
  private final EventLoopGroup group;
  private final Class<? extends Channel> channelType;
  private int users;

  private EventLoops(int threads) {
    this.threads = threads;
    boolean epoll = Epoll.isAvailable();
    this.group = epoll ? epollGroup(threads) : nioGroup(threads);
    this.channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  static EventLoops acquire(int threads) {
    synchronized (SHARED) {
      EventLoops loops = SHARED.computeIfAbsent(threads, EventLoops::new);
      loops.users++;
      return loops;
    }
  }

  @SuppressWarnings("deprecation") // the group that Netty 4.1 and 4.2 share
  private static EventLoopGroup epollGroup(int threads) {
    return new EpollEventLoopGroup(threads, named());
  }

  @SuppressWarnings("deprecation") // the group that Netty 4.1 and 4.2 share
  private static EventLoopGroup nioGroup(int threads) {
    return new NioEventLoopGroup(threads, named());
  }

  private static ThreadFactory named() {
    AtomicInteger number = new AtomicInteger();
    return loop -> new LoopThread(loop, "expressway-loop-" + number.getAndIncrement());
  }

  EventLoop next() {
    return group.next();
  }

  Class<? extends Channel> channelType() {
    return channelType;
  }

  /**
   * Ends the loops with their last user, and waits for their threads unless on such a one: who
   * closes a bucket may unload its classes next, which a thread that ends still needs.
   */
  @Override
  public void close() {
    synchronized (SHARED) {
      if (--users > 0) {
        return;
      }
      SHARED.remove(threads);
    }
    // No quiet period: closed buckets hand in no more work.
    Future<?> ended = group.shutdownGracefully(0, MOST_SECONDS, TimeUnit.SECONDS);
    if (!(Thread.currentThread() instanceof LoopThread)) {
      boolean unused = ended.awaitUninterruptibly(MOST_SECONDS, TimeUnit.SECONDS);
    }
  }
}
