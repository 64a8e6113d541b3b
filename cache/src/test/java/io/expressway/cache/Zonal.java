package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressException;
import io.expressway.ExpressOptions;
import io.expressway.Slice;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** One zone with a bucket of its own for each test, read with requests counted. */
final class Zonal implements AutoCloseable {
  private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private final ZonalServer server = ZonalServer.builder().zones("usw2-az1").start();
  private final Set<String> stored = new HashSet<>();
  private String name = "";
  private RoundTrips before = zone().roundTrips();

  Zone zone() {
    return server.zone("usw2-az1");
  }

  /** A bucket that holds nothing, its session already made. */
  Bucket newBucket() throws Exception {
    name = zone().createBucket("cached-" + BUCKETS.incrementAndGet());
    return sameBucket();
  }

  /** Another client of the bucket made last. */
  Bucket sameBucket() {
    return bucketOf(server, name);
  }

  /** A client of a server's bucket. */
  static Bucket bucketOf(ZonalServer server, String bucket) {
    return ExpressBucket.open(
        bucket,
        Credentials.of(server.accessKeyId(), server.secretAccessKey()),
        ExpressOptions.defaults().endpoint(server.zones().get(0).hostEndpoint()));
  }

  /** Stores without a request, as another program would. */
  byte[] put(String key, int size, long seed) {
    byte[] content = content(size, seed);
    zone().putObject(name, key, content);
    stored.add(key);
    return content;
  }

  /** Removes what was stored in the bucket made last: a server keeps it in memory. */
  void empty() throws Exception {
    try (Bucket bucket = sameBucket()) {
      for (CompletableFuture<Void> each : bucket.deleteAll(List.copyOf(stored))) {
        await(each);
      }
    }
    stored.clear();
  }

  static byte[] content(int size, long seed) {
    byte[] bytes = new byte[size];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] cut(byte[] content, long from, long length) {
    return Arrays.copyOfRange(content, (int) from, (int) Math.min(content.length, from + length));
  }

  /** Begins to count. */
  void mark() {
    before = zone().roundTrips();
  }

  /** Requests since the last mark. */
  long requests() {
    return zone().roundTrips().since(before).total();
  }

  /** Requests of one operation since the last mark. */
  long requests(String operation) {
    return zone().roundTrips().since(before).of(operation);
  }

  /** Waits until so many have come since the last mark, or more. */
  void awaitRequests(String operation, long count) {
    await(() -> requests(operation) >= count);
    assertThat(requests(operation)).as(operation).isGreaterThanOrEqualTo(count);
  }

  static byte[] read(Bucket bucket, String key, long offset, long length) throws Exception {
    try (Slice slice = await(bucket.read(key, ByteRange.of(offset, length)))) {
      return slice.toByteArray();
    }
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

  /** Returns when it is so, or later than anybody should wait for it. */
  private static void await(BooleanSupplier isSo) {
    long began = System.nanoTime();
    while (!isSo.getAsBoolean() && System.nanoTime() - began < GIVE_UP_NANOS) {
      Thread.onSpinWait();
    }
  }

  /** All that was lent or being filled is given back; by an event loop, perhaps a moment later. */
  static void assertGivenBack(BlockCache memory) {
    long sink = memory.blockBytes();
    await(() -> memory.stats().usedBytes() == sink);
    assertThat(memory.stats().usedBytes()).as("in use: only the sink").isEqualTo(sink);
  }

  @Override
  public void close() {
    server.close();
  }
}
