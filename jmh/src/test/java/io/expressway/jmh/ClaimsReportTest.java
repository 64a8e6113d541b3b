package io.expressway.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
    Files.writeString(
        directory.resolve("hedging-service.json"),
        "{\"readsPerSecond\":200,\n\"withoutMillis\":[5.5,22.5,93.6,100.4],\n"
            + "\"withMillis\":[5.5,11.5,14.3,19.5],\n\"oracleMillis\":[5.3,9.1,12.9,14.4],\n"
            + "\"extra\":0.04}");
    ClaimsReport report = new ClaimsReport(false, "0123abcd on JDK 17", directory);
    report.add(
        ClaimSuite.SERVICE,
        new Measured(
            Instant.parse("2026-11-27T20:00:00Z"),
            61,
            List.of(
                Verdict.ofTime("a <read>", "is quick & right", "≤ 1 ×", "2.00 ×", false),
                Verdict.of("a count", "is nothing", "0", "7", false))));
    report.write(directory);
    report.write(Files.createDirectories(FOR_A_BROWSER));
    String page = Files.readString(directory.resolve("claims.html"));
    assertThat(page)
        .contains("a &lt;read&gt;", "is quick &amp; right", "Throughput", "12,000", "undecided")
        .contains(">p50<", ">p99.9<", ">p99.99<", "with hedges", "the oracle")
        .contains("begun 2026-11-27T20:00:00Z, 61 s", "0123abcd", "Netty 4.")
        .contains("0 claims hold, 1 are undecided, 1 do not hold")
        .doesNotContain("src=", "href=", "@import", "url(");
    assertThat(Files.readString(directory.resolve("claims.json")))
        .contains("{\"suite\":\"service\",\"begun\":\"2026-11-27T20:00:00Z\",\"seconds\":61}")
        .contains("\"form\":\"short\"", "\"outcome\":\"UNDECIDED\"", "\"outcome\":\"FAIL\"");
    assertThat(report.holds()).isFalse();
  }
}
