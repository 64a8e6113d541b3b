package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.testkit.ZonalServer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What several zones cost while all are well: 4 KiB through the set, beside the primary alone, from
 * a server and from memory. Run by {@code jmh/run overhead}, with {@code -prof gc}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MultiAzOverhead {
  private static final int READ_BYTES = 4 << 10;
  private static final Map<String, String> STAMP =
      Map.of("expressway-version", "0193600000000000-00000000000000c1");
  private static final List<String> ZONES = List.of("usw2-az1", "usw2-az3", "usw2-az4");

  /** Three zones in this process, with one object. */
  @State(Scope.Benchmark)
  @SuppressWarnings("NullAway.Init") // opened before each run
  public static class Zones {
    private final ReadRequest request =
        ReadRequest.of(ServerAddress.KEY, ByteRange.of(0, READ_BYTES));
    private ZonalServer server;
    private Bucket alone;
    private Bucket set;
    private MemoryBucket memory;
    private Bucket memorySet;

    /** Stores the object, as the set would, in all zones: any may be asked when one is late. */
    @Setup
    public void open() {
      server = ZonalServer.builder().zones(ZONES.toArray(new String[0])).requestLog(0).start();
      alone = bucket(0);
      set = MultiAzBucket.of(bucket(0), bucket(1), bucket(2));
      Bucket second = bucket(1);
      Bucket third = bucket(2);
      for (Bucket each : List.of(alone, second, third)) {
        ObjectInfo unused =
            each.write(
                    ServerAddress.KEY,
                    ByteBuffer.allocate(READ_BYTES),
                    WriteOptions.defaults().metadata(STAMP))
                .join();
      }
      memory = new MemoryBucket(bucket(0), alone.stat(ServerAddress.KEY).join(), READ_BYTES);
      memorySet = MultiAzBucket.of(memory, second, third);
    }

    private Bucket bucket(int zone) {
      return ExpressBucket.open(
          server.zones().get(zone).bucket(),
          Credentials.of(server.accessKeyId(), server.secretAccessKey()),
          ExpressOptions.defaults().endpoint(server.zones().get(zone).endpoint()));
    }

    /** Closes all. */
    @TearDown
    public void close() {
      alone.close();
      set.close();
      memorySet.close();
      server.close();
    }
  }

  private static long length(CompletableFuture<Slice> read) {
    try (Slice slice = read.join()) {
      return slice.length();
    }
  }

  /** The primary, from memory. */
  @Benchmark
  public long memoryAlone(Zones zones) {
    CompletableFuture<Slice> read = zones.memory.read(zones.request);
    zones.memory.answer();
    return length(read);
  }

  /** The set, its primary from memory. */
  @Benchmark
  public long memorySet(Zones zones) {
    CompletableFuture<Slice> read = zones.memorySet.read(zones.request);
    zones.memory.answer();
    return length(read);
  }

  /** The primary, from a server. */
  @Benchmark
  public long serverAlone(Zones zones) {
    return length(zones.alone.read(zones.request));
  }

  /** The set, from a server. */
  @Benchmark
  public long serverSet(Zones zones) {
    return length(zones.set.read(zones.request));
  }
}
