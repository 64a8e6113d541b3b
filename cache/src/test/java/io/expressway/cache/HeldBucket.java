package io.expressway.cache;

import io.expressway.Bucket;
import io.expressway.ForwardingBucket;
import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A bucket whose requests wait until the test lets them go, so that what happens meanwhile is
 * certain to. Confined to the test's thread, but for what is let go.
 */
final class HeldBucket extends ForwardingBucket {
  private final ArrayDeque<Held<?>> held = new ArrayDeque<>();
  private boolean holding;

  HeldBucket(Bucket delegate) {
    super(delegate);
  }

  /** A request and the promise of its answer. */
  private record Held<T>(
      String what, Supplier<CompletableFuture<T>> send, CompletableFuture<T> answer) {
    void go() {
      send.get()
          .whenComplete(
              (value, failure) -> {
                if (failure == null) {
                  answer.complete(value);
                } else {
                  answer.completeExceptionally(Failures.unwrap(failure));
                }
              });
    }
  }

  /** From now on requests wait. */
  void hold() {
    holding = true;
  }

  /** What waits, oldest first, as {@code operation range}. */
  List<String> waiting() {
    return held.stream().map(Held::what).toList();
  }

  /** Sends the oldest request that waits. */
  void letOneGo() {
    held.removeFirst().go();
  }

  /** Fails the oldest request that waits, without sending it. */
  void failOne(Exception why) {
    held.removeFirst().answer.completeExceptionally(why);
  }

  /** Sends all that waits; nothing waits from now on. */
  void letAllGo() {
    holding = false;
    while (!held.isEmpty()) {
      letOneGo();
    }
  }

  private <T> CompletableFuture<T> maybeHold(String what, Supplier<CompletableFuture<T>> send) {
    if (!holding) {
      return send.get();
    }
    Held<T> waiting = new Held<>(what, send, new CompletableFuture<>());
    held.addLast(waiting);
    return waiting.answer;
  }

  @Override
  public CompletableFuture<Slice> read(ReadRequest request) {
    return maybeHold("read " + request.range(), () -> super.read(request));
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, List<ByteBuffer> targets) {
    return maybeHold("readInto " + request.range(), () -> super.readInto(request, targets));
  }

  @Override
  public CompletableFuture<ObjectInfo> stat(String key) {
    return maybeHold("stat", () -> super.stat(key));
  }
}
