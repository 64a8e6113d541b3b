package io.expressway.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Slice;
import io.expressway.testkit.RoundTrips;
import io.expressway.testkit.ZonalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.jdk.javaapi.CollectionConverters;

@Tag("one-jdk")
@Timeout(120)
final class ExpressPluginTest {
  private static final ByteRange RANGE = ByteRange.of(0, 100);

  private ZonalServer server;

  /** What Spark gives to a plugin. */
  private record Context(String executorID, MetricRegistry metricRegistry)
      implements PluginContext {
    @Override
    public SparkConf conf() {
      return new SparkConf(false);
    }

    @Override
    public String hostname() {
      return "localhost";
    }

    @Override
    public Map<String, ResourceInformation> resources() {
      return Map.of();
    }

    @Override
    public void send(Object message) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Object ask(Object message) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void start() {
    SharedBuckets.closeAll();
    server = SparkHarness.server();
  }

  @AfterEach
  void stop() {
    SharedBuckets.closeAll();
    server.close();
  }

  private static MetricRegistry executor(String id) {
    Context context = new Context(id, new MetricRegistry());
    new ExpressPlugin().executorPlugin().init(context, Map.of());
    return context.metricRegistry();
  }

  private static long value(MetricRegistry registry, Measure measure) {
    return (Long) Objects.requireNonNull(registry.getGauges().get(measure.key())).getValue();
  }

  private static void read(Bucket bucket, int object) {
    try (Slice slice = bucket.read(SparkHarness.key(object), RANGE).join()) {
      assertThat(slice.toByteArray())
          .isEqualTo(Arrays.copyOf(SparkHarness.content(object), (int) slice.length()));
    }
  }

  @Test
  void sparkShowsOnceWhatItsTasksDid() {
    SparkSession spark = SparkHarness.session().newSession();
    ExpressFunctions.register(spark, SparkHarness.described(server, 1));

    SparkHarness.assertThatTasksRead(spark);
    Row written =
        spark.sql("SELECT express_write('made', CAST(repeat('x', 5000) AS BINARY)).size").first();

    assertThat(written.getLong(0)).isEqualTo(5000);
    List<Source> sources =
        CollectionConverters.asJava(
            SparkEnv.get()
                .metricsSystem()
                .getSourcesByName("plugin." + ExpressPlugin.class.getName()));
    assertThat(sources).as("in local mode the driver's only").hasSize(1);
    MetricRegistry shown = sources.get(0).metricRegistry();
    RoundTrips trips = server.roundTrips();
    assertThat(value(shown, Measure.REQUESTS)).isEqualTo(trips.total());
    assertThat(value(shown, Measure.SESSIONS)).isEqualTo(trips.createSessions()).isEqualTo(1);
    assertThat(value(shown, Measure.RECEIVED)).isGreaterThanOrEqualTo(40 * 100);
    assertThat(value(shown, Measure.SENT)).isGreaterThanOrEqualTo(5000);
    assertThat(value(shown, Measure.CONNECTIONS)).isPositive();
    assertThat(value(shown, Measure.FAILED)).isZero();
  }

  @Test
  void sumsWhatEveryBucketDid() {
    MetricRegistry shown = executor("7");
    BucketDescription one = SparkHarness.described(server, 1);
    BucketDescription other = one.with("retries", "1");

    read(one.shared(), 1);
    long ofOne = value(shown, Measure.REQUESTS);
    read(other.shared(), 1);

    assertThat(ofOne).isPositive();
    assertThat(value(shown, Measure.REQUESTS)).isEqualTo(2 * ofOne);
    assertThat(value(shown, Measure.SESSIONS)).isEqualTo(2);
  }

  @Test
  void showsWhatTheCacheSpared() {
    MetricRegistry shown = executor("7");
    Bucket cached = SparkHarness.described(server, 1).with("cache.memory", "8m").shared();

    read(cached, 1);
    long requests = value(shown, Measure.REQUESTS);
    read(cached, 1);

    assertThat(value(shown, Measure.REQUESTS)).as("of the second read, none").isEqualTo(requests);
    assertThat(value(shown, Measure.MEMORY_HITS)).isEqualTo(100);
    assertThat(value(shown, Measure.ASKED)).isEqualTo(100);
    assertThat(value(shown, Measure.FETCHED)).isGreaterThanOrEqualTo(100);
    assertThat(value(shown, Measure.MEMORY_USED)).isPositive();
    assertThat(value(shown, Measure.DISK_USED)).isZero();
  }

  @Test
  void showsAZoneThatIsLost() {
    MetricRegistry shown = executor("7");
    Bucket logs = SparkHarness.described(server, 3).shared();
    read(logs, 1);
    assertThat(value(shown, Measure.ZONES_DOWN)).isZero();

    server.zone(SparkHarness.ZONES[0]).stop();
    do {
      read(logs, 2);
    } while (value(shown, Measure.ZONES_DOWN) == 0);

    long second = value(shown, Measure.FAILOVERS) + value(shown, Measure.HEDGES_FIRED);
    assertThat(second).isPositive();
    assertThat(value(shown, Measure.HEDGES_WON))
        .isLessThanOrEqualTo(value(shown, Measure.HEDGES_FIRED));
  }

  @Test
  void closingWhatIsCountedFailsNoGauge() throws InterruptedException {
    MetricRegistry shown = executor("7");
    BucketDescription logs = SparkHarness.described(server, 3).with("cache.memory", "8m");
    read(logs.shared(), 1);

    Thread closing = new Thread(SharedBuckets::closeAll, "closing");
    closing.start();
    do {
      assertThat(Measure.values()).allMatch(measure -> value(shown, measure) >= 0);
    } while (closing.isAlive());
    closing.join();

    assertThat(Measure.values()).allMatch(measure -> value(shown, measure) == 0);
    read(logs.shared(), 1);
    assertThat(value(shown, Measure.REQUESTS)).as("once open again").isPositive();
  }

  @Test
  void theLastReportOfAJvmThatExitsIsRight() {
    MetricRegistry shown = executor("7");
    BucketDescription logs = SparkHarness.described(server, 1);
    read(logs.shared(), 1);
    long requests = value(shown, Measure.REQUESTS);

    SharedBuckets.closeQuietly();

    assertThat(value(shown, Measure.REQUESTS)).isEqualTo(requests);
  }

  @Test
  void readingAGaugeOpensNothing() {
    MetricRegistry shown = executor("7");

    assertThat(Measure.values()).allMatch(measure -> value(shown, measure) == 0);
    assertThat(SharedBuckets.count()).isZero();
    assertThat(server.roundTrips().total()).isZero();
  }

  @Test
  void anExecutorInTheDriverShowsNothingTwice() {
    assertThat(executor("driver").getNames()).isEmpty();

    Context driver = new Context("driver", new MetricRegistry());
    new ExpressPlugin().driverPlugin().registerMetrics("application", driver);
    assertThat(driver.metricRegistry().getNames()).hasSize(Measure.values().length);
  }

  @Test
  void documentationListsEveryGauge() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("../docs/spark.md"));

    for (Measure measure : Measure.values()) {
      Pattern row = Pattern.compile("\\| [^|`]+ \\| `" + Pattern.quote(measure.key()) + "` \\| .*");
      assertThat(lines.stream().filter(line -> row.matcher(line).matches()))
          .as(measure.key())
          .hasSize(1);
    }
  }
}
