package io.expressway.jmh;

import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.OpenSsl;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Ours: a slice is leased, its length taken, and closed. Signed with IAM keys as the peers are. */
final class ExpresswayClient implements RangeClient {
  private final ExpressBucket bucket;

  ExpresswayClient(ServerAddress server, int connections) {
    bucket = open(server, connections);
  }

  /** Over the JDK's TLS, which Netty takes when it is told so before it looks for BoringSSL. */
  static ExpresswayClient overJdkTls(ServerAddress server, int connections) {
    System.setProperty("io.netty.handler.ssl.noOpenSsl", "true");
    if (OpenSsl.isAvailable()) {
      throw new IllegalStateException("BoringSSL was loaded before, in this process");
    }
    return new ExpresswayClient(server, connections);
  }

  /** By the JDK's selectors, which Netty takes when it is told so before it looks for epoll. */
  static ExpresswayClient overNio(ServerAddress server, int connections) {
    System.setProperty("io.netty.transport.noNative", "true");
    if (Epoll.isAvailable()) {
      throw new IllegalStateException("epoll was loaded before, in this process");
    }
    return new ExpresswayClient(server, connections);
  }

  /** A bucket of the server, every option but the limit of connections at its default. */
  static ExpressBucket open(ServerAddress server, int connections) {
    ExpressOptions options = ExpressOptions.defaults().endpoint(server.endpoint());
    if (connections != SdkClients.OWN_LIMIT) {
      options = options.concurrentRequests(connections);
    }
    if (server.isTls()) {
      options = options.trust(List.of(ServerAddress.certificate()));
    }
    return ExpressBucket.open(
        server.bucket(), Credentials.of(server.accessKeyId(), server.secretAccessKey()), options);
  }

  @Override
  public long read(int length) {
    try (Slice slice = fetch(length).join()) {
      return slice.length();
    }
  }

  @Override
  public CompletableFuture<Long> start(int length) {
    return fetch(length).thenApply(ExpresswayClient::closed);
  }

  /** The length of what was lent; gives it back. */
  static long closed(Slice slice) {
    try (slice) {
      return slice.length();
    }
  }

  private CompletableFuture<Slice> fetch(int length) {
    return bucket.read(ReadRequest.of(ServerAddress.KEY, ByteRange.of(0, length)));
  }

  @Override
  public void close() {
    bucket.close();
  }
}
