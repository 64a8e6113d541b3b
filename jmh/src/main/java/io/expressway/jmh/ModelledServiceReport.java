package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What {@link ModelledService} found. Used by one thread. */
final class ModelledServiceReport {
  private static final double MOST_MEDIAN_MICROS = 200;
  private static final double MOST_P99_MICROS = 500;
  private static final double MOST_PARALLEL_MILLIS = 30;
  private static final double LEAST_LINEAR = 0.9;

  /** 27 ms and 4.5 ms. */
  private static final double MODELS_DIFFER = 6;

  /** Of one round, in microseconds. */
  private record Share(
      double p50,
      double p99,
      double added50,
      double added99,
      double all99,
      double cpu,
      int leftOut) {}

  private final int rounds;
  private final int reads;
  private final Map<RangeClients, List<Share>> shares = new EnumMap<>(RangeClients.class);
  private final List<double[]> plain = new ArrayList<>();
  private final List<double[]> hedged = new ArrayList<>();
  private final Map<Integer, List<Double>> perSecond = new TreeMap<>();
  private final List<double[]> ofExpress = new ArrayList<>();
  private final List<double[]> ofStandard = new ArrayList<>();
  private int connections;

  ModelledServiceReport(int rounds, int reads) {
    this.rounds = rounds;
    this.reads = reads;
  }

  /**
   * One round's.
   *
   * @param micros reads that met no pause
   * @param added what they took longer than the server's delay
   * @param all the same of all reads
   */
  void share(RangeClients client, double[] micros, double[] added, double[] all, double cpuMicros) {
    shares
        .computeIfAbsent(client, each -> new ArrayList<>())
        .add(
            new Share(
                at(micros, 0.5),
                at(micros, 0.99),
                at(added, 0.5),
                at(added, 0.99),
                at(all, 0.99),
                cpuMicros,
                all.length - added.length));
  }

  void inParallel(boolean isHedged, double[] millis) {
    (isHedged ? hedged : plain).add(millis);
  }

  void underWay(int readers, double readsPerSecond) {
    perSecond.computeIfAbsent(readers, each -> new ArrayList<>()).add(readsPerSecond);
  }

  void connections(int most) {
    connections = most;
  }

  void besideStandard(boolean isStandard, double[] micros) {
    (isStandard ? ofStandard : ofExpress).add(micros);
  }

  private List<Double> overStandard(double share) {
    return Rounds.ratios(at(ofStandard, share), at(ofExpress, share));
  }

  private static double at(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  }

  private static double median(List<Double> values) {
    return at(values.stream().mapToDouble(each -> each).toArray(), 0.5);
  }

  private interface Of {
    double value(Share share);
  }

  private double median(RangeClients client, Of of) {
    return median(all(client, of));
  }

  private List<Double> all(RangeClients client, Of of) {
    return shares.getOrDefault(client, List.of()).stream().map(of::value).toList();
  }

  private static List<Double> at(List<double[]> rounds, double share) {
    return rounds.stream().map(each -> at(each, share)).toList();
  }

  /** Round by round, what ours adds beyond what a blocking socket does. */
  private List<Double> beyondSocket(Of of) {
    return Rounds.paired(
        all(RangeClients.expressway, of), all(RangeClients.raw, of), (ours, floor) -> ours - floor);
  }

