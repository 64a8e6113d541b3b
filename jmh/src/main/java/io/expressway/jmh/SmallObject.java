package io.expressway.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to store a small object, and to fetch it whole, with its checksum summed on one
 * side and checked on the other? The server is a process of its own; start it with {@code jmh/run
 * small}.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseSerialGC"})
public class SmallObject {
  private static final int IN_FLIGHT = 64;

  /** The client, warm, and a server that has the object. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class Client {
    /** Who stores and fetches. */
    @Param({"raw", "expressway", "sdkApache", "sdkNetty", "s3Crt"})
    public ObjectClients client = ObjectClients.raw;

    /** Bytes of the object. */
    @Param({"1024", "4096", "65536"})
    public int bytes;

    private ServerProcess server;
    private ObjectClient open;
    private ByteBuffer body;

    /** Starts the server and stores the object. */
    @Setup
    public void open() throws Exception {
      server = ServerProcess.start(PatternServer.class, "0", "0", "0");
      open = client.open(server.address());
      body = PatternServer.content(ByteBuffer.allocateDirect(bytes), 0);
      open.put(body);
      get();
    }

    /** Begins to count requests. */
    @Setup(Level.Iteration)
    public void begin() {
      RequestsPerOp.begin(server);
    }

    /** Has counted them. */
    @TearDown(Level.Iteration)
    public void end() {
      RequestsPerOp.end(server);
    }

    private long get() throws Exception {
      return RangeClient.requireAll(open.get(), bytes);
    }

    private CompletableFuture<Long> startGet() {
      return open.startGet().thenApply(received -> RangeClient.requireAll(received, bytes));
    }

    /** Ends client and server. */
    @TearDown
    public void close() throws IOException {
      open.close();
      server.close();
    }
  }

  /** One PUT at a time. */
  @Benchmark
  public void aPut(Client client) throws Exception {
    client.open.put(client.body);
  }

  /** One GET at a time. */
  @Benchmark
  public long bGet(Client client) throws Exception {
    return client.get();
  }

  /** Sixty-four PUTs at once. The time is that of all of them, divided by their number. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OperationsPerInvocation(IN_FLIGHT)
  public void cPutx64(Client client) {
    atOnce(() -> client.open.startPut(client.body));
  }

  /** Sixty-four GETs at once. The time is that of all of them, divided by their number. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OperationsPerInvocation(IN_FLIGHT)
  public void dGetx64(Client client) {
    atOnce(client::startGet);
  }

  private static void atOnce(Supplier<CompletableFuture<?>> start) {
    CompletableFuture<?>[] running = new CompletableFuture<?>[IN_FLIGHT];
    Arrays.setAll(running, each -> start.get());
    CompletableFuture.allOf(running).join();
  }
}
