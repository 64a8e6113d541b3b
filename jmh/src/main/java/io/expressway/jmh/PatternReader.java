package io.expressway.jmh;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One {@link PatternClient} in a process of its own, whose class path may be another than this
 * module's. {@link ServerProcess} runs it: it prints the address that it reads from; for each line
 * {@code prepare READ FIRST COUNT} it does for so many objects what comes before a {@link
 * FileRead}; for each {@code read READ FIRST COUNT} it reads them, one after the other, and answers
 * with the CPU of each and the time of every one, in microseconds; it ends with its standard input.
 */
final class PatternReader {
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private PatternReader() {}

  /** Reads by the client until the standard input ends, closes it and ends the process. */
  static void serve(PatternClient client, ServerAddress from) throws Exception {
    try (client;
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println(from.line());
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        System.out.println(answer(client, line.split(" ", -1)));
      }
    }
    System.exit(0);
  }

  private static String answer(PatternClient client, String... words) throws Exception {
    FileRead read = FileRead.valueOf(words[1]);
    int first = Integer.parseInt(words[2]);
    int count = Integer.parseInt(words[3]);
    return switch (words[0]) {
      case "prepare" -> {
        for (int i = 0; i < count; i++) {
          read.prepare(client, read.key(first + i));
        }
        yield "prepared";
      }
      case "read" -> times(client, read, first, count);
      default -> throw new IllegalArgumentException("no command \"" + words[0] + "\"");
    };
  }

  private static String times(PatternClient client, FileRead read, int first, int count)
      throws Exception {
    double[] micros = new double[count];
    long cpu = PROCESS.getProcessCpuTime();
    for (int i = 0; i < count; i++) {
      long begun = System.nanoTime();
      read.of(client, read.key(first + i));
      micros[i] = (System.nanoTime() - begun) / 1e3;
    }
    double cpuMicros = (PROCESS.getProcessCpuTime() - cpu) / 1e3 / count;
    return Arrays.stream(micros)
        .mapToObj(each -> String.format(Locale.ROOT, "%.1f", each))
        .collect(Collectors.joining(",", String.format(Locale.ROOT, "%.1f,", cpuMicros), ""));
  }
}
