package io.expressway.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("one-jdk")
@Timeout(120)
final class ExpressExtensionsTest {
  private static ZonalServer server;
  private static Zone zone;
  private static SparkSession extended;

  /** A session with extensions beside the one without: a JVM has one context only. */
  @BeforeAll
  static void start() {
    server = SparkHarness.server();
    zone = server.zones().get(0);
    SparkSession usual = SparkHarness.session();
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    extended = SparkSession.builder().withExtensions(new ExpressExtensions()).getOrCreate();
    SparkSession.setActiveSession(usual);
    SparkSession.setDefaultSession(usual);
  }

  @AfterAll
  static void stop() {
    SharedBuckets.closeAll();
    server.close();
  }

  private static SparkSession described() {
    SparkSession session = extended.newSession();
    session.conf().set("spark.expressway.buckets", zone.bucket());
    session.conf().set("spark.expressway.endpoint.usw2-az1", zone.endpoint().toString());
    session.conf().set("spark.expressway.credentials", TestCredentials.class.getName());
    return session;
  }

  @Test
  void functionsAreThereWithoutACall() {
    SparkSession session = described();

    Row row =
        session
            .sql(
                "SELECT express_stat('part/3').size, express_stat('part/none'),"
                    + " express_read(NULL, 0, 1), express_write('made', X'010203').size")
            .first();

    assertThat(row.getLong(0)).isEqualTo(SparkHarness.OBJECT_BYTES);
    assertThat(row.isNullAt(1)).isTrue();
    assertThat(row.isNullAt(2)).isTrue();
    assertThat(row.getLong(3)).isEqualTo(3);
    assertThat(zone.bytes(zone.bucket(), "made")).containsExactly(1, 2, 3);
  }

  @Test
  void functionsTravelToTasks() {
    SparkHarness.assertThatTasksRead(described());
  }

  @Test
  void whatIsMissingIsNamed() {
    SparkSession session = extended.newSession();

    assertThatThrownBy(() -> session.sql("SELECT express_read('part/7', 0, 3)"))
        .hasMessageContaining("spark.expressway.buckets");
    assertThatThrownBy(() -> session.sql("SELECT express_read('part/7')"))
        .hasMessageContaining("express_read takes [key, offset, length], but was given 1");
  }
}
