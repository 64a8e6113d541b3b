package io.expressway.internal.http;

import io.expressway.ThrottledException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one bucket: the lowest-numbered idle one is used first, so that those beyond
 * need fall idle and are closed by the service.
 *
 * <p>Each connection owns a numbered slot; two sets of numbers say which slots hold an idle
 * connection and which hold none. Requests beyond the limit wait in a bounded queue until their
 * deadline. Lock-free: taking a number is the only contention. Nothing here runs on a hot path but
 * one compare-and-set to take and one to put back.
 */
final class ConnectionPool {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Wire wire;
  private final EventLoops loops;
  private final EventLoop home;
  private final int capacity;
  private final Slots idle;
  private final Slots vacant;
  private final AtomicReferenceArray<Connection> connections;
  private final ConcurrentLinkedQueue<Exchange> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waitingCount = new AtomicInteger();
  private final AtomicBoolean ticking = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AddressResolver resolver;
  private final @Nullable TlsClient tls;

  ConnectionPool(Wire wire) {
    this.wire = wire;
    this.capacity = wire.options().connections();
    this.idle = new Slots(capacity);
    this.vacant = new Slots(capacity);
    this.connections = new AtomicReferenceArray<>(capacity);
    for (int slot = 0; slot < capacity; slot++) {
      vacant.put(slot);
    }
    this.resolver = new AddressResolver(wire.endpoint());
    this.tls = wire.endpoint().tls() ? new TlsClient(wire.endpoint(), wire.options()) : null;
    this.loops = EventLoops.acquire(wire.options().eventLoops());
    this.home = loops.next();
  }

  boolean isClosed() {
    return closed.get();
  }

  /** Finds the request a connection: idle, new, or the next that is put back. */
  void submit(Exchange exchange) {
    if (closed.get()) {
      exchange.refuseClosed();
      return;
    }
    int slot = idle.takeLowest();
    if (slot >= 0) {
      useIdle(slot, exchange);
    } else {
      submitFresh(exchange);
    }
  }

  private void useIdle(int slot, Exchange exchange) {
    Connection connection = connections.get(slot);
    if (connection == null) {
      open(slot, exchange);
      return;
    }
    exchange.assign(connection);
    try {
      connection.loop().execute(exchange);
    } catch (RejectedExecutionException e) {
      exchange.refuseClosed(); // the bucket was closed after the request chose its connection
    }
  }

  /** Finds the request a connection that has not served before, where the limit allows. */
  void submitFresh(Exchange exchange) {
    int slot = vacant.takeLowest();
    if (slot < 0) {
      slot = idle.takeLowest();
      Connection old = slot < 0 ? null : connections.get(slot);
      if (old != null) {
        old.closeQuietly();
      }
    }
    if (slot >= 0) {
      open(slot, exchange);
    } else {
      await(exchange);
    }
  }

  private void await(Exchange exchange) {
    int limit = wire.options().waitingRequests();
    if (waitingCount.incrementAndGet() > limit) {
      waitingCount.decrementAndGet();
      exchange.fail(
          new ThrottledException(
              "all "
                  + capacity
                  + " connections are busy and "
                  + limit
                  + " requests wait already:"
                  + " slow down, or raise concurrentRequests",
              exchange.site(),
              null));
      return;
    }
    waiting.add(exchange);
    tick();
    serveWaiting(); // a connection may have come back before the request was queued
  }

  private void serveWaiting() {
    while (!waiting.isEmpty()) {
      int slot = idle.takeLowest();
      boolean fresh = slot < 0;
      if (fresh) {
        slot = vacant.takeLowest();
      }
      if (slot < 0) {
        return;
      }
      Exchange next = nextWaiting();
      if (next == null) {
        (fresh ? vacant : idle).put(slot);
      } else if (fresh) {
        open(slot, next);
      } else {
        useIdle(slot, next);
      }
    }
  }

  @Nullable Exchange nextWaiting() {
    Exchange next = waiting.poll();
    while (next != null) {
      waitingCount.decrementAndGet();
      if (!next.isOver()) {
        return next;
      }
      next = waiting.poll();
    }
    return null;
  }

  /** A connection has done its request and may do another. Runs on its loop. */
  void putBack(Connection connection) {
    idle.put(connection.slot());
    if (!waiting.isEmpty()) {
      serveWaiting();
    }
  }

