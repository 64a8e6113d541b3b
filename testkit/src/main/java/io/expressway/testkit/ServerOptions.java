package io.expressway.testkit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * What a server was built with; see {@link ZonalServer.Builder} for each.
 *
 * @param zones the zone ids, in order
 * @param region the region
 * @param basePort 0 for ephemeral ports
 * @param tls whether connections are encrypted
 * @param certificateNames the names in the certificate
 * @param latency the latency profile
 * @param clock the clock
 * @param sessionLifetime how long sessions live
 * @param buckets base or full names
 * @param pathStyle whether path style is accepted
 * @param acceptS3Scope whether the service {@code s3} is accepted in scopes
 * @param iamOnData whether IAM credentials are accepted on data operations
 * @param threads event loop threads of all zones together
 * @param seed of keys, ETags and listing order
 * @param idleTimeout zero for none
 * @param requestLog how many requests a zone remembers
 */
record ServerOptions(
    List<String> zones,
    String region,
    int basePort,
    boolean tls,
    List<String> certificateNames,
    LatencyProfile latency,
    InstantSource clock,
    Duration sessionLifetime,
    List<String> buckets,
    boolean pathStyle,
    boolean acceptS3Scope,
    boolean iamOnData,
    int threads,
    long seed,
    Duration idleTimeout,
    int requestLog) {

  ServerOptions {
    zones = List.copyOf(zones);
    certificateNames = List.copyOf(certificateNames);
    buckets = List.copyOf(buckets);
  }
}
