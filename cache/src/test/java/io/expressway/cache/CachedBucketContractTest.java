package io.expressway.cache;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.contract.BucketContract;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** What every bucket does, done through a cache of one kind or another. */
final class CachedBucketContractTest {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static ZonalServer server;

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1").start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** One way to set up a cache; little memory, for it is made anew for each test. */
  abstract static class Through extends BucketContract {
    private final long limitBytes;
    private final int blockBytes;
    private final CacheOptions options;
    private BlockCache memory;

    @SuppressWarnings("NullAway.Init") // opened before each test
    Through(long limitBytes, int blockBytes, CacheOptions options) {
      this.limitBytes = limitBytes;
      this.blockBytes = blockBytes;
      this.options = options;
    }

    @Override
    protected Bucket open() {
      memory = BlockCache.offHeap(limitBytes, blockBytes);
      Zone zone = server.zone("usw2-az1");
      return new CachedBucket(
          memory,
          ExpressBucket.open(
              zone.createBucket("contract-" + BUCKETS.incrementAndGet()),
              Credentials.of(server.accessKeyId(), server.secretAccessKey()),
              ExpressOptions.defaults().endpoint(zone.hostEndpoint())),
          options);
    }

    @Override
    protected void afterClose() {
      memory.close();
      Zonal.assertGivenBack(memory);
    }
  }

  @Nested
  final class AsItComes extends Through {
    AsItComes() {
      super(16 << 20, BlockCache.DEFAULT_BLOCK_BYTES, CacheOptions.defaults());
    }
  }

  @Nested
  @Tag("one-jdk")
  final class InSmallBlocks extends Through {
    InSmallBlocks() {
      super(16 << 20, 4 << 10, CacheOptions.defaults().gapBytes(0));
    }
  }

  @Nested
  @Tag("one-jdk")
  final class AskingEveryTime extends Through {
    AskingEveryTime() {
      super(
          16 << 20,
          64 << 10,
          CacheOptions.defaults().freshness(Freshness.always()).absence(Duration.ZERO));
    }
  }

  @Nested
  final class OfTooLittleMemory extends Through {
    OfTooLittleMemory() {
      super(8 * (64 << 10), 64 << 10, CacheOptions.defaults());
    }
  }
}
