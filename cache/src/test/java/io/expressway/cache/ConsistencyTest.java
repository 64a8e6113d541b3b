package io.expressway.cache;

import static io.expressway.cache.Zonal.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.PreconditionFailedException;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Objects that others rewrite all the time, read in ranges over many blocks: every content says in
 * each of its words which one it is, so that a mix cannot hide.
 */
final class ConsistencyTest {
  private static final int WORDS = 25_000;
  private static final int WRITERS = 4;
  private static final int READERS = 16;
  private static final int WRITES = 40;
  private static Zonal zonal;

  @BeforeAll
  static void start() {
    zonal = new Zonal();
  }

  @AfterAll
  static void stop() {
    zonal.close();
  }

  static Stream<Arguments> ways() {
    CacheOptions options = CacheOptions.defaults();
    CacheOptions briefly = options.freshness(Freshness.within(Duration.ofMillis(1)));
    return Stream.of(
        Arguments.of("always", options.freshness(Freshness.always())),
        Arguments.of("briefly", briefly),
        Arguments.of("briefly, in pieces", briefly.gapBytes(0).requestBytes(64 << 10)),
        Arguments.of("briefly, failing", briefly.change(CacheOptions.Change.FAIL)),
        Arguments.of("immutable", options.freshness(Freshness.immutable())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void readersNeverSeeAMix(String way, CacheOptions options) throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("readersNeverSeeAMix(" + way + "): -Dexpressway.seed=" + seed);
    try (BlockCache memory = BlockCache.offHeap(2 << 20, 16 << 10);
        Bucket plain = zonal.newBucket();
        CachedBucket cached = new CachedBucket(memory, zonal.sameBucket(), options)) {
      new Crowd(plain, cached, options, seed).run();
    }
  }

  /** The writers and readers of one run. */
  private static final class Crowd {
    private final Bucket plain;
    private final CachedBucket cached;
    private final boolean mustBeNew;
    private final long seed;
    private final AtomicLong[] finished = new AtomicLong[WRITERS];
    private final AtomicInteger writing = new AtomicInteger(WRITERS);
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    Crowd(Bucket plain, CachedBucket cached, CacheOptions options, long seed) {
      this.plain = plain;
      this.cached = cached;
      this.mustBeNew = "always".equals(options.freshness().toString());
      this.seed = seed;
    }

    void run() throws Exception {
      for (int i = 0; i < WRITERS; i++) {
        finished[i] = new AtomicLong();
        write(i, 0);
      }
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        all.add(started(() -> writeAll(writer)));
      }
      for (int i = 0; i < READERS; i++) {
        SplittableRandom random = new SplittableRandom(seed + i);
        all.add(started(() -> readAll(random)));
      }
      for (CompletableFuture<Void> one : all) {
        one.get();
      }
      assertThat(reads.get())
          .as("reads that came, beside %s told of a change", failures)
          .isPositive();
    }

    private static CompletableFuture<Void> started(Work work) {
      return CompletableFuture.runAsync(
          () -> {
            try {
              work.run();
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          },
          task -> new Thread(task).start());
    }

    private void write(int writer, long version) throws Exception {
      ByteBuffer body = ByteBuffer.allocateDirect(WORDS * Long.BYTES);
      for (int i = 0; i < WORDS; i++) {
        body.putLong((version << 32) | i);
      }
      await(plain.write("object" + writer, body.flip(), WriteOptions.defaults()));
      finished[writer].set(version);
    }

    private void writeAll(int writer) throws Exception {
      for (long version = 1; version <= WRITES; version++) {
        write(writer, version);
      }
      writing.decrementAndGet();
    }

    private void readAll(SplittableRandom random) throws Exception {
      while (writing.get() > 0) {
        int writer = random.nextInt(WRITERS);
        int first = random.nextInt(WORDS);
        int count = 1 + random.nextInt(WORDS - first);
        long oldest = finished[writer].get();
        ByteRange range = ByteRange.of((long) first * Long.BYTES, (long) count * Long.BYTES);
        try (Slice slice = await(cached.read("object" + writer, range))) {
          long version = versionOf(slice, first, count);
          if (mustBeNew) {
            assertThat(version).isGreaterThanOrEqualTo(oldest);
          }
          reads.incrementAndGet();
        } catch (PreconditionFailedException changed) {
          failures.incrementAndGet(); // as chosen, or because it changed again and again
        }
      }
    }

    private long versionOf(Slice slice, int first, int count) {
      ByteBuffer words = ByteBuffer.wrap(slice.toByteArray());
      assertThat(words.remaining()).isEqualTo(count * Long.BYTES);
      long version = words.getLong(0) >>> 32;
      for (int i = 0; i < count; i++) {
        long word = words.getLong(i * Long.BYTES);
        if (word != ((version << 32) | (first + i))) {
          throw new AssertionError(
              "word " + (first + i) + " is " + Long.toHexString(word) + ", not of " + version);
        }
      }
      return version;
    }
  }

  /** What a thread does. */
  private interface Work {
    void run() throws Exception;
  }
}
