package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A process is killed in the middle of an upload, and another goes on. */
final class KilledUploadTest {
  private static final int PART = 5 << 20;
  private static final int SIZE = 3 * PART + 1234;
  private static final long SEED = 42;

  @Test
  void whatTheDeadProcessStoredIsNotSentAgain() throws Exception {
    try (ZonalServer server = ZonalServer.builder().zones("usw2-az1").start()) {
      Zone zone = server.zone("usw2-az1");
      String name = zone.createBucket("killed");
      UploadToken token = UploadToken.parse(uploadAndDie(server, zone, name));
      RoundTrips before = zone.roundTrips();
      byte[] content = new byte[SIZE];
      new Random(SEED).nextBytes(content);
      try (ExpressBucket bucket = open(server, zone, name);
          Upload upload =
              bucket
                  .resume(token, UploadOptions.defaults().partSize(PART))
                  .get(60, TimeUnit.SECONDS)) {
        int from = (int) upload.offset();
        assertThat(from).isEqualTo(3 * PART);
        upload.write(ByteBuffer.wrap(content, from, SIZE - from));
        upload.complete().get(60, TimeUnit.SECONDS);
      }
      assertThat(zone.bytes(name, "dir/object")).isEqualTo(content);
      assertThat(zone.roundTrips().since(before).of("UploadPart")).isEqualTo(1);
    }
  }

  private static ExpressBucket open(ZonalServer server, Zone zone, String name) {
    return ExpressBucket.open(
        name,
        Credentials.of(server.accessKeyId(), server.secretAccessKey()),
        ExpressOptions.defaults().endpoint(zone.endpoint()));
  }

  /** Kills the process once three parts are stored; gives the token it had printed. */
  private static String uploadAndDie(ZonalServer server, Zone zone, String name) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledUploader.class.getName(),
                zone.endpoint().toString(),
                name,
                "dir/object",
                server.accessKeyId(),
                server.secretAccessKey(),
                Integer.toString(PART),
                Integer.toString(SIZE),
                Long.toString(SEED))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String token = Objects.requireNonNull(lines.readLine(), "the process said nothing");
      String line = token;
      while (line != null && !line.equals("stored " + 3 * PART)) {
        line = lines.readLine();
      }
      return token;
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
