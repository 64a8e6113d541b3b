package io.expressway.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.NoLeaks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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

  /** {@code WhatExamplesNeedTest} of the library shows that what is promised for this is enough. */
  @Test
  void theyDoNoMoreThanTheLibraryPromises() throws Exception {
    assertThat(changes("SurviveZoneLoss")).containsExactly(".write(KEY");
    assertThat(changes("QuorumLog")).containsExactly(".write(key(number)");
    assertThat(source("QuorumLog"))
        .contains("writes(WritePolicy.quorum()).reads(ReadConsistency.quorum())")
        .containsOnlyOnce("WriteOptions.defaults()")
        .contains("WriteOptions.defaults().ifAbsent()");
  }

  /** Each change of an object that an example makes, with its first argument. */
  private static List<String> changes(String example) throws IOException {
    return Pattern.compile("\\.(?:write|delete|deleteAll|append|rename|copy|upload)\\([\\w.()]*")
        .matcher(source(example))
        .results()
        .map(MatchResult::group)
        .toList();
  }

  private static String source(String example) throws IOException {
    return Files.readString(Path.of("src/main/java/io/expressway/examples", example + ".java"));
  }
}
