package io.expressway.jmh;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does one ranged GET cost, from the call to its last byte in memory? Every client reads the
 * same object of the same server in another process; start it with {@code jmh/run}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseSerialGC"})
public class RangedRead {
  private static final int MIB = 1 << 20;
  private static final int IN_FLIGHT = 16;

  /** The client, warm, against one of the two servers. */
  @State(Scope.Benchmark)
  public static class Client {
    /** Who reads. */
    @Param({"raw", "expressway", "sdkApache", "sdkUrlConnection", "sdkNetty", "s3Crt"})
    public RangeClients client = RangeClients.raw;

    /** Whether the connection is encrypted. */
    @Param({"false", "true"})
    public boolean tls;

    private @Nullable RangeClient open;

    /** Opens the client. */
    @Setup
    public void open() {
      open = client.open(ServerAddress.of(tls));
    }

    /** Closes it. */
    @TearDown
    public void close() throws IOException {
      opened().close();
    }

    private RangeClient opened() {
      return Objects.requireNonNull(open, "the client is opened before it reads");
    }

    long read(int length) throws Exception {
      return RangeClient.requireAll(opened().read(length), length);
    }
  }

  /** 4 KiB, one at a time. */
  @Benchmark
  public long a4KiB(Client client) throws Exception {
    return client.read(4 << 10);
  }

  /** 64 KiB, one at a time. */
  @Benchmark
  public long b64KiB(Client client) throws Exception {
    return client.read(64 << 10);
  }

  /** 1 MiB, one at a time. */
  @Benchmark
  public long c1MiB(Client client) throws Exception {
    return client.read(MIB);
  }

  /** 8 MiB, one at a time. */
  @Benchmark
  public long d8MiB(Client client) throws Exception {
    return client.read(8 * MIB);
  }

  /** 8 MiB, sixteen at once. The time is that of all sixteen, divided by sixteen. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OperationsPerInvocation(IN_FLIGHT)
  public long e8MiBx16(Client client) {
    CompletableFuture<?>[] running = new CompletableFuture<?>[IN_FLIGHT];
    for (int i = 0; i < IN_FLIGHT; i++) {
      running[i] =
          client
              .opened()
              .start(8 * MIB)
              .thenApply(received -> RangeClient.requireAll(received, 8 * MIB));
    }
    CompletableFuture.allOf(running).join();
    return running.length;
  }
}
