package io.expressway.multiaz;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressException;
import io.expressway.ExpressOptions;
import io.expressway.ObjectInfo;
import io.expressway.WriteOptions;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Three zones, and a bucket of one name in each for every test. */
final class ThreeZones implements AutoCloseable {
  static final List<String> IDS = List.of("usw2-az1", "usw2-az3", "usw2-az4");
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private final ZonalServer server =
      ZonalServer.builder().zones(IDS.get(0), IDS.get(1), IDS.get(2)).start();
  private final StampClock clock = new StampClock(System::currentTimeMillis);
  private String base = "";
  private final RoundTrips[] before = new RoundTrips[IDS.size()];

  Zone zone(int index) {
    return server.zone(IDS.get(index));
  }

  String name(int index) {
    return base + "--" + IDS.get(index) + "--x-s3";
  }

  /** A bucket in each zone, empty. */
  List<Bucket> newBuckets() {
    makeBuckets();
    return sameBuckets();
  }

  /** The same, which wait for so long in the middle of a body. */
  List<Bucket> newBuckets(Duration idleTimeout) {
    makeBuckets();
    return IDS.stream().map(id -> (Bucket) open(IDS.indexOf(id), idleTimeout)).toList();
  }

  private void makeBuckets() {
    base = "copies-" + BUCKETS.incrementAndGet();
    for (int i = 0; i < IDS.size(); i++) {
      zone(i).createBucket(base);
    }
  }

  /** Other clients of the buckets made last. */
  List<Bucket> sameBuckets() {
    return IDS.stream().map(id -> (Bucket) open(IDS.indexOf(id))).toList();
  }

  ExpressBucket open(int index) {
    return open(index, Duration.ofSeconds(5));
  }

  private ExpressBucket open(int index, Duration idleTimeout) {
    return ExpressBucket.open(
        name(index),
        Credentials.of(server.accessKeyId(), server.secretAccessKey()),
        ExpressOptions.defaults().endpoint(zone(index).hostEndpoint()).idleTimeout(idleTimeout));
  }

  /** Stores the same content with the same stamp in the zones. */
  byte[] put(String key, int size, long seed, int... zones) throws Exception {
    byte[] content = content(size, seed);
    Stamp stamp = clock.next();
    for (int zone : zones.length == 0 ? new int[] {0, 1, 2} : zones) {
      try (Bucket bucket = open(zone)) {
        ObjectInfo unused =
            await(
                bucket.write(
                    key,
                    ByteBuffer.wrap(content),
                    WriteOptions.defaults().metadata(Map.of(Stamp.METADATA, stamp.toString()))));
      }
    }
    mark();
    return content;
  }

  /** Stores a content as others do, without a stamp. */
  void putAsOthers(String key, byte[] content, int... zones) {
    for (int zone : zones.length == 0 ? new int[] {0, 1, 2} : zones) {
      zone(zone).putObject(name(zone), key, content);
    }
  }

  /** A stamp so much later than now, or earlier. */
  Stamp stamp(Duration later) {
    return new Stamp(clock.next().time() + (later.toMillis() << 16), 1);
  }

  /** What no message may hold. */
  String secret() {
    return server.secretAccessKey();
  }

  static byte[] content(int size, long seed) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  /** Begins to count. */
  void mark() {
    for (int i = 0; i < IDS.size(); i++) {
      before[i] = zone(i).roundTrips();
    }
  }

  /** Bytes that the zone had sent at the last mark. */
  long bytesOutBefore(int zone) {
    return before[zone].bytesOut();
  }

  /** Connections that the zone took since the last mark. */
  long connections(int zone) {
    return zone(zone).roundTrips().since(before[zone]).connectionsAccepted();
  }

  /** Requests of the operation in the zone since the last mark. */
  long requests(int zone, String operation) {
    return zone(zone).roundTrips().since(before[zone]).of(operation);
  }

  static <T> T await(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ExpressException known) {
        throw known;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new AssertionError("no outcome after 30 s", e);
    }
  }

  /** Waits until something holds that another thread brings about. */
  static void until(String what, BooleanSupplier holds) {
    long began = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - began > PATIENCE_NANOS) {
        throw new AssertionError("30 s passed and not: " + what);
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
