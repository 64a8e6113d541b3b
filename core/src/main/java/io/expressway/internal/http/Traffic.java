package io.expressway.internal.http;

import io.expressway.BucketStats;
import io.expressway.Operation;
import io.expressway.RequestStats;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts what one bucket's requests do, by operation. Safe for many threads; allocates nothing. */
public final class Traffic {
  private static final int REFUSED = 400;
  private final EnumMap<Operation, Count> byOperation = new EnumMap<>(Operation.class);
  private final LongAdder connectionsOpened = new LongAdder();

  /** Nothing has happened yet. */
  public Traffic() {
    for (Operation operation : Operation.values()) {
      byOperation.put(operation, new Count());
    }
  }

  private static final class Count {
    final LongAdder requests = new LongAdder();
    final LongAdder answers = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder throttled = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder sentBytes = new LongAdder();
    final LongAdder receivedBytes = new LongAdder();
    final LongAdder waitedNanos = new LongAdder();

    RequestStats stats() {
      return new RequestStats(
          requests.sum(),
          answers.sum(),
          refused.sum(),
          throttled.sum(),
          retries.sum(),
          failed.sum(),
          sentBytes.sum(),
          receivedBytes.sum(),
          Duration.ofNanos(waitedNanos.sum()));
    }
  }

  private Count of(Operation operation) {
    return Objects.requireNonNull(byOperation.get(operation));
  }

  void connected() {
    connectionsOpened.increment();
  }

  /** A request goes out. */
  public void sent(Operation operation, long bodyBytes) {
    Count count = of(operation);
    count.requests.increment();
    if (bodyBytes > 0) {
      count.sentBytes.add(bodyBytes);
    }
  }

  /** Its answer is complete. */
  public void answered(Operation operation, int status, long bodyBytes, long nanos) {
    Count count = of(operation);
    count.answers.increment();
    count.waitedNanos.add(nanos);
    received(count, bodyBytes);
    if (status >= REFUSED) {
      count.refused.increment();
      if (status == 503 || status == 429) {
        count.throttled.increment();
      }
    }
  }

  /** An answer ended early, after so many bytes of its body. */
  void brokenOff(Operation operation, long bodyBytes) {
    received(of(operation), bodyBytes);
  }

  private static void received(Count count, long bytes) {
    if (bytes > 0) {
      count.receivedBytes.add(bytes);
    }
  }

  void retried(Operation operation) {
    of(operation).retries.increment();
  }

  void failed(Operation operation) {
    of(operation).failed.increment();
  }

  BucketStats stats(int connections, int waiting) {
    Map<Operation, RequestStats> requests = new EnumMap<>(Operation.class);
    for (Operation operation : Operation.values()) {
      RequestStats stats = of(operation).stats();
      if (!stats.equals(RequestStats.NONE)) {
        requests.put(operation, stats);
      }
    }
    return new BucketStats(requests, connectionsOpened.sum(), connections, waiting);
  }
}
