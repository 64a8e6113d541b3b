package io.expressway.testkit;

import io.expressway.testkit.auth.Authenticator;
import io.expressway.testkit.auth.Keys;
import io.expressway.testkit.auth.Sessions;
import io.expressway.testkit.auth.Tokens;
import io.expressway.testkit.store.ObjectStore;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Availability Zone of a {@link ZonalServer}: its own port, buckets, sessions, faults and
 * counters. Safe for many threads.
 */
public final class Zone {
  private final String id;
  private final ServerOptions options;
  private final ZoneService service;
  private final Loops loops;
  private final @Nullable SslContext tls;
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, false);
  private final List<String> buckets = new ArrayList<>();
  private @Nullable Channel listener;
  private @Nullable HeldPort held;
  private int port;

  Zone(
      String id,
      int port,
      ServerOptions options,
      Map<String, Keys> iamKeys,
      Tokens tokens,
      Loops loops,
      @Nullable SslContext tls) {
    this.id = id;
    this.port = port;
    this.options = options;
    this.loops = loops;
    this.tls = tls;
    Sessions sessions = new Sessions(options.sessionLifetime(), tokens);
    ObjectStore store =
        new ObjectStore(options.region(), options.zones(), id, options.clock(), options.seed());
    Authenticator authenticator =
        new Authenticator(options.region(), options.acceptS3Scope(), iamKeys, sessions);
    this.service = new ZoneService(id, options, store, sessions, authenticator);
  }

  /** The zone id, such as {@code usw2-az1}. */
  public String id() {
    return id;
  }

  /** The endpoint by address, {@code http://127.0.0.1:port}: SDKs use path style with it. */
  public URI endpoint() {
    return uri("127.0.0.1");
  }

  /** The endpoint by name, {@code http://localhost:port}: SDKs use virtual hosts with it. */
  public URI hostEndpoint() {
    return uri("localhost");
  }

  private synchronized URI uri(String host) {
    return URI.create((options.tls() ? "https://" : "http://") + host + ":" + port);
  }

  /** The TCP port; stays the same over {@link #stop} and {@link #start}. */
  public synchronized int port() {
    return port;
  }

  /**
   * Listens again on the same port, with the same objects and sessions. Does nothing when the zone
   * already listens.
   *
   * @throws IllegalStateException when the port is taken
   */
  public synchronized void start() {
    if (listener != null) {
      return;
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.listener())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new ZonePipeline(service, connections, tls));
    InetSocketAddress address = new InetSocketAddress(NetUtil.LOCALHOST4, port);
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IllegalStateException(
          "zone " + id + " cannot listen on " + address + ": choose another port", bound.cause());
    }
    listener = bound.channel();
    port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    letGo();
  }

  /**
   * Closes the listener and every connection: new ones are refused. Objects stay, and so does the
   * port: nobody else gets it before {@link ZonalServer#close}.
   */
  public synchronized void stop() {
    Channel open = listener;
    if (open != null) {
      listener = null;
      open.close().awaitUninterruptibly();
      held = new HeldPort(port);
      connections.close().awaitUninterruptibly();
    }
  }

  synchronized void close() {
    stop();
    letGo();
  }

  private void letGo() {
    if (held != null) {
      held.close();
      held = null;
    }
  }

  /** Closes every open connection, and goes on listening. */
  public void dropConnections() {
    connections.close().awaitUninterruptibly();
  }

  /** The full names of the buckets that were made through this object, in order. */
  public List<String> buckets() {
    synchronized (buckets) {
      return List.copyOf(buckets);
    }
  }

  /**
   * The full name of the first bucket.
   *
   * @throws IllegalStateException when no bucket was made
   */
  public String bucket() {
    List<String> names = buckets();
    if (names.isEmpty()) {
      throw new IllegalStateException(
          "zone " + id + " has no bucket: name one with the builder or with createBucket");
    }
    return names.get(0);
  }

  /**
   * Makes a bucket.
   *
   * @param name the full name, or its base name, to which zone and suffix are added
   * @return the full name
   */
  public String createBucket(String name) {
    String full = name.endsWith("--x-s3") ? name : name + "--" + id + "--x-s3";
    service.store().createBucket(full);
    synchronized (buckets) {
      buckets.add(full);
    }
    return full;
  }

  /** Stores an object without a request; copies the remaining bytes. */
  public void putObject(String bucket, String key, ByteBuffer content) {
    service.store().putObject(bucket, key, content);
  }

  /** Stores an object without a request; copies the bytes. */
  public void putObject(String bucket, String key, byte[] content) {
    putObject(bucket, key, ByteBuffer.wrap(content));
  }

  /** The bytes of an object, read without a request. */
  public byte[] bytes(String bucket, String key) {
    ByteBuffer stored = service.store().bytes(bucket, key).duplicate();
    byte[] copy = new byte[stored.remaining()];
    stored.get(copy);
    return copy;
  }

  /**
   * Sets how small a part that is not the last may be, so that a test of multipart uploads need not
   * move megabytes; default 5 MiB, as S3.
   */
  public void minimumPartBytes(int bytes) {
    service.store().minimumPartBytes(bytes);
  }

  /** Arms a fault; faults strike in the order they were injected. */
  public void inject(Fault fault) {
    service.faults().inject(fault);
  }

  /** Disarms every fault. */
  public void clearFaults() {
    service.faults().clear();
  }

  /** Ends every session of the zone now: requests that use them get 400 ExpiredToken. */
  public void expireSessions() {
    service.sessions().expireAll(options.clock().instant());
  }

  /**
   * Loses every session of the zone, as a server does that is started again: requests that use them
   * get 403 InvalidAccessKeyId.
   */
  public void loseSessions() {
    service.sessions().forgetAll();
  }

  /** The last requests, oldest first, up to the capacity of the log. */
  public List<RequestRecord> requests() {
    return service.log().snapshot();
  }

  /** Forgets the requests so far. */
  public void clearRequests() {
    service.log().clear();
  }

  /** The counters at this moment. */
  public RoundTrips roundTrips() {
    return service.meter().snapshot();
  }

  @Override
  public String toString() {
    return "Zone[" + id + " " + endpoint() + "]";
  }
}
