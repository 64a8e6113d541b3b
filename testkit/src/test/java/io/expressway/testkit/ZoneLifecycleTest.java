package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.RawClient.End;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ZoneLifecycleTest {
  private final ZonalServer server = ZonalServer.builder().zones("usw2-az1", "usw2-az3").start();
  private final Zone zone = server.zone("usw2-az1");

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aStoppedZoneEndsItsConnectionsAndRefusesNewOnesAndTheOtherZoneStays() throws Exception {
    try (RawClient open = RawClient.connect(server, zone)) {
      assertThat(open.get("a").read().status()).isEqualTo(404);
      zone.stop();
      assertThat(open.end()).isEqualTo(End.FIN);
    }
    assertThatThrownBy(() -> RawClient.connect(server, zone)).isInstanceOf(ConnectException.class);
    try (RawClient other = RawClient.connect(server, server.zone("usw2-az3"))) {
      assertThat(other.get("a").read().status()).isEqualTo(404);
    }
  }

  @Test
  void aStartedZoneHasItsPortItsObjectsAndItsCountersAgain() throws Exception {
    int port = zone.port();
    zone.putObject(zone.bucket(), "kept", ByteBuffer.wrap(new byte[] {7}));
    RoundTrips before = zone.roundTrips();
    zone.stop();
    zone.start();
    assertThat(zone.port()).isEqualTo(port);
    assertThat(zone.endpoint().getPort()).isEqualTo(port);
    assertThat(zone.bytes(zone.bucket(), "kept")).containsExactly(7);
    try (RawClient client = RawClient.connect(server, zone)) {
      assertThat(client.get("kept").read().body()).isEqualTo("\u0007");
    }
    assertThat(zone.roundTrips().since(before).of("GetObject")).isEqualTo(1);
  }

  @Test
  void nobodyElseGetsThePortOfAStoppedZone() throws Exception {
    zone.stop();
    try (Socket other = new Socket()) {
      other.setReuseAddress(false);
      InetSocketAddress taken =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), zone.port());
      assertThatThrownBy(() -> other.bind(taken)).isInstanceOf(BindException.class);
    }
    zone.start();
    try (RawClient again = RawClient.connect(server, zone)) {
      assertThat(again.get("a").read().status()).isEqualTo(404);
    }
  }

  @Test
  void stopAndStartMayBeRepeated() throws Exception {
    for (int i = 0; i < 5; i++) {
      zone.stop();
      zone.stop();
      zone.start();
      zone.start();
      RawClient.connect(server, zone).close();
    }
  }

  @Test
  void faultsSurviveARestart() throws Exception {
    zone.inject(Fault.slowDown());
    zone.stop();
    zone.start();
    try (RawClient client = RawClient.connect(server, zone)) {
      assertThat(client.get("a").read().status()).isEqualTo(503);
    }
  }

  @Test
  void droppedConnectionsEndAndNewOnesAreServed() throws Exception {
    try (RawClient idle = RawClient.connect(server, zone);
        RawClient waiting = RawClient.connect(server, zone)) {
      assertThat(idle.get("a").read().status()).isEqualTo(404);
      zone.inject(Fault.delay(Duration.ofHours(1)));
      waiting.get("a");
      awaitRequests(2);
      zone.dropConnections();
      assertThat(idle.end()).isEqualTo(End.FIN);
      assertThat(waiting.end()).isEqualTo(End.FIN);
    }
    try (RawClient fresh = RawClient.connect(server, zone)) {
      assertThat(fresh.get("a").read().status()).isEqualTo(404);
    }
  }

  /** The log is the server's own word that a request has arrived. */
  private void awaitRequests(int count) {
    while (zone.requests().size() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> ZonalServer.builder().port(taken.getLocalPort()).start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("usw2-az1")
          .hasMessageContaining(Integer.toString(taken.getLocalPort()));
    }
  }

  @Test
  void closingTwiceIsClosingOnce() {
    server.close();
    assertThatCode(server::close).doesNotThrowAnyException();
  }

  @Test
  void anUnknownZoneAndAMissingBucketAreNamed() {
    assertThatThrownBy(() -> server.zone("usw2-az9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("usw2-az9")
        .hasMessageContaining("usw2-az3");
    assertThat(zone.toString()).contains("usw2-az1").contains(Integer.toString(zone.port()));
    assertThat(zone.hostEndpoint()).hasHost("localhost").hasPort(zone.port());
  }
}
