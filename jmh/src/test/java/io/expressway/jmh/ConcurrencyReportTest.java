package io.expressway.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The number in flight at which ours is worst is what is judged, and each client has its line. */
final class ConcurrencyReportTest {
  @TempDir Path directory;

  @Test
  void theWorstNumberInFlightIsJudged() {
    ConcurrencyReport report = new ConcurrencyReport(1, 1);
    add(report, 1, RangeClients.expressway, 200);
    add(report, 1, RangeClients.sdkNetty, 100);
    add(report, 16, RangeClients.expressway, 200);
    add(report, 16, RangeClients.sdkNetty, 400);
    Verdict throughput = report.verdicts().get(0);
    assertThat(throughput.claim()).contains("at 16 where it is worst");
    assertThat(throughput.measured()).isEqualTo("0.50 × (one round)");
    assertThat(throughput.outcome()).isEqualTo(Verdict.Outcome.FAIL);
  }

  @Test
  void everyClientHasItsLine() throws Exception {
    ConcurrencyReport report = new ConcurrencyReport(1, 1);
    add(report, 1, RangeClients.raw, 300);
    add(report, 1, RangeClients.expressway, 200);
    add(report, 512, RangeClients.raw, 900);
    add(report, 512, RangeClients.expressway, 800);
    report.write(directory);
    List<Chart.Drawing> charts =
        ConcurrencyReport.charts(Files.readString(directory.resolve("concurrency.json")));
    assertThat(charts).hasSize(1);
    assertThat(charts.get(0).svg()).contains(">raw<", ">expressway<", ">512<", "reads a second");
    assertThat(directory.resolve(charts.get(0).name() + ".svg")).exists();
  }

  private static void add(
      ConcurrencyReport report, int inFlight, RangeClients client, double perSecond) {
    ConcurrencyReport.Sample sample = new ConcurrencyReport.Sample(perSecond, 1, 2, 3, 4);
    report.add(
        new ConcurrencyReport.Load(5, 4, inFlight),
        client,
        ConcurrencyReport.Sample.of(sample.told()));
  }
}
