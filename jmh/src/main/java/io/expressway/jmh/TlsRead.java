package io.expressway.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does encryption cost? Reads as {@link RangedRead} does, named as there, of a server with TLS
 * and of one without; ours with BoringSSL and with the JDK's TLS. Start it with {@code jmh/run
 * tls}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseSerialGC"})
public class TlsRead {
  /** 1 MiB, one at a time. */
  @Benchmark
  public long c1MiB(RangedRead.Client client) throws Exception {
    return client.read(1 << 20);
  }

  /** 8 MiB, sixteen at once. The time is that of all sixteen, divided by sixteen. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OperationsPerInvocation(RangedRead.IN_FLIGHT)
  public long e8MiBx16(RangedRead.Client client) {
    return client.readAtOnce(8 << 20);
  }
}
