package io.expressway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.RequestSite;
import io.expressway.SessionMode;
import io.expressway.ZoneUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CreateSessionEventTest {
  @Test
  void everyCreateSessionIsAnEvent(@TempDir Path directory) throws Exception {
    ManualTime time = new ManualTime();
    FakeIssuer issuer = new FakeIssuer(time);
    Path file = directory.resolve("sessions.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("io.expressway.CreateSession");
      recording.start();
      try (Sessions sessions =
          new Sessions(
              Credentials.of("AKID", "secret"), SessionOptions.defaults(), time, time, () -> 0)) {
        BucketCredentials credentials =
            sessions.forBucket(
                BucketName.directory("logs--usw2-az1--x-s3"), SessionMode.READ_ONLY, issuer);
        credentials.current();
        credentials.current();
        issuer.succeed();
        time.advance(Duration.ofSeconds(150));
        issuer.fail(new ZoneUnavailableException("no answer", RequestSite.UNKNOWN, null));
      }
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(events)
        .extracting(
            event -> event.getString("bucket"),
            event -> event.getString("mode"),
            event -> event.getBoolean("refresh"),
            event -> event.getInt("waiters"),
            event -> event.getString("failure"))
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("logs--usw2-az1--x-s3", "ReadOnly", false, 2, ""),
            org.assertj.core.api.Assertions.tuple(
                "logs--usw2-az1--x-s3", "ReadOnly", true, 0, "ZoneUnavailableException"));
    assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("secret of");
  }
}
