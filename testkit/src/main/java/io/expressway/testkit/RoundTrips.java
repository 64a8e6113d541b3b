package io.expressway.testkit;

import java.util.Map;
import java.util.TreeMap;

/**
 * What happened at a zone up to one moment. Immutable; compare two with {@link #since}.
 *
 * @param connectionsAccepted connections ever accepted, refused ones included
 * @param connectionsOpen connections open at that moment
 * @param requests requests by the name of their operation, such as {@code GetObject}
 * @param bytesIn bytes received, after decryption: heads and bodies
 * @param bytesOut bytes sent, before encryption: heads and bodies
 */
public record RoundTrips(
    long connectionsAccepted,
    long connectionsOpen,
    Map<String, Long> requests,
    long bytesIn,
    long bytesOut) {

  /** Copies the map. */
  public RoundTrips {
    requests = Map.copyOf(requests);
  }

  /** All requests. */
  public long total() {
    return requests.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The requests of one operation, such as {@code GetObject}. */
  public long of(String operation) {
    return requests.getOrDefault(operation, 0L);
  }

  /** The CreateSession requests. */
  public long createSessions() {
    return of("CreateSession");
  }

  /** What happened after an earlier moment; {@code connectionsOpen} stays as it is now. */
  public RoundTrips since(RoundTrips earlier) {
    Map<String, Long> difference = new TreeMap<>();
    requests.forEach(
        (name, count) -> {
          if (count != earlier.of(name)) {
            difference.put(name, count - earlier.of(name));
          }
        });
    return new RoundTrips(
        connectionsAccepted - earlier.connectionsAccepted,
        connectionsOpen,
        difference,
        bytesIn - earlier.bytesIn,
        bytesOut - earlier.bytesOut);
  }

  /** The sum of two zones. */
  public RoundTrips plus(RoundTrips other) {
    Map<String, Long> sum = new TreeMap<>(requests);
    other.requests.forEach((name, count) -> sum.merge(name, count, Long::sum));
    return new RoundTrips(
        connectionsAccepted + other.connectionsAccepted,
        connectionsOpen + other.connectionsOpen,
        sum,
        bytesIn + other.bytesIn,
        bytesOut + other.bytesOut);
  }
}
