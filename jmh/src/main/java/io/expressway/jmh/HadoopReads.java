package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * Reading files by Hadoop's S3A, beside ours, from a service that answers after 5 ms. Every reader
 * has a process and a class path of its own, and all are driven alike, by turns; no object is read
 * twice by one of them, so that nobody finds it in memory. Start it with {@code jmh/run s3a}, which
 * knows S3A's class path.
 *
 * <pre>{@code HadoopReads --s3a CLASSPATH --rounds 9 --out docs/benchmarks}</pre>
 */
public final class HadoopReads {
  /** What a reader reads in one round: long enough for a clock of CPU that ticks every 10 ms. */
  private static final int ROUND_BYTES = 320 << 20;

  static final int WARM_UP_ROUNDS = 5;

  /** The server keeps every object, in 6 GiB. */
  private static final int MOST_ROUNDS = 13;

  /** What the Accelerator inside of S3A keeps must find room. */
  private static final String HEAP = "3g";

  /** Who reads. */
  enum Reader {
    /** Ours, every setting at its default; told what S3A is told. */
    expressway("io.expressway.jmh.ExpresswayPatterns", ""),
    /** S3A with the input stream that it always had. */
    s3aClassic("io.expressway.jmh.S3aPatterns", "classic"),
    /** S3A with the Analytics Accelerator, its default since 3.5. */
    s3aAnalytics("io.expressway.jmh.S3aPatterns", "analytics");

    private final String main;
    private final String inputStream;

    Reader(String main, String inputStream) {
      this.main = main;
      this.inputStream = inputStream;
    }

    boolean isPeer() {
      return this != expressway;
    }

    private ServerProcess start(ServerAddress from, String s3aClassPath) throws IOException {
      return ServerProcess.start(
          ZoneProcesses.onLastCore(),
          new ServerProcess.Heap("512m", HEAP),
          isPeer() ? s3aClassPath : System.getProperty("java.class.path"),
          main,
          from.line(),
          inputStream);
    }
  }

  /**
   * What one reader did in one round, of each object.
   *
   * @param millis the median time of an object
   */
  record Sample(double millis, double cpuMillis, double gets, double heads, double sentBytes) {}

  private final String s3aClassPath;
  private final int rounds;
  private final HadoopReadsReport report;

  private HadoopReads(String s3aClassPath, int rounds) {
    if (rounds < 1 || rounds > MOST_ROUNDS) {
      throw new IllegalArgumentException("--rounds must be 1 to " + MOST_ROUNDS);
    }
    this.s3aClassPath = s3aClassPath;
    this.rounds = rounds;
    this.report = new HadoopReadsReport(rounds);
  }

  /** Measures, prints the report and writes it. */
  public static void main(String[] args) throws IOException {
    Arguments arguments = Arguments.parse(Set.of("s3a", "rounds", "out"), args);
    String classPath = arguments.text("s3a", "");
    if (classPath.isEmpty()) {
      throw new IllegalArgumentException("--s3a must name S3A's class path, as jmh/run s3a does");
    }
    HadoopReads reads = new HadoopReads(classPath, arguments.number("rounds", 9));
    for (FileRead read : FileRead.values()) {
      System.err.println(read.title());
      reads.measure(read);
    }
    Path out = Files.createDirectories(Path.of(arguments.text("out", ".")));
    reads.report.write(out);
    System.exit(Verdict.noneFails(reads.report.verdicts()) ? 0 : 1);
  }

  private void measure(FileRead read) throws IOException {
    int each = ROUND_BYTES / read.objectBytes();
    Map<Reader, ServerProcess> readers = new EnumMap<>(Reader.class);
    try (ServerProcess server =
        ServerProcess.start(
            PatternServer.class,
            read.latency(),
            String.valueOf((WARM_UP_ROUNDS + rounds) * each),
            String.valueOf(read.objectBytes()),
            read.kind())) {
      for (Reader reader : Reader.values()) {
        readers.put(reader, reader.start(server.address(), s3aClassPath));
      }
      for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
        for (Map.Entry<Reader, ServerProcess> reader : readers.entrySet()) {
          Sample sample = sample(read, reader.getValue(), server, round * each, each);
          if (round >= WARM_UP_ROUNDS) {
            report.add(read, reader.getKey(), sample);
          }
        }
      }
    } finally {
      readers.values().forEach(ServerProcess::close);
    }
  }

  private static Sample sample(
      FileRead read, ServerProcess reader, ServerProcess server, int first, int count) {
    String objects = " " + read + " " + first + " " + count;
    String unused = reader.ask("prepare" + objects);
    double[] before = numbers(server.ask("count"), " ");
    double[] told = numbers(reader.ask("read" + objects), ",");
    double[] after = numbers(server.ask("count"), " ");
    double[] micros = Arrays.copyOfRange(told, 1, told.length);
    Arrays.sort(micros);
    return new Sample(
        micros[count / 2] / 1e3,
        told[0] / 1e3,
        (after[0] - before[0]) / count,
        (after[1] - before[1]) / count,
        (after[2] - before[2]) / count);
  }

  private static double[] numbers(String list, String between) {
    return Arrays.stream(list.split(between, -1)).mapToDouble(Double::parseDouble).toArray();
  }
}
