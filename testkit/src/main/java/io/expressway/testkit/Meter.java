package io.expressway.testkit;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** The running counters of a zone. Safe for many threads. */
final class Meter {
  private final LongAdder accepted = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final Map<Operation, LongAdder> byOperation = new EnumMap<>(Operation.class);

  Meter() {
    for (Operation operation : Operation.values()) {
      byOperation.put(operation, new LongAdder());
    }
  }

  void connectionAccepted() {
    accepted.increment();
  }

  void connectionClosed() {
    closed.increment();
  }

  void received(long bytes) {
    bytesIn.add(bytes);
  }

  void sent(long bytes) {
    bytesOut.add(bytes);
  }

  void request(Operation operation) {
    byOperation.computeIfAbsent(operation, o -> new LongAdder()).increment();
  }

  RoundTrips snapshot() {
    Map<String, Long> requests = new TreeMap<>();
    byOperation.forEach(
        (operation, count) -> {
          if (count.sum() > 0) {
            requests.put(operation.apiName(), count.sum());
          }
        });
    long ended = closed.sum();
    long begun = accepted.sum();
    return new RoundTrips(begun, begun - ended, requests, bytesIn.sum(), bytesOut.sum());
  }
}
