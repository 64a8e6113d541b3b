package io.expressway.jmh;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * One client of {@link Concurrency} in a process of its own. {@link ServerProcess} runs it with
 * {@link ModelledClient#arguments}: it prints the address that it reads from, as it was given it;
 * then, for each line of bytes, reads in flight and milliseconds, it keeps so many reads in flight
 * for so long and answers with a {@link ConcurrencyReport.Sample}; it ends with its standard input.
 */
public final class ConcurrencyClient {
  private static final int WARM_BYTES = 4 << 10;
  private static final int WARM_IN_FLIGHT = 64;
  private static final int WARM_MILLIS = 1_500;
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int DIGITS = 3;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private ConcurrencyClient() {}

  /** Reads until the standard input ends. */
  public static void main(String[] args) throws IOException {
    ServerAddress from = new ServerAddress(URI.create(args[0]), args[1], args[2], args[3], args[4]);
    try (RangeClient client = RangeClients.valueOf(args[5]).open(from, Concurrency.CONNECTIONS);
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      var unused = sample(client, WARM_BYTES, WARM_IN_FLIGHT, WARM_MILLIS);
      System.out.println(String.join(" ", List.of(args).subList(0, 5)));
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        String[] asked = line.split(" ", -1);
        System.out.println(
            sample(
                    client,
                    Integer.parseInt(asked[0]),
                    Integer.parseInt(asked[1]),
                    Integer.parseInt(asked[2]))
                .told());
      }
    }
    System.exit(0);
  }

  private static ConcurrencyReport.Sample sample(
      RangeClient client, int bytes, int inFlight, int millis) {
    Histogram times = new ConcurrentHistogram(LONGEST_NANOS, DIGITS);
    CompletableFuture<?>[] readers = new CompletableFuture<?>[inFlight];
    long heap = allocatedBytes();
    long cpu = PROCESS.getProcessCpuTime();
    long begun = System.nanoTime();
    long end = begun + TimeUnit.MILLISECONDS.toNanos(millis);
    Arrays.setAll(
        readers,
        each -> client.keepReading(bytes, () -> System.nanoTime() < end, times::recordValue));
    CompletableFuture.allOf(readers).join();
    double seconds = (System.nanoTime() - begun) / 1e9;
    double reads = Math.max(1, times.getTotalCount());
    return new ConcurrencyReport.Sample(
        reads / seconds,
        times.getValueAtPercentile(50) / 1e3,
        times.getValueAtPercentile(99) / 1e3,
        (PROCESS.getProcessCpuTime() - cpu) / 1e3 / reads,
        Math.max(0, allocatedBytes() - heap) / reads);
  }

  /** By all threads that live: those of clients stay between reads. */
  private static long allocatedBytes() {
    return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }
}