  /** Takes an idle connection out; false when a request has taken it. */
  boolean takeOut(Connection connection) {
    return idle.take(connection.slot());
  }

  /** The connection is gone; its slot may hold another. */
  void vacate(Connection connection) {
    connections.compareAndSet(connection.slot(), connection, null);
    vacant.put(connection.slot());
    if (!waiting.isEmpty()) {
      serveWaiting();
    }
  }

  private void open(int slot, Exchange exchange) {
    EventLoop loop = loops.next();
    Connection connection = new Connection(wire, loop, slot);
    connections.set(slot, connection);
    exchange.assign(connection);
    connection.reserve(exchange);
    tick();
    resolver
        .next()
        .whenComplete(
            (address, failure) -> loop.execute(() -> connect(connection, address, failure)));
  }

  private void connect(
      Connection connection, @Nullable InetSocketAddress address, @Nullable Throwable failure) {
    if (connection.isClosed()) {
      return; // its request expired while the name was looked up
    }
    if (address == null) {
      String host = wire.endpoint().host();
      connection.neverOpened(
          "the name " + host + " does not resolve: check bucket, zone and DNS", failure);
      return;
    }
    ChannelFuture opening = bootstrap(connection).connect(address);
    connection.opening(opening.channel());
    opening.addListener(
        done -> {
          if (!done.isSuccess()) {
            connection.neverOpened("cannot connect to " + address, done.cause());
          } else if (tls == null) {
            connection.opened();
          }
        });
  }

  private Bootstrap bootstrap(Connection connection) {
    int sendBuffer = wire.options().sendBuffer();
    return new Bootstrap()
        .option(ChannelOption.SO_SNDBUF, sendBuffer == 0 ? null : sendBuffer)
        .group(connection.loop())
        .channel(loops.channelType())
        .resolver(NoopAddressResolverGroup.INSTANCE)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) wire.options().connectTimeout().toMillis())
        .option(ChannelOption.RECVBUF_ALLOCATOR, connection.receives())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                if (tls != null) {
                  tls.install(channel, connection);
                }
                channel.pipeline().addLast(connection);
              }
            });
  }

  /** Runs a task on a loop after a delay; null when the loops have ended and it will not run. */
  @Nullable Future<?> later(Runnable task, long delayNanos) {
    try {
      return home.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      return null;
    }
  }

  /** Makes sure that deadlines are looked at until nothing is under way. */
  void tick() {
    if (!ticking.get() && ticking.compareAndSet(false, true)) {
      Future<?> unused = later(this::checkDeadlines, TICK_NANOS);
    }
  }

  private void checkDeadlines() {
    boolean queued = expireWaiting();
    boolean running = expireConnections();
    if (queued || running) {
      Future<?> unused = later(this::checkDeadlines, TICK_NANOS);
      return;
    }
    ticking.set(false);
    if (!waiting.isEmpty() || anyBusy()) {
      tick(); // a request slipped in between the look and the stop
    }
  }

  private boolean expireWaiting() {
    long now = System.nanoTime();
    for (Exchange exchange : waiting) {
      if (exchange.deadlineNanos() - now <= 0) {
        exchange.expireIfWaiting();
      }
    }
    return !waiting.isEmpty();
  }

  private boolean expireConnections() {
    long now = System.nanoTime();
    boolean busy = false;
    for (int slot = 0; slot < capacity; slot++) {
      Connection connection = connections.get(slot);
      if (connection != null && connection.isBusy()) {
        busy = true;
        connection.expireIfDue(now);
      }
    }
    return busy;
  }

  private boolean anyBusy() {
    for (int slot = 0; slot < capacity; slot++) {
      Connection connection = connections.get(slot);
      if (connection != null && connection.isBusy()) {
        return true;
      }
    }
    return false;
  }

  /** Connections that are open or being opened. */
  int openConnections() {
    int open = 0;
    for (int slot = 0; slot < capacity; slot++) {
      open += connections.get(slot) == null ? 0 : 1;
    }
    return open;
  }

  /** Requests that wait for a connection. */
  int waiting() {
    return waitingCount.get();
  }

  void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    for (Exchange next = nextWaiting(); next != null; next = nextWaiting()) {
      next.refuseClosed();
    }
    for (int slot = 0; slot < capacity; slot++) {
      Connection connection = connections.get(slot);
      if (connection != null) {
        connection.closeQuietly();
      }
    }
    loops.close();
  }
}
