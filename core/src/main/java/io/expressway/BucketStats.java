package io.expressway;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * What a bucket did on the wire so far, and how it stands. Immutable. Always counted: it takes a
 * few nanoseconds a request and no heap.
 *
 * @param requests by operation; those that were never sent are left out
 * @param connectionsOpened connections opened so far
 * @param connections connections that are open, or being opened
 * @param waiting requests that wait for a connection
 */
public record BucketStats(
    Map<Operation, RequestStats> requests, long connectionsOpened, int connections, int waiting) {
  /** Nothing happened. */
  public static final BucketStats NONE = new BucketStats(Map.of(), 0, 0, 0);

  /** Copies the map. */
  public BucketStats {
    requests = Map.copyOf(requests);
  }

  /** The requests of one operation. */
  public RequestStats of(Operation operation) {
    return requests.getOrDefault(operation, RequestStats.NONE);
  }

  /** All requests. */
  public RequestStats total() {
    return requests.values().stream().reduce(RequestStats.NONE, RequestStats::plus);
  }

  /** Two buckets together. */
  public BucketStats plus(BucketStats other) {
    return new BucketStats(
        merged(other, RequestStats::plus),
        connectionsOpened + other.connectionsOpened,
        connections + other.connections,
        waiting + other.waiting);
  }

  /** What happened after an earlier moment; what stands, stands as it is now. */
  public BucketStats since(BucketStats earlier) {
    return new BucketStats(
        merged(earlier, RequestStats::since),
        connectionsOpened - earlier.connectionsOpened,
        connections,
        waiting);
  }

  private Map<Operation, RequestStats> merged(
      BucketStats other, BinaryOperator<RequestStats> together) {
    Map<Operation, RequestStats> merged = new EnumMap<>(Operation.class);
    for (Operation operation : Operation.values()) {
      RequestStats both = together.apply(of(operation), other.of(operation));
      if (!both.equals(RequestStats.NONE)) {
        merged.put(operation, both);
      }
    }
    return merged;
  }
}
