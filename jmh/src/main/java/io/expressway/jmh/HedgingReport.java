package io.expressway.jmh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoublePredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What hedges did to the slowest reads. Used by one thread. */
final class HedgingReport {
  private static final double[] PERCENTILES = {50, 99, 99.9, 99.99};
  static final String WITH = "with hedges";
  static final String ORACLE = "the oracle";
  private static final String WITHOUT = "without hedges";
  private static final Pattern MILLIS =
      Pattern.compile("\"(with|without|oracle)Millis\":\\[([-\\d.,]+)\\]");
  private static final Map<String, String> TITLES =
      Map.of("with", WITH, "without", WITHOUT, "oracle", ORACLE);
  private static final double LEAST_CUT = 5;
  private static final double MOST_EXTRA = 0.05;
  private static final double MOST_OVER_ORACLE = 1.2;
  private static final double TAIL = 99.9;
  private static final double SINGLE_DIGIT_MILLIS = 10;
  private static final String LATE = "one in 100 late";

  private final Hedging.Setting setting;
  private final int rate;
  private final int seconds;
  private final Histogram without = new Histogram(3);
  private final Histogram with = new Histogram(3);
  private final Histogram withoutPauses = new Histogram(3);
  private final Histogram lags = new Histogram(3);
  private final List<double[]> oracles = new ArrayList<>();
  private final List<Double> hedgeMillis = new ArrayList<>();
  private final List<Double> cuts = new ArrayList<>();
  private final List<Double> overs = new ArrayList<>();
  private final List<Double> p99s = new ArrayList<>();
  private final List<Double> p99sOfOracle = new ArrayList<>();
  private final List<Double> p99sWithout = new ArrayList<>();
  private double lastWithout;
  private long failed;
  private long reads;
  private long requests;
  private long slowReads;
  private long slowRequests;

  HedgingReport(Hedging.Setting setting, int rate, int seconds) {
    this.setting = setting;
    this.rate = rate;
    this.seconds = seconds;
  }

  void without(OpenLoop loop, List<Pauses.Pause> pauses) {
    add(without, loop);
    Histogram undisturbed = undisturbed(loop, pauses);
    lastWithout = millis(undisturbed, TAIL);
    p99sWithout.add(millis(undisturbed, 99));
  }

  void with(
      OpenLoop loop,
      List<Pauses.Pause> pauses,
      long serverReads,
      double hedgeDelayMillis,
      double[] oracle) {
    add(with, loop);
    Histogram undisturbed = undisturbed(loop, pauses);
    withoutPauses.add(undisturbed);
    reads += loop.count();
    requests += serverReads;
    hedgeMillis.add(hedgeDelayMillis);
    oracles.add(oracle);
    double tail = millis(undisturbed, TAIL);
    p99s.add(millis(undisturbed, 99));
    p99sOfOracle.add(at(oracle, 99));
    cuts.add(lastWithout / tail);
    overs.add(tail / at(oracle, TAIL));
  }

  /** Of the reads that met no pause, in microseconds. */
  private static Histogram undisturbed(OpenLoop loop, List<Pauses.Pause> pauses) {
    Histogram micros = new Histogram(3);
    for (int i = 0; i < loop.count(); i++) {
      long begun = loop.intended(i);
      long ended = begun + loop.latency(i);
      if (!Pauses.met(pauses, begun, ended)) {
        micros.recordValue(loop.latency(i) / 1_000);
      }
    }
    return micros;
  }

  void allSlow(OpenLoop loop, long serverReads) {
    failed += loop.failed();
    slowReads += loop.count();
    slowRequests += serverReads;
  }

  private void add(Histogram to, OpenLoop loop) {
    failed += loop.failed();
    for (int i = 0; i < loop.count(); i++) {
      to.recordValue(loop.latency(i) / 1_000);
      lags.recordValue(Math.max(0, loop.lag(i) / 1_000));
    }
  }

  private static double millis(Histogram of, double percentile) {
    return of.getValueAtPercentile(percentile) / 1e3;
  }

  private static double[] millis(Histogram of) {
    return Arrays.stream(PERCENTILES).map(percentile -> millis(of, percentile)).toArray();
  }

  private double oracleMillis(double percentile) {
    return at(oracles.stream().flatMapToDouble(Arrays::stream).sorted().toArray(), percentile);
  }

  private static double at(double[] sorted, double percentile) {
    return sorted[(int) Math.min(sorted.length - 1, Math.ceil(percentile / 100 * sorted.length))];
  }

  private static double extra(long requests, long reads) {
    return (double) (requests - reads) / reads;
  }

  private boolean isService() {
    return setting.equals(Hedging.Setting.SERVICE);
  }

