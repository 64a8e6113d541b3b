package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What does the way in which an event loop learns of bytes cost? {@link RangedRead} by this library
 * over epoll and over the JDK's selectors, by Netty alone over both and over io_uring, and by a
 * socket that its caller drives.
 *
 * <p>{@code TransportsReport DIRECTORY ROUND.json...} writes {@code transports.json} and {@code
 * transports.md} there.
 */
public final class TransportsReport {
  private static final List<String> SIZES = List.of("a4KiB", "c1MiB", "e8MiBx16");

  private TransportsReport() {}

  /** Reads the rounds and writes the report. */
  public static void main(String[] args) throws IOException {
    JmhRounds rounds = new JmhRounds(RangedRead.class);
    rounds.addAll(args);
    StringBuilder text = new StringBuilder("# What the transport costs\n\n");
    text.append(JmhRounds.environment("jmh/run transports"));
    text.append("Medians over the rounds, times in µs; × raw is the ratio to a blocking socket in");
    text.append(
        " the same run. CPU is the client process, all threads. The clients named netty send");
    text.append(" a ready-made request and drop the answer, on one event loop: what a transport");
    text.append(" leaves to gain; callerDriven signs each request and has no event loop: what a");
    text.append(" second engine for callers that block would leave to gain.");
    text.append(" Loopback on a shared machine: read ratios.\n\n");
    ClientTable table = RangedReadReport.table(rounds);
    for (String size : SIZES) {
      text.append(table.of(RangedReadReport.TITLES.getOrDefault(size, size), size, false));
    }
    Report.publish(
        Path.of(args[0]),
        "transports",
        text.toString(),
        rounds.json(RangedReadReport.TITLES::get),
        List.of());
  }
}
