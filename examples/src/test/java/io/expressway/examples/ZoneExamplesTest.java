package io.expressway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.NoLeaks;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class ZoneExamplesTest {
  private interface Example {
    void run(Arguments arguments) throws Exception;
  }

  private static String run(Example example, String... args) throws Exception {
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      example.run(Arguments.parse(args));
    } finally {
      System.setOut(console);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void noReadFailsWhileZonesAreLostAndThePictureShowsThem(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("zones.html");
    String printed = run(SurviveZoneLoss::run, "--seconds", "1", "--out", out.toString());
    assertThat(printed.split("200 reads, 0 failed", -1)).hasSize(5);
    assertThat(Files.readString(out))
        .contains("usw2-az1 is gone", "usw2-az3 is silent, too", "<svg")
        .doesNotContain("#c00");
  }

  @Test
  void aLogLosesNothingWithAZone() throws Exception {
    assertThat(run(QuorumLog::run))
        .contains("usw2-az1 is lost after 20 segments")
        .contains("40 segments are durable")
        .contains("read back 40 segments in order")
        .contains("usw2-az1 is owed 20");
  }
}
