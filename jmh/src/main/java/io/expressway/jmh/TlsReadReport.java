package io.expressway.jmh;

import io.expressway.jmh.JmhRounds.Metric;
import io.expressway.jmh.JmhRounds.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@link TlsRead} found: 1 MiB, and 8 MiB sixteen at once, plain and over TLS; ours with
 * BoringSSL and with the JDK's TLS.
 *
 * <p>{@code TlsReadReport DIRECTORY ROUND.json...} writes {@code tls-read.json} and {@code
 * tls-read.md} there.
 */
public final class TlsReadReport {
  private static final List<String> SIZES = List.of("c1MiB", "e8MiBx16");

  private final JmhRounds rounds = new JmhRounds(TlsRead.class);

  private TlsReadReport() {}

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    TlsReadReport report = new TlsReadReport();
    report.rounds.addAll(args);
    Report.publish(
        Path.of(args[0]),
        "tls-read",
        report.render(),
        report.rounds.json(RangedReadReport.TITLES::get),
        report.verdicts());
  }

  private String render() {
    StringBuilder text = new StringBuilder("# What encryption costs\n\n");
    text.append(JmhRounds.environment("jmh/run tls"));
    text.append(
        "CPU seconds for a GB received, of the client's process, all threads; medians over");
    text.append(" the rounds. TLS in raw, sdkApache and expresswayJdkTls is the JDK's; in");
    text.append(" expressway and sdkNetty it is BoringSSL's, by Netty; in s3Crt it is its own.");
    text.append(" Loopback on a shared machine: read ratios.\n\n");
    SIZES.forEach(size -> costs(text, size));
    ClientTable table = RangedReadReport.table(rounds);
    for (String size : SIZES) {
      String title = RangedReadReport.TITLES.get(size);
      text.append(table.of(title + ", TLS, in µs for each read", size, true));
    }
    return text.toString();
  }

  private void costs(StringBuilder text, String size) {
    StringBuilder lines = new StringBuilder();
    for (RangeClients client : RangeClients.values()) {
      Row encrypted = new Row(size, true, client.name());
      if (rounds.has(encrypted)) {
        line(lines, encrypted);
      }
    }
    if (!lines.isEmpty()) {
      text.append("## ").append(RangedReadReport.TITLES.get(size)).append("\n\n");
      text.append("| client | plain, s/GB | TLS, s/GB | TLS costs | ÷ plain |\n");
      text.append("|---|---|---|---|---|\n").append(lines).append('\n');
    }
  }

  private void line(StringBuilder text, Row encrypted) {
    boolean isOurs = encrypted.client().startsWith(RangeClients.expressway.name());
    Row plain =
        new Row(
            encrypted.benchmark(),
            false,
            isOurs ? RangeClients.expressway.name() : encrypted.client());
    text.append(
        String.format(
                Locale.ROOT,
                "| %s | %.3f | %.3f | %.3f | %.2f |%n",
                encrypted.client(),
                secondsOfGigabyte(plain),
                secondsOfGigabyte(encrypted),
                secondsOfGigabyte(encrypted) - secondsOfGigabyte(plain),
                secondsOfGigabyte(encrypted) / secondsOfGigabyte(plain))
            .replace("NaN", ""));
  }

  private double secondsOfGigabyte(Row row) {
    return rounds.cpuOfGigabyte(row, RangedReadReport.bytes(row));
  }

  private List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    Peers peers = new Peers(rounds, RangeClients.peers());
    RangedReadReport.besideTheSdk(verdicts, peers);
    for (String size : SIZES) {
      String title = RangedReadReport.TITLES.get(size) + " over TLS";
      Row ours = RangedReadReport.ours(size, true);
      peers.atMostTheBest(verdicts, title, "time", ours, Metric.TIME);
      peers.atMostTheBest(verdicts, title, "CPU", ours, Metric.CPU);
      Row withoutBoringSsl = ours.by(RangeClients.expresswayJdkTls.name());
      new Peers(rounds, List.of(RangeClients.sdkApache.name()))
          .atMostTheBest(
              verdicts, title + ", the JDK's on both sides", "CPU", withoutBoringSsl, Metric.CPU);
    }
    return verdicts;
  }
}
