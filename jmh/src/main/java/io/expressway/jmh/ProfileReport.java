package io.expressway.jmh;

import io.expressway.jmh.JmhRounds.Metric;
import io.expressway.jmh.JmhRounds.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where does the CPU of the five hottest paths go, now and before? Reads what JMH measured and the
 * stacks that async-profiler saw meanwhile, one line each with a count, its frames annotated.
 *
 * <p>{@code ProfileReport OUT DIRECTORY} reads {@code ROUND-PATH-SIDE.json} and {@code
 * ROUND-PATH-SIDE.collapsed} of the directory, where a side is {@code now} or {@code before}, and
 * writes {@code profiles.md} and {@code profiles.json} to {@code OUT}.
 */
public final class ProfileReport {
  private static final int FRAMES = 12;
  private static final List<String> SIDES = List.of("before", "now");
  private static final String OURS = RangeClients.expressway.name();

  /** What is profiled, by the names that jmh/run uses. */
  private enum HotPath {
    small("a ranged GET of 4 KiB, one at a time", "µs", RangedRead.class, "a4KiB", OURS),
    large("ranged GETs of 8 MiB, sixteen at once", "µs", RangedRead.class, "e8MiBx16", OURS),
    hit("a hit of 4 KiB in memory", "ns", CacheHit.class, "expressway", ""),
    write("1 GiB in parts, from memory", "µs", MultipartWrite.class, "c1GiBMemory", OURS),
    zones(
        "a read through three zones, of which one answers from memory",
        "ns",
        MultiAzOverhead.class,
        "memorySet",
        "");

    private final String title;
    private final String unit;
    private final Class<?> suite;
    private final String benchmark;
    private final String client;

    HotPath(String title, String unit, Class<?> suite, String benchmark, String client) {
      this.title = title;
      this.unit = unit;
      this.suite = suite;
      this.benchmark = benchmark;
      this.client = client;
    }

    Row row() {
      return new Row(benchmark, false, client);
    }
  }

  /** Who was at work, as the innermost frame tells that belongs to somebody. */
  private enum Worker {
    KERNEL("the kernel"),
    OURS("Expressway"),
    NETTY("Netty"),
    CAFFEINE("Caffeine"),
    JDK("the JDK's classes"),
    BENCHMARK("the benchmark"),
    COMPILER("compilers"),
    VIRTUAL_MACHINE("the rest of the JVM");

    private final String title;

    Worker(String title) {
      this.title = title;
    }

    static Worker of(String[] stack) {
      for (String frame : stack) {
        if (frame.startsWith("CompileBroker::") || frame.startsWith("CompilerThread")) {
          return COMPILER;
        }
      }
      if (stack[stack.length - 1].endsWith("_[k]")) {
        return KERNEL;
      }
      for (int i = stack.length - 1; i >= 0; i--) {
        Worker known = ofClass(stack[i].replace('/', '.'));
        if (known != VIRTUAL_MACHINE) {
          return known;
        }
      }
      return VIRTUAL_MACHINE;
    }

    private static Worker ofClass(String frame) {
      if (frame.startsWith("io.expressway.jmh.") || frame.startsWith("org.openjdk.jmh.")) {
        return BENCHMARK;
      }
      if (frame.startsWith("io.expressway.")) {
        return OURS;
      }
      if (frame.startsWith("io.netty.") || frame.startsWith("netty_")) {
        return NETTY;
      }
      if (frame.startsWith("com.github.benmanes.")) {
        return CAFFEINE;
      }
      boolean isJdk = frame.matches("(java|javax|jdk|sun|com\\.sun)\\..*");
      return isJdk ? JDK : VIRTUAL_MACHINE;
    }
  }

  /** What was seen of one path on one side. */
  private static final class Profile {
    private final Map<Worker, Long> workers = new EnumMap<>(Worker.class);
    private final Map<String, Long> frames = new TreeMap<>();
    private long samples;

    void add(String line) {
      int space = line.lastIndexOf(' ');
      if (space < 0) {
        return;
      }
      long count = Long.parseLong(line.substring(space + 1));
      String[] stack = line.substring(0, space).split(";", -1);
      samples += count;
      workers.merge(Worker.of(stack), count, Long::sum);
      frames.merge(stack[stack.length - 1].replaceAll("_\\[.\\]$", ""), count, Long::sum);
    }

    double share(Worker worker) {
      return samples == 0 ? Double.NaN : (double) workers.getOrDefault(worker, 0L) / samples;
    }

    double share(String frame) {
      return samples == 0 ? Double.NaN : (double) frames.getOrDefault(frame, 0L) / samples;
    }

    List<String> hottest() {
      return frames.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
          .limit(FRAMES)
          .map(Map.Entry::getKey)
          .toList();
    }
  }

