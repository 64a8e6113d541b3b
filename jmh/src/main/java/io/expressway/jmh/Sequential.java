package io.expressway.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How fast does one thread read a large object from its beginning to its end, into an array? The
 * server is a process of its own; start it with {@code jmh/run sequential}.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseSerialGC"})
public class Sequential {
  /** What is read. */
  static final int OBJECT_BYTES = 256 << 20;

  /** What one call asks for. */
  static final int PIECE_BYTES = 128 << 10;

  /** The client, warm, and a server that has the object. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class Client {
    /** Who reads. */
    @Param({
      "raw",
      "expressway",
      "expresswayStream",
      "sdkApache",
      "sdkUrlConnection",
      "sdkNetty",
      "s3Crt",
      "transferManager",
      "aalSync"
    })
    public SequentialClients client = SequentialClients.raw;

    /** How late the service answers, in ms; or a model of it, with its rate of a connection. */
    @Param({"0", "5", PatternServer.EXPRESS})
    public String latency = "0";

    private final byte[] piece = new byte[PIECE_BYTES];
    private ServerProcess server;
    private StreamClient open;

    /** Starts the server, and looks at every byte of the object once. */
    @Setup
    public void open() throws Exception {
      server = ServerProcess.start(PatternServer.class, latency, "1", String.valueOf(OBJECT_BYTES));
      open = client.open(server.address());
      ByteBuffer expected = ByteBuffer.allocate(PIECE_BYTES);
      try (StreamClient.Stream stream = open.open(PatternServer.key(0))) {
        for (long at = 0; at < OBJECT_BYTES; at += PIECE_BYTES) {
          stream.read(at, piece, PIECE_BYTES);
          if (!Arrays.equals(piece, PatternServer.content(expected.clear(), at).array())) {
            throw new IOException(client + " has other bytes behind " + at);
          }
        }
      }
    }

    /** Forgets what the last run read. */
    @Setup(Level.Iteration)
    public void forget() throws IOException {
      open.forget();
    }

    /** Ends client and server. */
    @TearDown
    public void close() throws IOException {
      open.close();
      server.close();
    }
  }

  /** The whole object; who gets too few bytes fails. */
  @Benchmark
  public long whole(Client client) throws Exception {
    long at = 0;
    try (StreamClient.Stream stream = client.open.open(PatternServer.key(0))) {
      for (; at < OBJECT_BYTES; at += PIECE_BYTES) {
        stream.read(at, client.piece, PIECE_BYTES);
      }
    }
    return at;
  }
}
