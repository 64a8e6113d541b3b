package io.expressway.spark;

import static io.expressway.spark.SparkHarness.content;
import static io.expressway.spark.SparkHarness.key;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("one-jdk")
@Timeout(120)
final class SqlFunctionsTest {
  private static ZonalServer server;
  private static Zone zone;
  private static SparkSession spark;
  private static BucketDescription logs;

  @BeforeAll
  static void start() {
    server = SparkHarness.server();
    zone = server.zones().get(0);
    spark = SparkHarness.session();
    logs = SparkHarness.described(server, 1);
    ExpressFunctions.register(spark, logs);
  }

  @AfterAll
  static void stop() {
    SharedBuckets.closeAll();
    server.close();
  }

  private static Row only(String sql) {
    List<Row> rows = spark.sql(sql).collectAsList();
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  @Test
  void readsRangesInEveryTask() {
    SparkHarness.assertThatTasksRead(spark);

    assertThat(zone.roundTrips().createSessions()).isEqualTo(1);
    assertThat(SharedBuckets.count()).isEqualTo(1);
  }

  @Test
  void readsLessWhereTheObjectEnds() {
    byte[] tail = (byte[]) only("SELECT express_read('part/1', 9990, 100)").get(0);

    assertThat(tail).isEqualTo(Arrays.copyOfRange(content(1), 9990, 10_000));
  }

  @Test
  void nullOfAnyArgumentIsNullAndNoRequest() {
    long before = zone.roundTrips().total();

    Row row =
        only(
            "SELECT express_read(NULL, 0, 1), express_read('part/0', NULL, 1),"
                + " express_read('part/0', 0, NULL), express_stat(NULL),"
                + " express_write(NULL, X'00'), express_write('new', NULL)");

    for (int i = 0; i < row.length(); i++) {
      assertThat(row.isNullAt(i)).as("column %s", i).isTrue();
    }
    assertThat(zone.roundTrips().total()).isEqualTo(before);
  }

  @Test
  void statTellsSizeAndVersionOrNull() {
    Row row =
        only("SELECT s.size, s.version, s.last_modified FROM (SELECT express_stat('part/3') s)");

    assertThat(row.getLong(0)).isEqualTo(SparkHarness.OBJECT_BYTES);
    assertThat(row.getString(1)).isNotEmpty();
    assertThat(row.isNullAt(2)).isFalse();
    assertThat(only("SELECT express_stat('part/none')").isNullAt(0)).isTrue();
  }

  @Test
  void writesAndTellsWhatWasWritten() {
    Row row = only("SELECT express_write('made', CAST('hello' AS BINARY)).size AS size");

    assertThat(row.getLong(0)).isEqualTo(5);
    assertThat(zone.bytes(zone.bucket(), "made"))
        .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void columnsDoWithoutSql() {
    ExpressFunctions functions = ExpressFunctions.of(logs);

    List<Row> rows =
        spark
            .range(3)
            .select(functions.read().apply(concat(lit("part/"), col("id")), lit(0), lit(4L)))
            .collectAsList();

    assertThat(rows).extracting(row -> row.get(0)).contains(Arrays.copyOf(content(2), 4));
  }

  @Test
  void failuresNameKeyAndRange() {
    assertThatThrownBy(() -> only("SELECT express_read('part/none', 5, 7)"))
        .rootCause()
        .hasMessageContaining("part/none")
        .hasMessageContaining("bytes=5-11")
        .hasMessageContaining("logs--usw2-az1--x-s3");
    assertThatThrownBy(() -> only("SELECT express_read('part/1', 20000, 7)"))
        .rootCause()
        .hasMessageContaining("part/1")
        .hasMessageContaining("bytes=20000-20006");
    assertThatThrownBy(() -> only("SELECT express_read('part/1', -1, 7)"))
        .rootCause()
        .hasMessageContaining("offset must not be negative");
    assertThatThrownBy(() -> only("SELECT express_read('part/1', 1.5, 7)"))
        .rootCause()
        .hasMessageContaining("offset must be INT or BIGINT");
  }

  @Test
  void registersFromTheSessionsConfiguration() {
    SparkSession own = spark.newSession();
    own.conf().set("spark.expressway.buckets", zone.bucket());
    own.conf().set("spark.expressway.endpoint.usw2-az1", zone.endpoint().toString());
    own.conf().set("spark.expressway.credentials", TestCredentials.class.getName());

    ExpressFunctions.register(own);

    byte[] read = (byte[]) own.sql("SELECT express_read('" + key(7) + "', 0, 3)").first().get(0);
    assertThat(read).isEqualTo(Arrays.copyOf(content(7), 3));
    assertThat(SharedBuckets.count()).as("the same description").isEqualTo(1);
  }
}
