package io.expressway.jmh;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One client in a process of its own, so that what one compiles and collects costs no other. {@link
 * ServerProcess} runs it: it prints the address that it reads from, as it was given it; for each
 * number that it reads it makes so many reads, one after the other, and answers with the CPU of
 * each, when the first began by {@link System#nanoTime}, and the time of every one, in
 * microseconds; it ends with its standard input.
 *
 * <pre>{@code ModelledClient ENDPOINT ACCESS_KEY SECRET REGION BUCKET CLIENT WARM_READS}</pre>
 */
public final class ModelledClient {
  static final int READ_BYTES = 4 << 10;
  private static final int WARM_READS = 20_000;
  private static final int WARM_AT_ONCE = 32;
  private static final int MOST_WAITS = 100;
  private static final int QUIET_WAITS = 3;
  private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private ModelledClient() {}

  /** The arguments that have it read from there when nothing more is compiled. */
  static String[] arguments(ServerAddress from, RangeClients client) {
    return arguments(from, client, WARM_READS);
  }

  /**
   * The arguments that have it read from there.
   *
   * @param warmReads how many reads come before those that are timed; below {@link #WARM_READS} the
   *     compiler is not waited for, for which a service that takes long gives it the time
   */
  static String[] arguments(ServerAddress from, RangeClients client, int warmReads) {
    return new String[] {
      from.endpoint().toString(),
      from.accessKeyId(),
      from.secretAccessKey(),
      from.region(),
      from.bucket(),
      client.name(),
      String.valueOf(warmReads)
    };
  }

  /** Reads until the standard input ends. */
  public static void main(String[] args) throws Exception {
    ServerAddress from = new ServerAddress(URI.create(args[0]), args[1], args[2], args[3], args[4]);
    try (RangeClient client = RangeClients.valueOf(args[5]).open(from);
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      warmUp(client, Integer.parseInt(args[6]));
      System.out.println(String.join(" ", List.of(args).subList(0, 5)));
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        System.out.println(times(client, Integer.parseInt(line)));
      }
    }
    System.exit(0);
  }

  /**
   * Until nothing more is compiled, which at one read in 5 ms would take minutes. What many reads
   * at once have left to be compiled takes ten seconds more on one core.
   */
  private static void warmUp(RangeClient client, int warmReads) throws Exception {
    ClosedLoop.run(() -> client.start(READ_BYTES), WARM_AT_ONCE, warmReads);
    int quiet = warmReads < WARM_READS ? QUIET_WAITS : 0;
    for (int i = 0; i < MOST_WAITS && quiet < QUIET_WAITS; i++) {
      long compiled = COMPILER.getTotalCompilationTime();
      for (int read = 0; read < WARM_AT_ONCE; read++) {
        read(client);
      }
      quiet = compiled == COMPILER.getTotalCompilationTime() ? quiet + 1 : 0;
    }
  }

  private static void read(RangeClient client) throws Exception {
    if (client.read(READ_BYTES) != READ_BYTES) {
      throw new IOException("a read was too short");
    }
  }

  private static String times(RangeClient client, int reads) throws Exception {
    double[] micros = new double[reads];
    long cpu = PROCESS.getProcessCpuTime();
    long first = System.nanoTime();
    for (int i = 0; i < reads; i++) {
      long begun = System.nanoTime();
      read(client);
      micros[i] = (System.nanoTime() - begun) / 1e3;
    }
    double cpuMicros = (PROCESS.getProcessCpuTime() - cpu) / 1e3 / reads;
    return Arrays.stream(micros)
        .mapToObj(each -> String.format(Locale.ROOT, "%.1f", each))
        .collect(
            Collectors.joining(",", String.format(Locale.ROOT, "%.1f,%d,", cpuMicros, first), ""));
  }
}
