package io.expressway.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Reading whole objects like files from a service that answers after 5 ms, cold each time, beside
 * the Analytics Accelerator. Besides the time, the requests and the bytes of each run are told.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ReadPatterns {
  /** How late the service is, as {@link PatternServer} is told. */
  static final String LATENCY = System.getProperty("expressway.latency", "5");

  private static final long CACHE_BYTES = 512L << 20;

  /** A server, a client with warm connections and nothing in memory. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class Opened {
    /** Who reads; there is expresswayWhole too, for objects that the Accelerator fetches whole. */
    @Param({"expressway", "expresswayCached", "aalAsync", "aalSync"})
    public String client = "";

    private ServerProcess server;
    private PatternClient reader;
    private int sizeBytes;

    void open(int objects, int bytes) throws Exception {
      sizeBytes = bytes;
      server =
          ServerProcess.start(
              PatternServer.class, LATENCY, String.valueOf(objects), String.valueOf(bytes));
      reader =
          switch (client) {
            case "expressway" -> ExpresswayPatterns.plain(server.address());
            case "expresswayWhole" -> ExpresswayPatterns.whole(server.address());
            case "expresswayCached" -> ExpresswayPatterns.cached(server.address(), CACHE_BYTES);
            case "aalAsync" -> AalPatterns.async(server.address());
            case "aalSync" -> AalPatterns.sync(server.address());
            default -> throw new IllegalArgumentException("no client \"" + client + "\"");
          };
    }

    /** Forgets what the last run read. */
    @Setup(Level.Iteration)
    public void forget() throws Exception {
      reader.forget();
    }

    /** Ends client and server. */
    @TearDown
    public void close() throws Exception {
      reader.close();
      server.close();
    }
  }

  /** One object, and how it is read. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class OneObject {
    /** In which order. */
    @Param({
      "SEQUENTIAL",
      "SKIPPING_FORWARD",
      "SKIPPING_BACKWARD",
      "PARQUET_ROW_GROUP",
      "PARQUET_COLUMN_CHUNKS"
    })
    public String pattern = "";

    /** Bytes of the object, in MiB. */
    @Param({"4", "64"})
    public int sizeMiB;

    /** The most that one call reads, in KiB; the Accelerator's suite has 8 MiB. */
    @Param({"128", "8192"})
    public int pieceKiB;

    private List<ReadPattern.Stretch> stretches;
    private byte[] piece;

    /** Starts the server. */
    @Setup
    public void open(Opened opened) throws Exception {
      opened.open(1, sizeMiB << 20);
      stretches = ReadPattern.valueOf(pattern).of(opened.sizeBytes);
      piece = new byte[pieceKiB << 10];
    }
  }

  /** Many objects, of which size and version are known. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class ManyObjects {
    private static final int OBJECTS = 200;
    private ExecutorService threads;

    /** Starts the server and asks for every object. */
    @Setup
    public void open(Opened opened) throws Exception {
      opened.open(OBJECTS, FileRead.PARQUET.objectBytes());
      for (int i = 0; i < OBJECTS; i++) {
        opened.reader.learn(PatternServer.key(i));
      }
      threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    }

    /** Ends the threads. */
    @TearDown
    public void close() {
      threads.shutdown();
    }
  }

  /** What the server counted in one run. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Counted {
    /** GetObject requests. */
    public long gets;

    /** HeadObject requests. */
    public long heads;

    /** Bytes that the server sent, in KiB. */
    public long sentKiB;

    private long[] before = new long[3];

    /** Begins to count. */
    @Setup(Level.Iteration)
    public void begin(Opened opened) {
      before = counts(opened);
    }

    /** Takes what was counted. */
    @TearDown(Level.Iteration)
    public void end(Opened opened) {
      long[] after = counts(opened);
      gets = after[0] - before[0];
      heads = after[1] - before[1];
      sentKiB = (after[2] - before[2]) >> 10;
    }

    private static long[] counts(Opened opened) {
      String[] told = opened.server.ask("count").split(" ", -1);
      return new long[] {Long.parseLong(told[0]), Long.parseLong(told[1]), Long.parseLong(told[2])};
    }
  }

  /** One object by one of the patterns, read to the end of each stretch in pieces. */
  @Benchmark
  public long one(Opened opened, OneObject object, Counted counted) throws Exception {
    long bytes = 0;
    try (PatternClient.Stream stream = opened.reader.open(PatternServer.key(0))) {
      for (ReadPattern.Stretch stretch : object.stretches) {
        for (int at = 0; at < stretch.length(); ) {
          int count = Math.min(object.piece.length, stretch.length() - at);
          stream.read(stretch.from() + at, object.piece, count);
          at += count;
          bytes += count;
        }
      }
    }
    return bytes;
  }

  /** Two hundred objects, as many at once as there are cores: the end twice, then four chunks. */
  @Benchmark
  public int many(Opened opened, ManyObjects objects, Counted counted) throws Exception {
    List<Callable<Integer>> reads = new ArrayList<>();
    for (int i = 0; i < ManyObjects.OBJECTS; i++) {
      String key = PatternServer.key(i);
      reads.add(() -> readChunks(opened.reader, key));
    }
    int files = 0;
    for (Future<Integer> read : objects.threads.invokeAll(reads)) {
      files += read.get();
    }
    return files;
  }

  /** What {@link #many} asks for. */
  static long manyBytes() {
    return ManyObjects.OBJECTS * FileRead.PARQUET.askedBytes();
  }

  private static int readChunks(PatternClient client, String key) throws Exception {
    FileRead.PARQUET.of(client, key);
    return 1;
  }
}