  private String peers(Of of) {
    return shares.keySet().stream()
        .filter(RangeClients::isPeer)
        .map(client -> format("%s %.0f", client, median(client, of) - median(RangeClients.raw, of)))
        .collect(Collectors.joining(", "));
  }

  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(share("p50", MOST_MEDIAN_MICROS, Share::added50));
    verdicts.add(share("p99", MOST_P99_MICROS, Share::added99));
    verdicts.add(
        Verdict.ofRounds(
                "8 MiB in 16 ranges over two zones",
                "p99",
                "< 30 ms",
                "ms",
                at(hedged, 0.99),
                millis -> millis < MOST_PARALLEL_MILLIS)
            .beside(format("without hedges %.1f ms", median(at(plain, 0.99)))));
    verdicts.add(
        Verdict.ofRounds(
            "a read of 4 KiB from the model of S3 Standard",
            "p50 beside that of S3 Express, of the 6.0 × that the models differ by",
            "≥ 5.4 ×",
            "×",
            overStandard(0.5),
            ratio -> ratio >= LEAST_LINEAR * MODELS_DIFFER));
    for (int readers : perSecond.keySet()) {
      if (readers > 1 && readers <= connections) {
        verdicts.add(
            Verdict.ofRounds(
                readers + " reads of 4 KiB under way",
                "throughput beside as many times that of one",
                "≥ 0.9 ×",
                "×",
                linear(readers),
                ratio -> ratio >= LEAST_LINEAR));
      }
    }
    return verdicts;
  }

  private Verdict share(String which, double most, Of of) {
    Verdict verdict =
        Verdict.ofRounds(
            "a read of 4 KiB, one at a time",
            "what the client adds, " + which,
            format("≤ %.1f ms", most / 1e3),
            "µs beyond a blocking socket",
            beyondSocket(of),
            micros -> micros <= most);
    String peers = peers(of);
    return peers.isEmpty() ? verdict : verdict.beside(peers + " µs");
  }

  private List<Double> linear(int readers) {
    return Rounds.paired(
        perSecond.getOrDefault(readers, List.of()),
        perSecond.getOrDefault(1, List.of()),
        (many, one) -> many / (readers * one));
  }

  void write(Path out) throws IOException {
    Files.writeString(out.resolve("service.md"), markdown());
    Files.writeString(out.resolve("service.json"), json());
    Verdict.save(out, "service", verdicts());
    System.out.print(markdown());
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# A modelled service\n\n");
    text.append(JmhRounds.environment("jmh/run service"));
    text.append(
        format(
            "The service is a server in another process whose answers are as late as S3 Express's"
                + " are taken to be: lognormal, median 4.5 ms, 95th percentile 6 ms; one of every"
                + " 100 takes 20 to 100 ms; a connection carries 80 MB/s (assumptions, fitted to what"
                + " is published; `LatencyProfile.express` has the sources). %d rounds, medians of"
                + " theirs. Reads during which a server's process did not run for 2 ms or more are"
                + " left out.%n%n## What a client adds%n%n%d reads of 4 KiB a round and client, one"
                + " after the other, the clients by turns, each in a process of its own on the last"
                + " core. Added: the time of a read less the delay"
                + " that the server logged for it, so kernel, server and its timers are in it; the"
                + " blocking socket shows how much that is. Left out are also reads during which the"
                + " server's core or the client's did not run for 0.5 ms or more, as two processes"
                + " noted that come before all others there; what all reads show is beside. µs.%n%n",
            rounds, reads));
    text.append(
        "| client | p50 | p99 | added, p50 | added, p99 | CPU a read | left out | added by all, p99"
            + " |\n|---|---|---|---|---|---|---|---|\n");
    for (RangeClients client : shares.keySet()) {
      text.append(
          format(
              "| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.1f %% | %.0f |%n",
              client,
              median(client, Share::p50),
              median(client, Share::p99),
              median(client, Share::added50),
              median(client, Share::added99),
              median(client, Share::cpu),
              100.0
                  * all(client, Share::leftOut).stream().mapToDouble(each -> each).sum()
                  / ((double) rounds * reads),
              median(client, Share::all99)));
    }
    text.append(
        "\n## 8 MiB at once\n\n16 ranges of 512 KiB, each received where it belongs, from the first"
            + " of two zones; hedged in the other. ms.\n\n| | p50 | p90 | p99 |\n|---|---|---|---|\n");
    parallel(text, "without hedges", plain);
    parallel(text, "with hedges", hedged);
    text.append(
        format(
            "%n## S3 Standard beside it%n%nThe same client and reads from a server with the model of"
                + " S3 Standard (median 27 ms, 95th percentile 75 ms; `LatencyProfile.standard` has"
                + " the sources): %.1f × the time at the median, %.1f × at p95.%n",
            median(overStandard(0.5)), median(overStandard(0.95))));
    text.append(
        format(
            "%n## Reads under way%n%n4 KiB each, every reader's next when its last has ended; no"
                + " late answers; %d connections at most.%n%n| readers | reads a second | × one"
                + " reader's, a reader |%n|---|---|---|%n",
            connections));
    perSecond.forEach(
        (readers, values) ->
            text.append(
                format(
                    "| %d | %.0f | %.2f |%n", readers, median(values), median(linear(readers)))));
    return text.append('\n').append(Verdict.table("what", verdicts())).toString();
  }

  private static void parallel(StringBuilder text, String title, List<double[]> millis) {
    double[] all = millis.stream().flatMapToDouble(Arrays::stream).toArray();
    text.append(
        format("| %s | %.1f | %.1f | %.1f |%n", title, at(all, 0.5), at(all, 0.9), at(all, 0.99)));
  }

  private String json() {
    return format(
        "{\"rounds\":%d,\"reads\":%d,%n\"clients\":[%n%s],%n\"readsPerSecond\":{%s},%n\"verdicts\":[%n%s]}%n",
        rounds,
        reads,
        shares.keySet().stream()
            .map(
                client ->
                    format(
                        "{\"client\":\"%s\",\"p50Micros\":%.1f,\"p99Micros\":%.1f,"
                            + "\"added50Micros\":%.1f,\"added99Micros\":%.1f,\"cpuMicros\":%.1f,"
                            + "\"addedByAll99Micros\":%.1f}",
                        client,
                        median(client, Share::p50),
                        median(client, Share::p99),
                        median(client, Share::added50),
                        median(client, Share::added99),
                        median(client, Share::cpu),
                        median(client, Share::all99)))
            .collect(Collectors.joining(",\n")),
        perSecond.entrySet().stream()
            .map(each -> format("\"%d\":%.0f", each.getKey(), median(each.getValue())))
            .collect(Collectors.joining(",")),
        verdicts().stream().map(Verdict::json).collect(Collectors.joining(",\n")));
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
