package io.expressway.internal.http;

import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import java.nio.ByteBuffer;

/** A read whose bytes go to memory of the caller's. */
final class PlacedRead extends ReadExchange {
  private final ByteBuffer target;

  PlacedRead(Wire wire, ReadRequest request, ByteBuffer target) {
    super(wire, request, ReadTarget.into(target, wire.memory()));
    this.target = target;
  }

  @Override
  void deliver(ObjectInfo info, ReceiveBuffer memory, int start, int length) {
    if (target.isDirect()) {
      target.position(target.position() + length);
    } else {
      target.put(memory.lend(start, length));
      wire().copies().copied(length);
    }
    memory.run();
    succeed(info);
  }
}
