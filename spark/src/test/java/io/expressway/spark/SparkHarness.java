package io.expressway.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Spark in this JVM, started once, and servers for it. */
final class SparkHarness {
  static final String[] ZONES = {"usw2-az1", "usw2-az3", "usw2-az4"};
  private static final int OBJECTS = 40;
  static final int OBJECT_BYTES = 10_000;

  private SparkHarness() {}

  static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "OFF") // tasks fail on purpose
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", "target/warehouse")
        .config("spark.plugins", ExpressPlugin.class.getName())
        .getOrCreate();
  }

  /** Three zones with the same objects, {@code part/0} and on. */
  static ZonalServer server() {
    ZonalServer server =
        ZonalServer.builder()
            .zones(ZONES)
            .bucket("logs")
            .credentials(TestCredentials.ID, TestCredentials.SECRET)
            .start();
    for (Zone zone : server.zones()) {
      for (int i = 0; i < OBJECTS; i++) {
        zone.putObject(zone.bucket(), key(i), content(i));
      }
    }
    return server;
  }

  static String key(int object) {
    return "part/" + object % OBJECTS;
  }

  static byte[] content(int object) {
    byte[] bytes = new byte[OBJECT_BYTES];
    new SplittableRandom(object % OBJECTS).nextBytes(bytes);
    return bytes;
  }

  /** The first {@code zones} of the server's. */
  static BucketDescription described(ZonalServer server, int zones) {
    String primary = server.zone(ZONES[0]).bucket();
    String[] others = new String[zones - 1];
    for (int i = 1; i < zones; i++) {
      others[i - 1] = server.zone(ZONES[i]).bucket();
    }
    BucketDescription described =
        BucketDescription.of(primary, others).with("credentials", TestCredentials.class.getName());
    for (int i = 0; i < zones; i++) {
      described = described.endpoint(ZONES[i], server.zone(ZONES[i]).endpoint());
    }
    return described;
  }

  /** By SQL, in eight tasks: a range of each object, and all are right. */
  static void assertThatTasksRead(SparkSession session) {
    List<Row> rows =
        session
            .range(0, OBJECTS, 1, 8)
            .selectExpr("id", "express_read(concat('part/', id), id * 10, 100) AS bytes")
            .collectAsList();

    assertThat(rows).hasSize(OBJECTS);
    for (Row row : rows) {
      int id = (int) row.getLong(0);
      assertThat((byte[]) row.get(1))
          .isEqualTo(Arrays.copyOfRange(content(id), id * 10, id * 10 + 100));
    }
  }
}
