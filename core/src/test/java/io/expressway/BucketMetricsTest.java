package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.expressway.testkit.Fault;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted of a bucket is what the server counted. */
final class BucketMetricsTest {
  private static final String SECRET = "a-secret-that-nobody-may-see";
  private static final String KEY = "a-key-that-no-tag-names";
  private final ZonalServer server =
      ZonalServer.builder().zones("usw2-az1").credentials("TESTKEYID", SECRET).start();
  private final Zone zone = server.zone("usw2-az1");
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ExpressBucket bucket =
      ExpressBucket.open(
          zone.bucket(),
          Credentials.of("TESTKEYID", SECRET),
          ExpressOptions.defaults()
              .endpoint(zone.endpoint())
              .listener(new RequestTimers(registry, Tags.of("app", "test"))));

  @AfterEach
  void close() {
    bucket.close();
    server.close();
  }

  private void writeAndRead() {
    bucket.write(KEY, ByteBuffer.allocate(100_000), WriteOptions.defaults()).join();
    bucket.append(KEY, 100_000, ByteBuffer.allocate(5_000)).join();
    bucket.read(KEY, ByteRange.of(0, 300)).join().close();
    bucket.read(KEY, ByteRange.all()).join().close();
    assertThatThrownBy(() -> bucket.stat("missing").join())
        .hasCauseInstanceOf(ObjectNotFoundException.class);
    zone.inject(Fault.slowDown().on("GetObject").times(1));
    bucket.read(KEY, ByteRange.of(0, 50_000)).join().close();
  }

  @Test
  void requestsAndBytesAreThoseOfTheServer() {
    writeAndRead();
    BucketStats stats = bucket.stats();
    RoundTrips served = zone.roundTrips();

    assertThat(stats.total().requests()).isEqualTo(served.total());
    assertThat(stats.of(Operation.READ).requests()).isEqualTo(served.of("GetObject")).isEqualTo(4);
    assertThat(stats.of(Operation.STAT).requests()).isEqualTo(served.of("HeadObject"));
    assertThat(stats.of(Operation.WRITE).sentBytes() + stats.of(Operation.APPEND).sentBytes())
        .isEqualTo(zone.bytes(zone.bucket(), KEY).length);
    assertThat(stats.of(Operation.READ).retries()).isOne();
    assertThat(stats.of(Operation.READ).throttled()).isOne();
    assertThat(stats.of(Operation.READ).failed()).isZero();
    assertThat(stats.of(Operation.STAT).refused()).isOne();
    assertThat(stats.of(Operation.STAT).failed()).isOne();
    assertThat(stats.total().answers()).isEqualTo(served.total());
    assertThat(stats.of(Operation.READ).waited()).isPositive();
    assertThat(stats.connectionsOpened()).isEqualTo(served.connectionsAccepted());
    assertThat(stats.connections()).isEqualTo((int) served.connectionsOpen());
    assertThat(stats.waiting()).isZero();
    long bodies = stats.of(Operation.READ).receivedBytes();
    assertThat(bodies - (300 + 105_000 + 50_000)).as("the refusal's document").isBetween(1L, 500L);
  }

  @Test
  void whatBreaksOffCountsAsFarAsItCame() {
    bucket.write(KEY, ByteBuffer.allocate(100_000), WriteOptions.defaults()).join();
    BucketStats before = bucket.stats();
    RoundTrips servedBefore = zone.roundTrips();
    zone.inject(Fault.truncateAt(40_000).on("GetObject").times(1));
    bucket.read(KEY, ByteRange.of(0, 100_000)).join().close();
    BucketStats stats = bucket.stats().since(before);

    assertThat(stats.of(Operation.READ).receivedBytes()).isEqualTo(100_000);
    assertThat(stats.of(Operation.READ).requests())
        .isEqualTo(zone.roundTrips().since(servedBefore).of("GetObject"))
        .isEqualTo(2);
    assertThat(stats.of(Operation.READ).answers()).isOne();
    assertThat(stats.requests()).containsOnlyKeys(Operation.READ);
  }

