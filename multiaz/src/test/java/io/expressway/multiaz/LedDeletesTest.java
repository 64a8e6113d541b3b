package io.expressway.multiaz;

import static io.expressway.multiaz.ThreeZones.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.ObjectInfo;
import io.expressway.OutcomeUnknownException;
import io.expressway.WriteOptions;
import io.expressway.testkit.Fault;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deletes of one version under {@link WritePolicy#all()} that reach some zones only. */
final class LedDeletesTest {
  private final ThreeZones zones = new ThreeZones();
  private final MultiAzOptions options =
      MultiAzOptions.defaults().writes(WritePolicy.all()).owedKeys(0);

  @AfterEach
  void close() {
    zones.close();
  }

  private static ObjectInfo write(MultiAzBucket set, int bytes, WriteOptions how) throws Exception {
    return await(set.write("key", ByteBuffer.allocate(bytes), how));
  }

  /** How many bytes the zone holds at the key; -1 for no object. */
  private int held(int zone) {
    try {
      return zones.zone(zone).bytes(zones.name(zone), "key").length;
    } catch (RuntimeException absent) {
      return -1;
    }
  }

  private void deleteButInTheLast(MultiAzBucket set, ObjectInfo old) {
    zones.zone(2).inject(Fault.inactiveBucket().onMethod("DELETE").always());
    assertThatThrownBy(() -> await(set.delete("key", old.version())))
        .isInstanceOf(OutcomeUnknownException.class);
    zones.zone(2).clearFaults();
    assertThat(held(0)).isEqualTo(-1);
    assertThat(held(2)).isEqualTo(10);
  }

  @Test
  void aDeleteThatIsMadeAgainIsDoneWhenAllHaveIt() throws Exception {
    try (MultiAzBucket set = MultiAzBucket.of(options, zones.newBuckets())) {
      ObjectInfo old = write(set, 10, WriteOptions.defaults());
      deleteButInTheLast(set, old);
      await(set.delete("key", old.version()));
      assertThat(held(2)).isEqualTo(-1);
    }
  }

  /** A marker of the hour in which a clock was ahead would take what others wrote since. */
  @Test
  void itsMarkerTakesNothingNewer() throws Exception {
    try (MultiAzBucket set = MultiAzBucket.of(options, zones.newBuckets());
        MultiAzBucket ahead = MultiAzBucket.of(options, zones.sameBuckets(), anHourAhead())) {
      ObjectInfo old = write(set, 10, WriteOptions.defaults());
      deleteButInTheLast(ahead, old);
      ObjectInfo unused = write(set, 20, WriteOptions.defaults().ifAbsent());
      try (Bucket second = zones.open(1)) {
        await(second.delete("key"));
      }
      Repair.Report report = await(Repair.of(set).heal());
      assertThat(report.healed()).isEqualTo(1);
      assertThat(held(0)).isEqualTo(20);
      assertThat(held(1)).isEqualTo(20);
    }
  }

  private static StampClock anHourAhead() {
    return new StampClock(() -> System.currentTimeMillis() + TimeUnit.HOURS.toMillis(1));
  }
}
