package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundTripsTest {
  private static final RoundTrips EARLIER =
      new RoundTrips(2, 1, Map.of("GetObject", 3L, "CreateSession", 1L), 100, 1_000);
  private static final RoundTrips LATER =
      new RoundTrips(
          5, 4, Map.of("GetObject", 10L, "CreateSession", 1L, "PutObject", 2L), 150, 4_000);

  @Test
  void countsByOperationAndInAll() {
    assertThat(LATER.of("GetObject")).isEqualTo(10);
    assertThat(LATER.of("HeadObject")).isZero();
    assertThat(LATER.createSessions()).isEqualTo(1);
    assertThat(LATER.total()).isEqualTo(13);
  }

  @Test
  void theDifferenceLeavesOutWhatDidNotHappenAndKeepsTheOpenConnections() {
    assertThat(LATER.since(EARLIER))
        .isEqualTo(new RoundTrips(3, 4, Map.of("GetObject", 7L, "PutObject", 2L), 50, 3_000));
    assertThat(LATER.since(LATER)).isEqualTo(new RoundTrips(0, 4, Map.of(), 0, 0));
  }

  @Test
  void theSumAddsEveryCounter() {
    assertThat(EARLIER.plus(LATER))
        .isEqualTo(
            new RoundTrips(
                7, 5, Map.of("GetObject", 13L, "CreateSession", 2L, "PutObject", 2L), 250, 5_000));
  }

  @Test
  void aLaterChangeOfTheMapDoesNotShow() {
    Map<String, Long> requests = new HashMap<>(Map.of("GetObject", 1L));
    RoundTrips copied = new RoundTrips(0, 0, requests, 0, 0);
    requests.clear();
    assertThat(copied.total()).isEqualTo(1);
  }

  @Test
  void aServerCountsWhatItsClientsDo() throws Exception {
    try (ZonalServer server = ZonalServer.builder().zones("usw2-az1", "usw2-az3").start()) {
      Zone zone = server.zone("usw2-az1");
      zone.putObject(zone.bucket(), "a", "content".getBytes(StandardCharsets.UTF_8));
      assertThat(zone.roundTrips()).isEqualTo(new RoundTrips(0, 0, Map.of(), 0, 0));
      try (RawClient one = RawClient.connect(server, zone);
          RawClient two = RawClient.connect(server, zone);
          RawClient other = RawClient.connect(server, server.zone("usw2-az3"))) {
        assertThat(one.get("a").get("a").read().body()).isEqualTo("content");
        assertThat(one.read().body()).isEqualTo("content");
        assertThat(two.send("PUT", "b", new byte[100_000]).read().status()).isEqualTo(200);
        assertThat(two.sendTo("PATCH", "/x", "", new byte[0]).read().status()).isEqualTo(501);
        assertThat(other.get("a").read().status()).isEqualTo(404);
        RoundTrips counted = zone.roundTrips();
        assertThat(counted.requests())
            .isEqualTo(Map.of("GetObject", 2L, "PutObject", 1L, "Unknown", 1L));
        assertThat(counted.connectionsAccepted()).isEqualTo(2);
        assertThat(counted.connectionsOpen()).isEqualTo(2);
        assertThat(counted.bytesIn()).isBetween(100_000L, 104_000L);
        assertThat(counted.bytesOut()).isBetween(14L, 4_000L);
        assertThat(server.roundTrips().of("GetObject")).isEqualTo(3);
        assertThat(server.roundTrips().connectionsOpen()).isEqualTo(3);
      }
      server.zones().forEach(Zone::dropConnections);
    }
  }

  @Test
  void closedConnectionsAreNoLongerOpen() throws Exception {
    try (ZonalServer server = ZonalServer.builder().start()) {
      try (RawClient client = RawClient.connect(server)) {
        assertThat(client.get("a").read().status()).isEqualTo(404);
      }
      server.zones().get(0).stop();
      assertThat(server.roundTrips().connectionsAccepted()).isEqualTo(1);
      assertThat(server.roundTrips().connectionsOpen()).isZero();
    }
  }
}
