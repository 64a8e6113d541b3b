package io.expressway.jmh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * All claims together: a line for each as it is known, then a page that needs nothing else, and
 * JSON. Used by one thread.
 */
final class ClaimsReport {
  private static final Pattern CLIENT =
      Pattern.compile(
          "\"client\":\"(\\w+)\",\"p50Micros\":([-\\d.]+),\"p99Micros\":([-\\d.]+),"
              + "\"added50Micros\":([-\\d.]+),\"added99Micros\":([-\\d.]+),\"cpuMicros\":([-\\d.]+)");
  private static final Pattern UNDER_WAY = Pattern.compile("\"(\\d+)\":(\\d+)");
  private static final double BYTES_OF_A_GB = 1e9;
  private static final double BYTES_READ = 8 << 20;

  private final boolean isFull;
  private final String build;
  private final Path work;
  private final String load = load();
  private final Map<ClaimSuite, Measured> suites = new EnumMap<>(ClaimSuite.class);

  /**
   * Without a claim yet.
   *
   * @param build of {@link Measured#build}
   * @param work where each suite's reports are
   */
  ClaimsReport(boolean isFull, String build, Path work) {
    this.isFull = isFull;
    this.build = build;
    this.work = work;
  }

  private static String load() {
    try {
      return Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0];
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** What one suite found; told at once. */
  void add(ClaimSuite suite, Measured found) {
    List<Verdict> judged =
        isFull ? found.verdicts() : found.verdicts().stream().map(Verdict::ofShortRun).toList();
    suites.put(suite, new Measured(found.begun(), found.seconds(), judged));
    for (Verdict verdict : judged) {
      System.out.println(
          format(
              "  %-9s  %s: %s, %s; %s%s",
              verdict.outcome(),
              verdict.about(),
              verdict.claim(),
              verdict.bar(),
              verdict.measured(),
              verdict.peer().isEmpty() ? "" : " (" + verdict.peer() + ")"));
    }
  }

  private List<Verdict> all() {
    return suites.values().stream().map(Measured::verdicts).flatMap(List::stream).toList();
  }

  boolean holds() {
    return Verdict.noneFails(all());
  }

  private String summary() {
    Map<Verdict.Outcome, Long> count =
        all().stream().collect(Collectors.groupingBy(Verdict::outcome, Collectors.counting()));
    return format(
        "%d claims hold, %d are undecided, %d do not hold",
        count.getOrDefault(Verdict.Outcome.PASS, 0L),
        count.getOrDefault(Verdict.Outcome.UNDECIDED, 0L),
        count.getOrDefault(Verdict.Outcome.FAIL, 0L));
  }

  void write(Path out) throws IOException {
    Files.writeString(out.resolve("claims.json"), json());
    Files.writeString(out.resolve("claims.html"), html());
    System.out.println(summary() + "; see " + out.resolve("claims.html"));
  }

  private Map<String, String> environment() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("form", isFull ? "full" : "short");
    suites.values().stream()
        .map(Measured::begun)
        .min(Comparator.naturalOrder())
        .ifPresent(begun -> facts.put("begun", begun.toString()));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("processor", processor());
    facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.put("JDK", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("versions", versions());
    facts.put("build", build);
    facts.put("load before", load);
    facts.put(
        "minutes",
        format("%.1f", suites.values().stream().mapToLong(Measured::seconds).sum() / 60.0));
    return facts;
  }

  /** Of the libraries that are compared, as this module was built with them. */
  private static String versions() {
    Properties versions = new Properties();
    try (InputStream file = ClaimsReport.class.getResourceAsStream("versions.properties")) {
      versions.load(Objects.requireNonNull(file, "it is in this module's resources"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return versions.stringPropertyNames().stream()
        .sorted()
        .map(name -> name + " " + versions.getProperty(name))
        .collect(Collectors.joining(", "));
  }

  private static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private String json() {
    return format(
        "{%s,%n\"suites\":[%n%s],%n\"verdicts\":[%n%s]}%n",
        environment().entrySet().stream()
            .map(fact -> format("\"%s\":\"%s\"", fact.getKey(), fact.getValue()))
            .collect(Collectors.joining(",")),
        suites.entrySet().stream()
            .map(
                each ->
                    format(
                        "{\"suite\":\"%s\",\"begun\":\"%s\",\"seconds\":%d}",
                        each.getKey().typed(), each.getValue().begun(), each.getValue().seconds()))
            .collect(Collectors.joining(",\n")),
        all().stream().map(Verdict::json).collect(Collectors.joining(",\n")));
  }

  // The page.

  private String html() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Expressway: claims</title>
            <style>
            body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1160px;
              padding: 0 1rem; color: #1d2330; background: #fff; }
            h1 { margin-bottom: .2rem; } h2 { margin-top: 2.2rem; }
            table { border-collapse: collapse; width: 100%; table-layout: fixed; }
            th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
              border-bottom: 1px solid #e2e5ec; overflow-wrap: anywhere; }
            th { font-weight: 600; } td.o { font-weight: 600; }
            .pass { color: #17713a; } .fail { color: #b3261e; } .undecided { color: #8a5a00; }
            .facts { color: #4c5568; } svg { width: 100%; height: auto; }
            .charts { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; }
            @media (max-width: 900px) { .charts { grid-template-columns: 1fr; } }
            </style></head><body>
            <h1>What Expressway claims</h1>
            """);
    page.append("<p><strong>").append(summary()).append(".</strong> ");
    page.append(
        "Loopback on a shared machine, servers in processes of their own: read ratios, not");
    page.append(
        " times. No figure is of the real S3 Express. Undecided: missed by some rounds, or");
    page.append(" by a run too short to refuse it.</p>\n<p class=\"facts\">");
    page.append(
        environment().entrySet().stream()
            .map(fact -> escaped(fact.getKey() + " " + fact.getValue()))
            .collect(Collectors.joining(" · ")));
    page.append("</p>\n");
    charts(page);
    suites.forEach((suite, found) -> table(page, suite, found));
    Path timeline = work.resolve("failover.svg");
    if (suites.containsKey(ClaimSuite.FAILOVER) && Files.exists(timeline)) {
      page.append("<h2>Zones lost, read by read</h2>\n<p>The slowest read of each tenth of a");
      page.append(
          " second; a zone is lost in the shaded time. Time goes from left to right.</p>\n");
      page.append(Files.readString(timeline));
    }
    return page.append("</body></html>\n").toString();
  }

  private static void table(StringBuilder page, ClaimSuite suite, Measured found) {
    page.append(
        format(
            "<h2 id=\"%s\">%s</h2>%n<table><colgroup><col style=\"width:24%%\"><col"
                + " style=\"width:20%%\"><col style=\"width:10%%\"><col style=\"width:22%%\"><col"
                + " style=\"width:15%%\"><col style=\"width:9%%\"></colgroup>%n<tr><th>of</th>"
                + "<th>claim</th><th>bar</th><th>measured</th><th>peers</th><th></th></tr>%n",
            suite.typed(), escaped(suite.title())));
    for (Verdict verdict : found.verdicts()) {
      String outcome = verdict.outcome().name().toLowerCase(Locale.ROOT);
      page.append("<tr>");
      for (String cell :
          List.of(
              verdict.about(),
              verdict.claim(),
              verdict.bar(),
              verdict.measured(),
              verdict.peer())) {
        page.append("<td>").append(escaped(cell)).append("</td>");
      }
      page.append(format("<td class=\"o %s\">%s</td></tr>%n", outcome, outcome));
    }
    page.append(
        format(
            "</table>%n<p class=\"facts\">begun %s, %d s</p>%n", found.begun(), found.seconds()));
  }

  private void charts(StringBuilder page) throws IOException {
    StringBuilder charts = new StringBuilder();
    if (suites.containsKey(ClaimSuite.SERVICE) && Files.exists(work.resolve("service.json"))) {
      service(charts, Files.readString(work.resolve("service.json")));
    }
    percentiles(charts, ClaimSuite.SERVICE, "hedging-service", "64 KiB from the modelled service");
    percentiles(charts, ClaimSuite.HEDGING, "hedging", "4 KiB, one answer in 100 late by 100 ms");
    if (suites.containsKey(ClaimSuite.RANGED) && Files.exists(work.resolve("ranged-read.json"))) {
      List<String> lines = Files.readAllLines(work.resolve("ranged-read.json"));
      charts.append(
          Chart.bars("Heap allocated for a read of 4 KiB", "bytes", ranged(lines, "heapBytes", 1)));
      charts.append(
          Chart.bars(
              "CPU for a GB, 16 reads of 8 MiB under way",
              "seconds",
              ranged(lines, "cpuMicros", BYTES_OF_A_GB / BYTES_READ / 1e6)));
    }
    Path concurrency = work.resolve(ConcurrencyReport.NAME + ".json");
    if (suites.containsKey(ClaimSuite.CONCURRENCY) && Files.exists(concurrency)) {
      ConcurrencyReport.charts(Files.readString(concurrency))
          .forEach(chart -> charts.append(chart.svg()));
    }
    if (!charts.isEmpty()) {
      page.append("<div class=\"charts\">\n").append(charts).append("</div>\n");
    }
  }

  private void percentiles(StringBuilder charts, ClaimSuite suite, String report, String title)
      throws IOException {
    Path file = work.resolve(report + ".json");
    if (suites.containsKey(suite) && Files.exists(file)) {
      charts.append(
          Chart.percentiles(
              title,
              "ms from the moment it was meant to start",
              HedgingReport.percentiles(Files.readString(file))));
    }
  }

  private static void service(StringBuilder charts, String json) {
    Map<String, Double> half = new LinkedHashMap<>();
    Map<String, Double> tail = new LinkedHashMap<>();
    for (Matcher client = CLIENT.matcher(json); client.find(); ) {
      half.put(client.group(1), Double.parseDouble(client.group(4)));
      tail.put(client.group(1), Double.parseDouble(client.group(5)));
    }
    charts.append(
        Chart.bars(
            "Added to the service's own delay, p50", "µs, server and kernel included", half));
    charts.append(
        Chart.bars(
            "Added to the service's own delay, p99", "µs, server and kernel included", tail));
    int at = json.indexOf("\"readsPerSecond\":{");
    if (at >= 0) {
      Map<Double, Double> points = new TreeMap<>();
      String part = json.substring(at, json.indexOf('}', at));
      for (Matcher point = UNDER_WAY.matcher(part); point.find(); ) {
        points.put(Double.parseDouble(point.group(1)), Double.parseDouble(point.group(2)));
      }
      charts.append(Chart.line("Throughput", "reads under way", "reads a second", points));
    }
  }

  /** One size's medians, plain, by client. */
  private static Map<String, Double> ranged(List<String> lines, String field, double scale) {
    String size = field.equals("heapBytes") ? "4 KiB" : "8 MiB × 16";
    Map<String, Double> values = new LinkedHashMap<>();
    for (RangeClients client : RangeClients.values()) {
      for (String line : lines) {
        if (line.contains("\"" + size + "\"")
            && line.contains("\"tls\":false")
            && line.contains("\"client\":\"" + client + "\"")) {
          values.put(client.name(), scale * median(line, field));
        }
      }
    }
    return values;
  }

  private static double median(String line, String field) {
    Matcher array = Pattern.compile("\"" + field + "\":\\[([^\\]]*)\\]").matcher(line);
    if (!array.find()) {
      return 0;
    }
    double[] sorted =
        Pattern.compile(",")
            .splitAsStream(array.group(1))
            .filter(value -> !value.equals("null"))
            .mapToDouble(Double::parseDouble)
            .sorted()
            .toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
