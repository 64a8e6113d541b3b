package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.ZonalServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the first read of a JVM loads, and does not. */
final class FirstReadTest {
  /** The JVM: a server, and one read of it. */
  public static void main(String[] args) {
    String zone = "usw2-az1";
    try (ZonalServer server = ZonalServer.builder().zones(zone).bucket("demo").start();
        Bucket bucket =
            ExpressBucket.open(
                server.zone(zone).bucket(),
                Credentials.of(server.accessKeyId(), server.secretAccessKey()),
                ExpressOptions.defaults().endpoint(server.zone(zone).hostEndpoint()))) {
      server.zone(zone).putObject(bucket.name().toString(), "object", new byte[1000]);
      try (Slice slice = bucket.read("object", ByteRange.of(0, 100)).join()) {
        System.out.println("read " + slice.length());
      }
    }
  }

  /** With the first of ours the JDK would read all that it knows of its own, 0.15 s of the CPU. */
  @Test
  void withoutARecordingNoEventIsLoaded() throws Exception {
    Process reader =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xlog:class+load",
                    "-cp",
                    System.getProperty("java.class.path"),
                    FirstReadTest.class.getName()))
            .redirectErrorStream(true)
            .start();
    String output = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(reader.waitFor()).as(output).isZero();
    assertThat(output)
        .contains("read 100", "io.expressway.internal.http.Connection")
        .doesNotContain("io.expressway.internal.http.RequestEvent")
        .doesNotContain("io.expressway.internal.http.ConnectEvent");
  }
}