  private final Path directory;

  private ProfileReport(Path directory) {
    this.directory = directory;
  }

  /** Reads the profiles and writes the report. */
  public static void main(String[] args) throws IOException {
    ProfileReport report = new ProfileReport(Path.of(args[1]));
    StringBuilder text = new StringBuilder("# Where the CPU of the hottest paths goes\n\n");
    text.append(JmhRounds.environment("jmh/run profile"));
    text.append(
        "CPU and heap of the client's process for each operation, medians over the rounds;");
    text.append(
        " async-profiler's samples of the measured seconds, kernel included, say who had the");
    text.append(
        " CPU. Its own work is in both. Before is the commit that first had the benchmark.\n\n");
    List<String> lines = new ArrayList<>();
    for (HotPath path : HotPath.values()) {
      report.render(path, text, lines);
    }
    Report.publish(
        Path.of(args[0]),
        "profiles",
        text.toString(),
        "[\n" + String.join(",\n", lines) + "\n]\n",
        List.of());
  }

  /** One path as it is now, or as it was before. */
  private record Side(String name, HotPath path, JmhRounds rounds, Profile profile) {
    double median(Metric metric) {
      return rounds.median(path.row(), metric);
    }
  }

  private void render(HotPath path, StringBuilder text, List<String> json) throws IOException {
    List<Side> sides = new ArrayList<>();
    for (String name : SIDES) {
      Side side = read(path, name);
      if (side.rounds().has(path.row())) {
        sides.add(side);
      }
    }
    if (sides.isEmpty()) {
      return;
    }
    text.append("## ").append(path.title).append("\n\n");
    head(text, "| |", sides);
    row(text, sides, "time, " + path.unit, side -> side.median(Metric.TIME), "%.2f");
    row(text, sides, "CPU, µs", side -> side.median(Metric.CPU), "%.3f");
    row(text, sides, "heap, B", side -> side.median(Metric.HEAP), "%.0f");
    for (Worker worker : Worker.values()) {
      if (sides.stream().anyMatch(side -> side.profile().share(worker) > 0)) {
        row(
            text,
            sides,
            "of it " + worker.title + ", µs",
            side -> side.profile().share(worker) * side.median(Metric.CPU),
            "%.3f");
      }
    }
    text.append("\nThe innermost frames, in per cent of the samples:\n\n");
    head(text, "| frame |", sides);
    for (String frame : sides.get(sides.size() - 1).profile().hottest()) {
      row(text, sides, "`" + frame + "`", side -> 100 * side.profile().share(frame), "%.1f");
    }
    text.append('\n');
    sides.forEach(side -> json.add(line(side)));
  }

  private Side read(HotPath path, String name) throws IOException {
    JmhRounds rounds = new JmhRounds(path.suite);
    for (Path file : files(path, name, ".json")) {
      rounds.add(Files.readString(file));
    }
    Profile profile = new Profile();
    for (Path file : files(path, name, ".collapsed")) {
      Files.readAllLines(file).forEach(profile::add);
    }
    return new Side(name, path, rounds, profile);
  }

  private List<Path> files(HotPath path, String side, String suffix) throws IOException {
    String end = "-" + path + "-" + side + suffix;
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().endsWith(end)).sorted().toList();
    }
  }

  private static void head(StringBuilder text, String first, List<Side> sides) {
    text.append(first);
    sides.forEach(side -> text.append(' ').append(side.name()).append(" |"));
    text.append("\n|---|").append("---|".repeat(sides.size())).append('\n');
  }

  private static void row(
      StringBuilder text,
      List<Side> sides,
      String name,
      ToDoubleFunction<Side> values,
      String format) {
    text.append("| ").append(name).append(" |");
    for (Side side : sides) {
      text.append(' ').append(number(values.applyAsDouble(side), format)).append(" |");
    }
    text.append('\n');
  }

  private static String number(double value, String format) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
  }

  private static String line(Side side) {
    Profile profile = side.profile();
    String workers =
        Stream.of(Worker.values())
            .map(
                worker ->
                    String.format(
                        Locale.ROOT,
                        "\"%s\":%.3f",
                        worker.name().toLowerCase(Locale.ROOT),
                        profile.samples == 0 ? 0 : profile.share(worker)))
            .collect(Collectors.joining(","));
    return String.format(
        Locale.ROOT,
        "{\"path\":\"%s\",\"side\":\"%s\",\"cpuMicros\":%.3f,\"heapBytes\":%.1f,\"samples\":%d,"
            + "\"shares\":{%s}}",
        side.path(),
        side.name(),
        side.median(Metric.CPU),
        side.median(Metric.HEAP),
        profile.samples,
        workers);
  }
}
