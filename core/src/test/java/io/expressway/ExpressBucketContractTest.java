package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.contract.BucketContract;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
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
}
