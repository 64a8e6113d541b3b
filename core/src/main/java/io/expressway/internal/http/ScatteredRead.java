package io.expressway.internal.http;

import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import java.nio.ByteBuffer;
import java.util.List;

/** A read whose bytes go to several pieces of direct memory of the caller's, in order. */
final class ScatteredRead extends ReadExchange {
  private final List<ByteBuffer> targets;

  ScatteredRead(Wire wire, ReadRequest request, List<ByteBuffer> targets) {
    super(wire, request, ReadTarget.scattered(targets, wire.memory()));
    this.targets = targets;
  }

  @Override
  void deliver(ObjectInfo info, ReceiveBuffer memory, int start, int length) {
    int left = length;
    for (ByteBuffer target : targets) {
      int count = Math.min(left, target.remaining());
      target.position(target.position() + count);
      left -= count;
    }
    memory.run();
    succeed(info);
  }
}
