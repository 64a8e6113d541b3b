package io.expressway.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page says what was found, draws what was measured, and asks for nothing else. */
final class ClaimsReportTest {
  /** Opened there by {@code .ci/page}. */
  private static final Path FOR_A_BROWSER = Path.of("target/claims-page");

  @TempDir Path directory;

  @Test
  void aPageThatNeedsNothingElse() throws Exception {
    Files.writeString(
        directory.resolve("service.json"),
        "{\"clients\":[\n"
            + "{\"client\":\"raw\",\"p50Micros\":1.0,\"p99Micros\":2.0,\"added50Micros\":3.0,"
            + "\"added99Micros\":4.0,\"cpuMicros\":5.0}],\n"
            + "\"readsPerSecond\":{\"1\":190,\"64\":12000}}");
    ClaimsReport report = new ClaimsReport(false, directory);
    report.add(
        ClaimSuite.SERVICE,
        List.of(
            Verdict.ofTime("a <read>", "is quick & right", "≤ 1 ×", "2.00 ×", false),
            Verdict.of("a count", "is nothing", "0", "7", false)));
    report.took(ClaimSuite.SERVICE, 61);
    report.write(directory);
    report.write(Files.createDirectories(FOR_A_BROWSER));
    String page = Files.readString(directory.resolve("claims.html"));
    assertThat(page)
        .contains("a &lt;read&gt;", "is quick &amp; right", "Throughput", "12,000", "undecided")
        .contains("0 claims hold, 1 are undecided, 1 do not hold")
        .doesNotContain("src=", "href=", "@import", "url(");
    assertThat(Files.readString(directory.resolve("claims.json")))
        .contains("\"form\":\"short\"", "\"outcome\":\"UNDECIDED\"", "\"outcome\":\"FAIL\"");
    assertThat(report.holds()).isFalse();
  }
}
