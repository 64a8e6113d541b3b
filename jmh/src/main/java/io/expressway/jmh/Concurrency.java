package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How far does throughput grow with the reads in flight, and what does each then cost? Every client
 * is a process of its own on a core that the server does not use, and measured alone, by turns.
 *
 * <pre>
 * java -cp jmh/target/benchmarks.jar io.expressway.jmh.Concurrency --rounds 9 --out docs/benchmarks
 * </pre>
 *
 * <p>No client is limited by its default: each may open {@value #CONNECTIONS} connections.
 */
public final class Concurrency {
  static final int CONNECTIONS = 512;
  private static final Set<String> KNOWN =
      Set.of("rounds", "millis", "clients", "latencies", "kib", "in-flight", "out");

  private final int rounds;
  private final int millis;
  private final List<RangeClients> clients;
  private final List<Integer> latencies;
  private final List<Integer> sizes;
  private final List<Integer> inFlight;
  private final ConcurrencyReport report;

  private Concurrency(Arguments arguments) {
    this.rounds = arguments.number("rounds", 9);
    this.millis = arguments.number("millis", 1_000);
    this.clients =
        Arrays.stream(
                arguments.text("clients", "raw,expressway,sdkNetty,s3Crt,sdkApache").split(",", -1))
            .map(RangeClients::valueOf)
            .toList();
    this.latencies = numbers(arguments.text("latencies", "0,5"));
    this.sizes = numbers(arguments.text("kib", "4,64"));
    this.inFlight = numbers(arguments.text("in-flight", "1,4,16,64,128,256,512"));
    this.report = new ConcurrencyReport(rounds, millis);
  }

  private static List<Integer> numbers(String list) {
    return Arrays.stream(list.split(",", -1)).map(Integer::valueOf).toList();
  }

  /** Measures, prints the report and writes it. */
  public static void main(String[] args) throws IOException {
    Arguments arguments = Arguments.parse(KNOWN, args);
    Concurrency concurrency = new Concurrency(arguments);
    for (int latency : concurrency.latencies) {
      System.err.println("service latency " + latency + " ms");
      concurrency.measure(latency);
    }
    concurrency.report.write(Files.createDirectories(Path.of(arguments.text("out", "."))));
    System.exit(Verdict.noneFails(concurrency.report.verdicts()) ? 0 : 1);
  }

  private void measure(int latencyMillis) throws IOException {
    Map<RangeClients, ServerProcess> opened = new LinkedHashMap<>();
    try (ServerProcess server =
        ServerProcess.start(
            ZoneProcesses.onCoreOf(0),
            PatternServer.class,
            String.valueOf(latencyMillis),
            "0",
            "0")) {
      for (RangeClients client : clients) {
        opened.put(
            client,
            ServerProcess.start(
                ZoneProcesses.onLastCore(),
                ConcurrencyClient.class,
                ModelledClient.arguments(server.address(), client)));
      }
      for (int round = -1; round < rounds; round++) { // the first opens connections, uncounted
        for (int kib : sizes) {
          for (int readers : inFlight) {
            for (Map.Entry<RangeClients, ServerProcess> each : opened.entrySet()) {
              String told = each.getValue().ask((kib << 10) + " " + readers + " " + millis);
              if (round >= 0) {
                report.add(
                    new ConcurrencyReport.Load(latencyMillis, kib, readers),
                    each.getKey(),
                    ConcurrencyReport.Sample.of(told));
              }
            }
          }
        }
      }
    } finally {
      opened.values().forEach(ServerProcess::close);
    }
  }
}
