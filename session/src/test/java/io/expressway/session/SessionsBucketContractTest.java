package io.expressway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.Slice;
import io.expressway.contract.BucketContract;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Our wire with our sessions against the zonal server, which takes nothing else for data. */
@Tag("one-jdk")
final class SessionsBucketContractTest extends BucketContract {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static ZonalServer server;
  private static Sessions sessions;

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1").iamOnData(false).start();
    sessions = Sessions.over(Credentials.of(server.accessKeyId(), server.secretAccessKey()));
  }

  @AfterAll
  static void stop() {
    sessions.close();
    server.close();
  }

  private static Zone zone() {
    return server.zone("usw2-az1");
  }

  @Override
  protected Bucket open() {
    return open(zone().createBucket("contract-" + BUCKETS.incrementAndGet()));
  }

  private static Bucket open(String name) {
    return ExpressBucket.open(
        name, sessions, ExpressOptions.defaults().endpoint(zone().hostEndpoint()));
  }

  private void readOnce() throws Exception {
    try (Slice slice = await(bucket.read("object", ByteRange.of(10, 50)))) {
      assertThat(slice.length()).isEqualTo(50);
    }
  }

  @Test
  void manyRequestsShareOneSession() throws Exception {
    RoundTrips before = zone().roundTrips();
    store("object", new byte[100]);
    for (int i = 0; i < 20; i++) {
      readOnce();
    }
    RoundTrips spent = zone().roundTrips().since(before);
    assertThat(spent.createSessions()).isOne();
    assertThat(spent.total()).isEqualTo(22);
  }

  @Test
  void aColdCrowdCostsOneSession() throws Exception {
    zone().putObject(bucket.name().toString(), "object", new byte[100]);
    RoundTrips before = zone().roundTrips();
    List<CompletableFuture<Slice>> reads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      reads.add(bucket.read("object", ByteRange.of(10, 50)));
    }
    for (CompletableFuture<Slice> read : reads) {
      await(read).close();
    }
    assertThat(zone().roundTrips().since(before).createSessions()).isOne();
  }

  @Test
  void aReadAcrossAnExpiredSessionCostsOneSessionAndSucceeds() throws Exception {
    store("object", new byte[100]);
    readOnce();
    RoundTrips before = zone().roundTrips();
    zone().expireSessions();
    readOnce();
    RoundTrips spent = zone().roundTrips().since(before);
    assertThat(spent.createSessions()).isOne();
    assertThat(spent.of("GetObject")).as("refused once, answered once").isEqualTo(2);
    readOnce();
    assertThat(zone().roundTrips().since(before).createSessions()).isOne();
  }

  @Test
  void aCrowdAcrossAnExpiredSessionCostsOneSession() throws Exception {
    store("object", new byte[100]);
    zone().expireSessions();
    RoundTrips before = zone().roundTrips();
    List<CompletableFuture<Slice>> reads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      reads.add(bucket.read("object", ByteRange.of(10, 50)));
    }
    for (CompletableFuture<Slice> read : reads) {
      await(read).close();
    }
    assertThat(zone().roundTrips().since(before).createSessions()).isOne();
  }

  @Test
  void bucketsOfOneNameShareTheirSession() throws Exception {
    store("object", new byte[100]);
    RoundTrips before = zone().roundTrips();
    try (Bucket second = open(bucket.name().toString())) {
      await(second.read("object", ByteRange.of(10, 50))).close();
    }
    readOnce();
    assertThat(zone().roundTrips().since(before).createSessions()).isZero();
  }
}
