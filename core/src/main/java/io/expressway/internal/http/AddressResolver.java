package io.expressway.internal.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Turns an endpoint's name into addresses, one after another for successive connections, because
 * the service answers with several. The JDK resolver blocks, so it runs on a thread of its own; its
 * answer is kept for half a minute. Safe for many threads: one immutable answer, volatile.
 */
final class AddressResolver {
  private static final long KEPT_NANOS = 30_000_000_000L;
  private final Endpoint endpoint;
  private final AtomicInteger turn = new AtomicInteger();
  private volatile @Nullable Answer answer;

  private record Answer(List<InetAddress> addresses, long takenNanos) {}

  AddressResolver(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** The next address; fails with {@link UnknownHostException}. */
  CompletableFuture<InetSocketAddress> next() {
    Answer known = answer;
    if (known != null && System.nanoTime() - known.takenNanos() < KEPT_NANOS) {
      return CompletableFuture.completedFuture(pick(known));
    }
    if (endpoint.isLocalhost()) {
      return CompletableFuture.completedFuture(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port()));
    }
    CompletableFuture<InetSocketAddress> found = new CompletableFuture<>();
    Thread thread = new Thread(() -> resolve(found), "expressway-resolver");
    thread.setDaemon(true);
    thread.start();
    return found;
  }

  private void resolve(CompletableFuture<InetSocketAddress> found) {
    try {
      Answer fresh =
          new Answer(List.of(InetAddress.getAllByName(endpoint.host())), System.nanoTime());
      answer = fresh;
      found.complete(pick(fresh));
    } catch (UnknownHostException | RuntimeException e) {
      found.completeExceptionally(e);
    }
  }

  private InetSocketAddress pick(Answer known) {
    int index = Math.floorMod(turn.getAndIncrement(), known.addresses().size());
    return new InetSocketAddress(known.addresses().get(index), endpoint.port());
  }
}
