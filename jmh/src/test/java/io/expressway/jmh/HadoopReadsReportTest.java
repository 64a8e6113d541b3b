package io.expressway.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.jmh.HadoopReads.Reader;
import io.expressway.jmh.HadoopReads.Sample;
import io.expressway.jmh.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of readers beside each other. */
final class HadoopReadsReportTest {
  private static final FileRead READ = FileRead.COLUMN_CHUNKS;
  private final HadoopReadsReport report = new HadoopReadsReport(3);

  /** A reader's rounds; what it sends is the same in all. */
  private void add(Reader reader, double gets, double sentOfAsked, double... millis) {
    for (double each : millis) {
      report.add(
          READ, reader, new Sample(each, each / 2, gets, 0, sentOfAsked * READ.askedBytes()));
    }
  }

  @Test
  void readersAreComparedRoundByRound() {
    add(Reader.expressway, 4, 1.001, 10, 20, 40);
    add(Reader.s3aClassic, 4, 1, 20, 30, 80);
    add(Reader.s3aAnalytics, 5, 1.2, 5, 40, 20);

    List<Verdict> verdicts = report.verdicts();

    assertThat(verdicts.get(0).measured())
        .isEqualTo("2.00 × (quartiles 1.50 and 2.00 of 3 rounds)");
    assertThat(verdicts.get(0).outcome()).isEqualTo(Outcome.PASS);
    assertThat(verdicts.get(2).outcome()).isEqualTo(Outcome.UNDECIDED);
  }

  @Test
  void requestsAreHeldAgainstTheStreamThatNeedsFewest() {
    add(Reader.expressway, 5, 1.001, 10);
    add(Reader.s3aClassic, 4, 1, 20);
    add(Reader.s3aAnalytics, 6, 1.2, 20);

    List<Verdict> counted = report.verdicts().stream().filter(each -> !each.isTimed()).toList();

    assertThat(counted).extracting(Verdict::measured).containsExactly("5.0", "1.001");
    assertThat(counted).extracting(Verdict::outcome).containsExactly(Outcome.FAIL, Outcome.PASS);
  }

  @Test
  void theReportIsWrittenBesideItsVerdicts(@TempDir Path out) throws IOException {
    for (Reader reader : Reader.values()) {
      add(reader, 4, 1, 10, 20, 40);
    }

    report.write(out);

    assertThat(Files.readString(out.resolve("s3a.md")))
        .contains("| s3aClassic | 20.0 | 1.00 (1.00–1.00) | 10.0 | 1.00 (1.00–1.00) | 4.0 |");
    assertThat(Files.readString(out.resolve("s3a.json")))
        .contains("\"millis\":[10.00,20.00,40.00]");
    assertThat(Verdict.load(out, "s3a")).isEqualTo(report.verdicts());
  }
}
