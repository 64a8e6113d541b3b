package io.expressway.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was measured counts for the build that it was measured of, and for no other. */
final class MeasuredTest {
  private static final Measured FOUND =
      new Measured(
          Instant.parse("2026-11-27T20:00:00Z"),
          61,
          List.of(
              Verdict.of("a", "b", "0", "0", true), Verdict.ofTime("c", "d", "≤ 1", "2", false)));

  @TempDir Path directory;

  @Test
  void isFoundAgainWhateverCameOfIt() throws IOException {
    keep("this build");
    assertThat(Measured.load(directory, ClaimSuite.HITS, "this build")).contains(FOUND);
    assertThat(Measured.load(directory, ClaimSuite.HITS, "another")).isEmpty();
    assertThat(Measured.load(directory, ClaimSuite.DISK, "this build")).isEmpty();
  }

  @Test
  void isForgottenWhenItIsMeasuredAgain() throws IOException {
    keep("this build");
    Measured.forget(directory, ClaimSuite.HITS);
    assertThat(Measured.load(directory, ClaimSuite.HITS, "this build")).isEmpty();
  }

  @Test
  void whatBrokeOffWhileItWasKeptIsMeasuredAgain() throws IOException {
    keep("this build");
    Files.writeString(directory.resolve("hits.measured"), "this build\n");
    assertThat(Measured.load(directory, ClaimSuite.HITS, "this build")).isEmpty();
  }

  @Test
  void aBuildIsWhatItHolds() throws IOException {
    Path jar = jar("a.jar", "text", 1_000_000);
    assertThat(Measured.build(List.of(jar)))
        .isEqualTo(Measured.build(List.of(jar("b.jar", "text", 2_000_000))))
        .isNotEqualTo(Measured.build(List.of(jar("c.jar", "other", 1_000_000))))
        .isNotEqualTo(Measured.build(List.of(jar, jar)));
  }

  private void keep(String build) throws IOException {
    Verdict.save(directory, "cache-hit", FOUND.verdicts().subList(0, 1));
    Verdict.save(directory, "hit-scaling", FOUND.verdicts().subList(1, 2));
    FOUND.save(directory, ClaimSuite.HITS, build);
  }

  private Path jar(String name, String content, long builtAtMillis) throws IOException {
    Path file = directory.resolve(name);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      ZipEntry entry = new ZipEntry("entry");
      entry.setTime(builtAtMillis);
      zip.putNextEntry(entry);
      zip.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }
}
