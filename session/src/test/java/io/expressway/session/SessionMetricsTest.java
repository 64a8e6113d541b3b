package io.expressway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.Operation;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registry and a recording show of sessions is what the server counted. */
final class SessionMetricsTest {
  private static final String SECRET = "a-secret-that-nobody-may-see";
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void metersAndEventsShowWhatTheServerCounted(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("sessions.jfr");
    try (Recording recording = new Recording();
        ZonalServer server =
            ZonalServer.builder().zones("usw2-az1").credentials("TESTKEYID", SECRET).start();
        Sessions sessions = Sessions.over(Credentials.of("TESTKEYID", SECRET))) {
      recording.enable("io.expressway.SessionEnd");
      recording.start();
      Zone zone = server.zone("usw2-az1");
      new SessionMetrics(sessions, Tags.of("app", "test")).bindTo(registry);
      try (ExpressBucket bucket =
          ExpressBucket.open(
              zone.bucket(), sessions, ExpressOptions.defaults().endpoint(zone.endpoint()))) {
        zone.putObject(zone.bucket(), "object", new byte[1_000]);
        bucket.read("object", ByteRange.of(0, 100)).join().close();
        zone.expireSessions();
        bucket.read("object", ByteRange.of(0, 100)).join().close();

        assertThat(counted("created"))
            .isEqualTo((double) zone.roundTrips().createSessions())
            .isEqualTo((double) bucket.stats().of(Operation.CREATE_SESSION).requests())
            .isEqualTo(2);
        assertThat(counted("invalidated")).isEqualTo(1);
        assertThat(counted("waited")).isEqualTo((double) sessions.stats().waited());
        assertThat(registry.get("expressway.session.live").gauge().value()).isEqualTo(1);
      }
      recording.stop();
      recording.dump(file);
    }
    for (Meter meter : registry.getMeters()) {
      assertThat(meter.getId().getTags()).hasSize(1);
      assertThat(meter.getId().toString()).doesNotContain(SECRET);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("io.expressway.SessionEnd"))
        .extracting(event -> event.getString("why"))
        .containsOnlyOnce("INVALIDATED");
  }

  private double counted(String name) {
    return registry.get("expressway.session." + name).functionCounter().count();
  }
}
