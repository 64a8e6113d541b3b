package io.expressway.internal.http;

import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.Slice;

/** A read whose bytes are lent from our memory. */
final class LentRead extends ReadExchange {
  LentRead(Wire wire, ReadRequest request) {
    super(wire, request, wire.lentTarget());
  }

  @Override
  void deliver(ObjectInfo info, ReceiveBuffer memory, int start, int length) {
    deliver(Slice.lend(info, memory.lend(start, length), memory));
  }

  @Override
  void deliver(Slice all) {
    if (!succeed(all)) {
      all.close();
    }
  }
}
