package io.expressway.multiaz;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.contract.BucketContract;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** What every bucket does, done by three in three zones under each policy. */
final class MultiAzBucketContractTest {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static ZonalServer server;

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1", "usw2-az3", "usw2-az4").start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** One way to write. */
  abstract static class Under extends BucketContract {
    private final MultiAzOptions options;

    Under(MultiAzOptions options) {
      this.options = options;
    }

    @Override
    protected Bucket open() {
      String base = "contract-" + BUCKETS.incrementAndGet();
      List<Bucket> replicas = new ArrayList<>();
      for (Zone zone : server.zones()) {
        replicas.add(
            ExpressBucket.open(
                zone.createBucket(base),
                Credentials.of(server.accessKeyId(), server.secretAccessKey()),
                ExpressOptions.defaults().endpoint(zone.hostEndpoint())));
      }
      return MultiAzBucket.of(options, replicas);
    }

    /** A listing is one zone's, and has no metadata to tell our versions by. */
    @Override
    protected boolean listsVersionsOfWrites() {
      return false;
    }
  }

  @Nested
  @Tag("one-jdk")
  final class All extends Under {
    All() {
      super(MultiAzOptions.defaults().writes(WritePolicy.all()));
    }
  }

  @Nested
  @Tag("one-jdk")
  final class Primary extends Under {
    Primary() {
      super(
          MultiAzOptions.defaults().writes(WritePolicy.primary()).reads(ReadConsistency.quorum()));
    }
  }

  @Nested
  final class Quorum extends Under {
    Quorum() {
      super(
          MultiAzOptions.defaults()
              .writes(WritePolicy.quorum())
              .reads(ReadConsistency.quorum())
              .laggingBytes(0)); // listings are of one zone, and are looked at after each change
    }

    @Override
    protected boolean takesMoves() {
      return false;
    }
  }
}