  @Test
  void metersShowWhatTheStatsSayAndNeverAKey() {
    new BucketMetrics(bucket, Tags.of("app", "test"))
        .pricedBy(PriceTable.usEast1())
        .bindTo(registry);
    writeAndRead();
    BucketStats stats = bucket.stats();

    assertThat(counted("requests", "read")).isEqualTo(4);
    assertThat(counted("throttled", "read")).isEqualTo(1);
    assertThat(counted("failed", "stat")).isEqualTo(1);
    assertThat(counted("sent", "write")).isEqualTo(100_000);
    assertThat(counted("received", "read"))
        .isEqualTo((double) stats.of(Operation.READ).receivedBytes());
    var answers = registry.get("expressway.bucket.answers").tag("operation", "read");
    assertThat(answers.functionTimer().count()).isEqualTo(4);
    // It is kept in seconds: what comes back may differ in the last bit.
    assertThat(answers.functionTimer().totalTime(TimeUnit.NANOSECONDS))
        .isCloseTo((double) stats.of(Operation.READ).waited().toNanos(), withinPercentage(1e-6));
    var latency = registry.get("expressway.bucket.latency").tag("operation", "read").timer();
    assertThat(latency.count()).isEqualTo(4);
    assertThat(registry.get("expressway.bucket.cost").functionCounter().count())
        .isCloseTo(PriceTable.usEast1().of(stats), withinPercentage(1e-6))
        .isPositive();
    for (Meter meter : registry.getMeters()) {
      assertThat(meter.getId().getTags())
          .extracting(Tag::getKey)
          .isSubsetOf("app", "bucket", "zone", "operation", "prices");
      assertThat(meter.getId().toString()).doesNotContain(KEY).doesNotContain(SECRET);
    }
  }

  private double counted(String name, String operation) {
    return registry
        .get("expressway.bucket." + name)
        .tags("operation", operation, "zone", "usw2-az1", "app", "test")
        .functionCounter()
        .count();
  }

  @Test
  void moneyIsRequestsAndBytesByTheTable() {
    PriceTable table = PriceTable.usEast1();
    assertThat(table.of(1_000_000, 1_000, 1L << 30, 1L << 30))
        .isEqualTo(0.03 + 0.00113 + 0.0006 + 0.0032);
    writeAndRead();
    BucketStats stats = bucket.stats();
    assertThat(table.of(stats))
        .isCloseTo(
            table.of(5, 2, stats.of(Operation.READ).receivedBytes(), 105_000), within(1e-15));
    bucket.delete(KEY).join();
    assertThat(table.of(bucket.stats())).isEqualTo(table.of(stats));
  }

  @Test
  void requestsRetriesAndConnectionsAreEvents(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("wire.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("io.expressway.Request");
      recording.enable("io.expressway.Retry");
      recording.enable("io.expressway.Connect");
      recording.start();
      writeAndRead();
      bucket.read(KEY, ByteRange.last(7)).join().close();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    List<RecordedEvent> requests = of(events, "Request");
    assertThat(requests).hasSize((int) zone.roundTrips().total());
    assertThat(requests)
        .anySatisfy(
            event -> {
              assertThat(event.getString("bucket")).isEqualTo(zone.bucket());
              assertThat(event.getString("operation")).isEqualTo("GetObject");
              assertThat(event.getInt("status")).isEqualTo(206);
              assertThat(event.getString("key")).isEqualTo(KEY);
              assertThat(event.getLong("offset")).isZero();
              assertThat(event.getLong("length")).isEqualTo(50_000);
              assertThat(event.getLong("receivedBytes")).isEqualTo(50_000);
              assertThat(event.getDuration()).isPositive();
            })
        .anySatisfy(
            event -> {
              assertThat(event.getLong("offset")).isEqualTo(-7);
              assertThat(event.getLong("length")).isEqualTo(7);
              assertThat(event.getLong("receivedBytes")).isEqualTo(7);
            })
        .anySatisfy(
            event -> {
              assertThat(event.getString("operation")).isEqualTo("PutObject");
              assertThat(event.getLong("length")).isEqualTo(-1);
            });
    assertThat(of(events, "Retry"))
        .singleElement()
        .satisfies(event -> assertThat(event.getString("failure")).isEqualTo("ThrottledException"));
    assertThat(of(events, "Connect"))
        .hasSize((int) zone.roundTrips().connectionsAccepted())
        .allSatisfy(event -> assertThat(event.getString("failure")).isEmpty());
    assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain(SECRET);
  }

  private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("io.expressway." + name))
        .toList();
  }
}
