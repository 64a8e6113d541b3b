package io.expressway.jmh;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Requests that the server read for each operation, counted by a {@link PatternServer}: the
 * benchmark says when an iteration begins and ends, as its server may end with the last. Use with
 * {@code -prof io.expressway.jmh.RequestsPerOp}.
 */
public final class RequestsPerOp implements InternalProfiler {
  private static final int ALL_REQUESTS = 3;

  // JMH makes the profiler, the benchmark the server; neither knows the other.
  private static volatile long before;
  private static volatile long after;

  static void begin(ServerProcess server) {
    before = requests(server);
  }

  static void end(ServerProcess server) {
    after = requests(server);
  }

  private static long requests(ServerProcess server) {
    return Long.parseLong(server.ask("count").split(" ", -1)[ALL_REQUESTS]);
  }

  @Override
  public String getDescription() {
    return "requests that the server read per operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

  @Override
  @SuppressWarnings("rawtypes") // as the interface has it
  public Collection<? extends Result> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double operations = Math.max(1, result.getMetadata().getAllOps());
    return List.of(
        new ScalarResult(
            "requests.per.op", (after - before) / operations, "", AggregationPolicy.MAX));
  }
}
