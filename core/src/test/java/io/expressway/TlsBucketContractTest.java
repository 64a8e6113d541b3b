package io.expressway;

import io.expressway.contract.BucketContract;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Our wire against the zonal server over TLS. */
final class TlsBucketContractTest extends BucketContract {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static ZonalServer server;

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1").tls(true).start();
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
        ExpressOptions.defaults().endpoint(zone.endpoint()).trust(List.of(server.certificate())));
  }
}
