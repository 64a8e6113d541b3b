package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.contract.BucketContract;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our wire against the zonal server by virtual hosts, signed with the IAM identity itself. */
final class ExpressBucketContractTest extends BucketContract {
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

  @Override
  protected Bucket open() {
    Zone zone = server.zone("usw2-az1");
    return ExpressBucket.open(
        zone.createBucket("contract-" + BUCKETS.incrementAndGet()),
        Credentials.of(server.accessKeyId(), server.secretAccessKey()),
        ExpressOptions.defaults().endpoint(zone.hostEndpoint()));
  }

  @Test
  void withoutSessionsNoneIsMade() throws Exception {
    store("object", new byte[10]);
    assertThat(server.roundTrips().createSessions()).isZero();
  }

  /** What an object is described by is made once for each connection, metadata and all. */
  @Test
  void theSameObjectIsDescribedByTheSameInstance() throws Exception {
    ObjectInfo stored = storeWith(Map.of("owner", "me", "stamp", "1"));
    ObjectInfo first = told();
    assertThat(first.metadata()).isEqualTo(Map.of("owner", "me", "stamp", "1"));
    assertThat(first.version()).isEqualTo(stored.version());
    assertThat(told()).isSameAs(first);
    for (Map<String, String> metadata :
        List.of(
            Map.of("owner", "me", "stamp", "2"),
            Map.of("owner", "me"),
            Map.<String, String>of(),
            Map.of("stamp", "2"))) {
      ObjectInfo unused = storeWith(metadata);
      assertThat(told().metadata()).isEqualTo(metadata);
    }
  }

  private ObjectInfo storeWith(Map<String, String> metadata) throws Exception {
    return await(
        bucket.write(
            "object", ByteBuffer.allocate(10), WriteOptions.defaults().metadata(metadata)));
  }

  private ObjectInfo told() throws Exception {
    try (Slice slice = await(bucket.read("object", ByteRange.of(0, 5)))) {
      return slice.info();
    }
  }
}
