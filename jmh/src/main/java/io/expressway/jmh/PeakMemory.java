package io.expressway.jmh;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * The most direct memory in use at once, looked at every 10 ms: the JDK's direct buffers and
 * Netty's own; and the most of the whole process that was ever resident, which counts native
 * clients too.
 */
public final class PeakMemory implements InternalProfiler {
  private static final long LOOK_NANOS = 10_000_000;
  private static final BufferPoolMXBean DIRECT =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .findFirst()
          .orElseThrow();

  private volatile boolean looking;
  private volatile long peak;
  private @Nullable Thread looker;

  @Override
  public String getDescription() {
    return "most direct memory in use";
  }

  private static long inUse() {
    return DIRECT.getTotalCapacity() + Math.max(0, PlatformDependent.usedDirectMemory());
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    looking = true;
    peak = inUse();
    Thread thread =
        new Thread(
            () -> {
              while (looking) {
                peak = Math.max(peak, inUse());
                LockSupport.parkNanos(LOOK_NANOS);
              }
            },
            "peak-memory");
    thread.setDaemon(true);
    thread.start();
    looker = thread;
  }

  @Override
  @SuppressWarnings("rawtypes") // as the interface has it
  public Collection<? extends Result> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    looking = false;
    Thread thread = looker;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
    return List.of(
        new ScalarResult("peak.direct", peak / 1048576.0, "MiB", AggregationPolicy.MAX),
        new ScalarResult("peak.resident", resident() / 1024.0, "MiB", AggregationPolicy.MAX));
  }

  private static long resident() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // not Linux
    }
  }
}
