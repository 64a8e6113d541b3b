package io.expressway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.NoLeaks;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A zone that goes and comes back. */
@ExtendWith(NoLeaks.class)
final class ZoneRestartTest {
  @Test
  void readsGoOnWhenTheZoneIsBack() throws Exception {
    try (ZonalServer server = ZonalServer.builder().zones("usw2-az1").start()) {
      Zone zone = server.zone("usw2-az1");
      zone.putObject(zone.bucket(), "key", new byte[] {1, 2, 3});
      try (ExpressBucket bucket =
          ExpressBucket.open(
              zone.bucket(),
              Credentials.of(server.accessKeyId(), server.secretAccessKey()),
              ExpressOptions.defaults().endpoint(zone.endpoint()))) {
        bucket.read("key", ByteRange.all()).get(20, SECONDS).close();
        zone.stop();
        assertThat(bucket.read("key", ByteRange.all()).handle((s, e) -> e).get(20, SECONDS))
            .isInstanceOf(ZoneUnavailableException.class);
        zone.start();
        try (Slice slice = bucket.read("key", ByteRange.all()).get(20, SECONDS)) {
          assertThat(slice.toByteArray()).containsExactly(1, 2, 3);
        }
      }
    }
  }
}