  List<Verdict> verdicts() {
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(Verdict.of("all", "failed reads", "0", String.valueOf(failed), failed == 0));
    if (isService()) {
      double[] without = p99sWithout.stream().mapToDouble(each -> each).toArray();
      double[] ofOracle = p99sOfOracle.stream().mapToDouble(each -> each).toArray();
      verdicts.add(
          Verdict.ofRounds(
                  LATE, "p99", "< 10 ms", "ms", p99s, millis -> millis < SINGLE_DIGIT_MILLIS)
              .beside(
                  "without hedges "
                      + Verdict.spread(without, "ms")
                      + ", the oracle "
                      + Verdict.spread(ofOracle, "ms")));
    } else {
      verdicts.add(ratio("p99.9 cut", "≥ 5 ×", cuts, cut -> cut >= LEAST_CUT));
    }
    verdicts.add(
        ratio("p99.9 over the oracle's", "≤ 1.2 ×", overs, over -> over <= MOST_OVER_ORACLE));
    verdicts.add(more(LATE, extra(requests, reads)));
    if (!isService()) {
      verdicts.add(more("all zones 500 ms slower for 20 s", extra(slowRequests, slowReads)));
    }
    return verdicts;
  }

  private static Verdict more(String about, double extra) {
    return Verdict.ofTime(
        about, "more requests", "≤ 5 %", format("%.1f %%", 100 * extra), extra <= MOST_EXTRA);
  }

  private static Verdict ratio(
      String claim, String bar, List<Double> rounds, DoublePredicate holds) {
    return Verdict.ofRounds(LATE, claim, bar, "×", rounds, holds);
  }

  boolean holds() {
    return Verdict.noneFails(verdicts());
  }

  String markdown() {
    StringBuilder text = new StringBuilder("# Hedges\n\n");
    text.append(JmhRounds.environment(isService() ? "jmh/run service" : "jmh/run hedging"));
    text.append(
        format(
            "%d reads of %d KiB a second for %d s with hedges and as long without, in turns, from"
                + " %d zones in as many processes: lognormal, median 4.5 ms, p95 6 ms, 80 MB/s a"
                + " connection, and one of every 100 requests takes %s100 ms. Milliseconds from the"
                + " moment a read was meant to start. Hedged after %.1f ms (mean). The oracle: the lesser of the delay that"
                + " the server logged and that time plus another such delay, without what network"
                + " and client take. The table is of all reads together; what is held against a bar"
                + " is of each round, and leaves out the reads that met a pause, when a server's"
                + " process or the client's did not run for 2 ms or more: %.1f %% of those with"
                + " hedges.%n%n",
            rate,
            setting.bytes() >> 10,
            seconds,
            setting.zones(),
            isService() ? setting.model().leastMillis() + " to " : "",
            hedgeMillis.stream().mapToDouble(each -> each).average().orElse(0),
            100.0 * (with.getTotalCount() - withoutPauses.getTotalCount()) / reads));
    if (isService()) {
      text.append(
          "As one of every hundred is late, p99 is the slowest of those that are not: it tells of"
              + " client and machine, and p99.9 of hedges (docs/decisions/0029).\n\n");
    }
    text.append("| | p50 | p99 | p99.9 | p99.99 |\n|---|---|---|---|---|\n");
    row(text, WITHOUT, millis(without));
    row(text, WITH, millis(with));
    row(text, WITH + ", no pause met", millis(withoutPauses));
    row(text, ORACLE, Arrays.stream(PERCENTILES).map(this::oracleMillis).toArray());
    row(text, "own lag", millis(lags));
    text.append("\n").append(Verdict.table("when", verdicts()));
    return text.toString();
  }

  private static void row(StringBuilder text, String title, double... values) {
    text.append("| ").append(title).append(' ');
    for (double value : values) {
      text.append(format("| %.1f ", value));
    }
    text.append("|\n");
  }

  String json() {
    return format(
        "{\"readsPerSecond\":%d,\"seconds\":%d,%n\"withoutMillis\":%s,%n\"withMillis\":%s,%n"
            + "\"oracleMillis\":%s,%n\"extra\":%.4f%s,\"holds\":%b}%n",
        rate,
        seconds,
        list(millis(without)),
        list(millis(with)),
        list(Arrays.stream(PERCENTILES).map(this::oracleMillis).toArray()),
        extra(requests, reads),
        isService() ? "" : format(",\"extraAllSlow\":%.4f", extra(slowRequests, slowReads)),
        holds());
  }

  /** What {@link #json} tells of the times: for each kind of read, milliseconds by percentile. */
  static Map<String, Map<Double, Double>> percentiles(String json) {
    Map<String, Map<Double, Double>> named = new LinkedHashMap<>();
    for (Matcher kind = MILLIS.matcher(json); kind.find(); ) {
      Map<Double, Double> points = new TreeMap<>();
      String[] values = kind.group(2).split(",", -1);
      for (int i = 0; i < values.length; i++) {
        points.put(PERCENTILES[i], Double.parseDouble(values[i]));
      }
      named.put(TITLES.get(kind.group(1)), points);
    }
    return named;
  }

  private static String list(double... values) {
    return Arrays.stream(values)
        .mapToObj(value -> format("%.2f", value))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
