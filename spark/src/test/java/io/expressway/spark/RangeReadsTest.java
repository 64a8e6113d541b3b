package io.expressway.spark;

import static io.expressway.spark.SparkHarness.content;
import static io.expressway.spark.SparkHarness.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.Fault;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** NoLeaks watches every slice here: what a task leaves behind fails the class. */
@Tag("one-jdk")
@Timeout(120)
final class RangeReadsTest {
  /** Static, because functions travel without the test. */
  private static final AtomicReference<Zone> LOST = new AtomicReference<>();

  private ZonalServer server;
  private Zone zone;
  private BucketDescription logs;
  private JavaSparkContext spark;

  @BeforeEach
  void start() {
    server = SparkHarness.server();
    zone = server.zones().get(0);
    logs = SparkHarness.described(server, 1);
    spark = new JavaSparkContext(SparkHarness.session().sparkContext());
  }

  @AfterEach
  void stop() {
    SharedBuckets.closeAll();
    server.close();
  }

  private static byte[] expected(KeyRange range) {
    int object = Integer.parseInt(range.key().substring("part/".length()));
    int from = (int) range.offset();
    return Arrays.copyOfRange(content(object), from, from + (int) range.length());
  }

  private static List<KeyRange> anyRanges(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<KeyRange> ranges = new ArrayList<>();
    int object = 0;
    for (int i = 0; i < count; i++) {
      object = random.nextInt(3) == 0 ? random.nextInt(40) : object;
      ranges.add(KeyRange.of(key(object), random.nextInt(9000), 1 + random.nextInt(1000)));
    }
    return ranges;
  }

  @Test
  void givesEveryRangeInOrder() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    List<KeyRange> ranges = anyRanges(300, seed);

    List<RangeBytes> read =
        spark.parallelize(ranges, 3).mapPartitions(RangeReads.bytes(logs)).collect();

    assertThat(read).extracting(RangeBytes::range).containsExactlyElementsOf(ranges);
    read.forEach(each -> assertThat(each.bytes()).isEqualTo(expected(each.range())));
    assertThat(zone.roundTrips().createSessions()).isEqualTo(1);
  }

  @Test
  void neighboursShareARequest() {
    List<KeyRange> ranges = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ranges.add(KeyRange.of(key(1), i * 100L, 100));
    }

    List<RangeBytes> read =
        spark.parallelize(ranges, 1).mapPartitions(RangeReads.bytes(logs)).collect();

    read.forEach(each -> assertThat(each.bytes()).isEqualTo(expected(each.range())));
    assertThat(zone.roundTrips().of("GetObject")).isEqualTo(1);
  }

  @Test
  void noMoreAreUnderWayThanAllowed() {
    List<KeyRange> ranges = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ranges.add(KeyRange.whole(key(i)));
    }

    List<Long> sizes =
        spark
            .parallelize(ranges, 1)
            .mapPartitions(RangeReads.of(logs, (range, slice) -> slice.length()).inFlight(3))
            .collect();

    assertThat(sizes).hasSize(40).containsOnly((long) SparkHarness.OBJECT_BYTES);
    RoundTrips trips = zone.roundTrips();
    assertThat(trips.of("GetObject")).isEqualTo(40);
    assertThat(trips.connectionsAccepted()).isLessThanOrEqualTo(3);
  }

  @Test
  void whatFailsNamesKeyAndRangeAndTheTaskLeavesNothing() {
    List<KeyRange> ranges = new ArrayList<>(anyRanges(50, 1));
    ranges.add(20, KeyRange.of("part/none", 3, 4));
    JavaRDD<RangeBytes> read = spark.parallelize(ranges, 1).mapPartitions(RangeReads.bytes(logs));

    assertThatThrownBy(read::collect)
        .rootCause()
        .hasMessageContaining("part/none")
        .hasMessageContaining("bytes=3-6");
  }

  @Test
  void aFunctionThatFailsLeavesNothing() {
    RangeReads<String> reads =
        RangeReads.of(
            logs,
            (range, slice) -> {
              throw new IllegalStateException("cannot parse " + range);
            });

    assertThatThrownBy(spark.parallelize(anyRanges(50, 2), 1).mapPartitions(reads)::collect)
        .hasMessageContaining("cannot parse part/");
  }

  @Test
  void whoTakesOnlySomeLeavesNothing() {
    JavaRDD<RangeBytes> read =
        spark.parallelize(anyRanges(50, 3), 1).mapPartitions(RangeReads.bytes(logs));

    assertThat(read.take(2)).hasSize(2);
  }

  @Test
  void aCancelledJobGivesUpItsReads() {
    zone.inject(Fault.stallAfter(10).on("GetObject").onKey(key(5)).always());
    BucketDescription patient =
        logs.with("readDeadline", "1h").with("firstByteTimeout", "10min").with("retries", "0");
    List<KeyRange> ranges = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ranges.add(KeyRange.whole(key(i)));
    }
    JavaFutureAction<List<RangeBytes>> job =
        spark.parallelize(ranges, 1).mapPartitions(RangeReads.bytes(patient)).collectAsync();
    while (zone.roundTrips().of("GetObject") < 10) {
      Thread.onSpinWait();
    }

    job.cancel(true);

    assertThatThrownBy(job::get)
        .isInstanceOfAny(ExecutionException.class, CancellationException.class);
    while (isStalled()) { // the request's connection is closed once the task has given it up
      Thread.onSpinWait();
    }
  }

  private boolean isStalled() {
    return zone.roundTrips().connectionsOpen() >= zone.roundTrips().connectionsAccepted();
  }

  @Test
  void aLostZoneFailsNothing() {
    LOST.set(zone);
    BucketDescription everywhere = SparkHarness.described(server, 3);
    List<KeyRange> ranges = anyRanges(400, 4);

    List<RangeBytes> read =
        spark
            .parallelize(ranges, 4)
            .mapPartitions(
                RangeReads.of(
                    everywhere,
                    (range, slice) -> {
                      if (range.equals(ranges.get(150))) {
                        Objects.requireNonNull(LOST.get()).stop();
                      }
                      return new RangeBytes(range, slice.toByteArray());
                    }))
            .collect();

    assertThat(read).extracting(RangeBytes::range).containsExactlyElementsOf(ranges);
    read.forEach(each -> assertThat(each.bytes()).isEqualTo(expected(each.range())));
    server
        .zones()
        .forEach(each -> assertThat(each.roundTrips().createSessions()).isLessThanOrEqualTo(1));
  }
}
