package io.expressway.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does it cost to store an object: a small one in one PUT, and 1 GiB in parts of 8 MiB that
 * lies in memory, is written to a stream, or is a file? Every client stores the same bytes with
 * their CRC32C on the same server in another process; start it with {@code jmh/run writes}.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=1g"})
public class MultipartWrite {
  /** Where everything is stored, again and again. */
  static final String KEY = "stored";

  private static final long LARGE_BYTES = 1L << 30;
  private static final int ARRAY_BYTES = 64 << 10;

  /** The client, warm, and what it stores. */
  @State(Scope.Benchmark)
  public static class Client {
    /** Who writes. */
    @Param({"raw", "expressway", "s3Crt", "transferManager", "sdkMultipart"})
    public StoreClients client = StoreClients.raw;

    /** Whether the connection is encrypted. */
    @Param({"false"})
    public boolean tls;

    private final byte[] array = new byte[ARRAY_BYTES];
    private @Nullable StoreClient open;
    private @Nullable ByteBuffer memory;
    private @Nullable Path file;

    /** Opens the client and writes the file; what is in memory is the same, mapped. */
    @Setup
    public void open() throws IOException {
      file = Files.createTempFile("expressway", ".bin");
      SplittableRandom random = new SplittableRandom(1);
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        for (long written = 0; written < LARGE_BYTES; written += ARRAY_BYTES) {
          random.nextBytes(array);
          channel.write(ByteBuffer.wrap(array));
        }
        memory = channel.map(FileChannel.MapMode.READ_ONLY, 0, LARGE_BYTES);
      }
      open = client.open(ServerAddress.of(tls));
    }

    /** Closes it. */
    @TearDown
    public void close() throws Exception {
      opened().close();
      Files.delete(Objects.requireNonNull(file));
    }

    private StoreClient opened() {
      return Objects.requireNonNull(open, "the client is opened before it writes");
    }

    private ByteBuffer memory(int bytes) {
      return Objects.requireNonNull(memory).slice(0, bytes);
    }
  }

  /** 4 KiB, one at a time. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public void a4KiB(Client client) throws Exception {
    client.opened().put(client.memory(4 << 10));
  }

  /** 64 KiB, one at a time. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public void b64KiB(Client client) throws Exception {
    client.opened().put(client.memory(64 << 10));
  }

  /** 1 GiB that lies in memory. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  public void c1GiBMemory(Client client) throws Exception {
    client.opened().fromMemory(client.memory((int) LARGE_BYTES));
  }

  /** 1 GiB written to a stream, 64 KiB at a time. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  public void d1GiBStream(Client client) throws Exception {
    client.opened().fromStream(client.array, LARGE_BYTES);
  }

  /** 1 GiB from a file. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  public void e1GiBFile(Client client) throws Exception {
    client.opened().fromFile(Objects.requireNonNull(client.file));
  }
}
