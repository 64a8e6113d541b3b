package io.expressway.multiaz;

import static io.expressway.multiaz.ThreeZones.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.ForwardingBucket;
import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.testkit.Fault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of docs/multi-az.md: what a repair finds, and what it makes of it. */
final class RepairTableTest {
  private static final int PIECE = SameBytes.PIECE;
  private final ThreeZones zones = new ThreeZones();
  private final Queue<String> conflicts = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    zones.close();
  }

  static List<WritePolicy> byStamps() {
    return List.of(WritePolicy.quorum(), WritePolicy.all());
  }

  private MultiAzOptions under(WritePolicy policy) {
    return MultiAzOptions.defaults()
        .writes(policy)
        .owedKeys(0)
        .listener(
            new MultiAzListener() {
              @Override
              public void onConflict(String key, List<String> differing) {
                conflicts.add(key);
              }
            });
  }

  private MultiAzBucket open(WritePolicy policy) {
    return MultiAzBucket.of(under(policy), zones.newBuckets());
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  /** What a zone holds; empty when it has no object. */
  private byte[] held(int zone, String key) {
    try {
      return zones.zone(zone).bytes(zones.name(zone), key);
    } catch (RuntimeException absent) {
      return new byte[0];
    }
  }

  private void assertHeld(String key, byte[]... contents) {
    for (int i = 0; i < contents.length; i++) {
      assertThat(held(i, key)).as("%s in zone %s", key, i).isEqualTo(contents[i]);
    }
  }

  private void putStamped(String key, byte[] content, Stamp stamp, int zone) throws Exception {
    try (Bucket bucket = zones.open(zone)) {
      ObjectInfo unused =
          await(
              bucket.write(
                  key,
                  ByteBuffer.wrap(content),
                  WriteOptions.defaults().metadata(Map.of(Stamp.METADATA, stamp.toString()))));
    }
  }

  private static void mark(MultiAzBucket set, String key, Stamp stamp, int zone) throws Exception {
    ObjectInfo unused = await(Gone.mark(set.kit().replicas().get(zone), key, stamp));
  }

  /** That many keys were compared, and all of them came to this. */
  private static void assertReport(Repair.Report report, long equal, long healed, long conflicts) {
    assertThat(report.failures()).isEmpty();
    assertThat(report.failed()).isZero();
    assertThat(report.equal()).as("equal").isEqualTo(equal);
    assertThat(report.healed()).as("healed").isEqualTo(healed);
    assertThat(report.conflicts()).as("conflicts").isEqualTo(conflicts);
    assertThat(report.compared()).isEqualTo(equal + healed + conflicts);
  }

  // Contents of others that are as long.

  @ParameterizedTest
  @MethodSource("byStamps")
  void contentsOfOthersThatAreAsLongAreToldApartByTheirBytes(WritePolicy policy) throws Exception {
    try (MultiAzBucket set = open(policy)) {
      zones.putAsOthers("first", bytes(1, 2), 0);
      zones.putAsOthers("first", bytes(1, 3), 1, 2);
      zones.putAsOthers("last", bytes(1, 2), 0, 1);
      zones.putAsOthers("last", bytes(1, 3), 2);
      zones.putAsOthers("same", bytes(1, 2));
      zones.putAsOthers("empty", new byte[0]);
      assertReport(await(Repair.of(set).dryRun()), 2, 0, 2);
      conflicts.clear();
      assertReport(await(Repair.of(set).heal()), 2, 0, 2);
      assertThat(conflicts).containsExactlyInAnyOrder("first", "last");
      assertHeld("first", bytes(1, 2), bytes(1, 3), bytes(1, 3));
      assertHeld("last", bytes(1, 2), bytes(1, 2), bytes(1, 3));
    }
  }

  @Test
  void largeOnesAreComparedPieceByPieceUntilTheyDiffer() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.quorum())) {
      byte[] content = ThreeZones.content(2 * PIECE + 1, 1);
      byte[] early = content.clone();
      early[10]++;
      byte[] late = content.clone();
      late[2 * PIECE]++;
      zones.putAsOthers("early", content, 0, 1);
      zones.putAsOthers("early", early, 2);
      zones.putAsOthers("late", content, 0, 1);
      zones.putAsOthers("late", late, 2);
      zones.putAsOthers("same", content);
      zones.mark();
      assertReport(await(Repair.of(set).heal()), 1, 0, 2);
      assertThat(conflicts).containsExactlyInAnyOrder("early", "late");
      assertThat(zones.requests(0, "GetObject")).isEqualTo(3 * 3 + 1 + 2 * 3);
      assertThat(zones.requests(1, "GetObject")).isEqualTo(3 * 3);
      assertThat(zones.requests(2, "GetObject")).isEqualTo(1 + 2 * 3);
    }
  }

  @Test
  void contentsOfOthersThatAreTheSameGoToAZoneThatHasNone() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.quorum())) {
      zones.putAsOthers("same", bytes(1, 2), 1, 2);
      zones.putAsOthers("other", bytes(1, 2), 1);
      zones.putAsOthers("other", bytes(1, 3), 2);
      assertReport(await(Repair.of(set).heal()), 0, 1, 1);
      assertHeld("same", bytes(1, 2), bytes(1, 2), bytes(1, 2));
      assertHeld("other", new byte[0], bytes(1, 2), bytes(1, 3));
    }
  }

  @Test
  void underPrimaryItsContentReplacesOthersThatAreAsLong() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary())) {
      byte[] large = ThreeZones.content(2 * PIECE + 1, 2);
      byte[] other = large.clone();
      other[2 * PIECE]++;
      zones.putAsOthers("small", bytes(1, 2), 0);
      zones.putAsOthers("small", bytes(1, 3), 1, 2);
      zones.putAsOthers("large", large, 0, 1);
      zones.putAsOthers("large", other, 2);
      zones.putAsOthers("same", bytes(1, 2));
      assertReport(await(Repair.of(set).dryRun()), 1, 2, 0);
      Repair.Report report = await(Repair.of(set).heal());
      assertReport(report, 1, 2, 0);
      assertThat(report.zones()).extracting(Repair.ZoneReport::healed).containsExactly(0L, 1L, 2L);
      assertHeld("small", bytes(1, 2), bytes(1, 2), bytes(1, 2));
      assertHeld("large", large, large, large);
      assertThat(conflicts).isEmpty();
      assertReport(await(Repair.of(set).heal()), 3, 0, 0);
    }
  }

  /** What others write meanwhile is looked at again. */
  @Test
  void oneThatIsReplacedWhileItIsReadIsComparedAnew() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    List<Bucket> buckets = new java.util.ArrayList<>(zones.newBuckets());
    buckets.set(
        1,
        new ForwardingBucket(buckets.get(1)) {
          @Override
          public CompletableFuture<Slice> read(ReadRequest request) {
            if (request.key().equals("key") && reads.incrementAndGet() == 1) {
              zones.putAsOthers("key", bytes(1, 2), 1);
            }
            return super.read(request);
          }
        });
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), buckets)) {
      zones.putAsOthers("key", bytes(1, 2), 0, 2);
      zones.putAsOthers("key", bytes(1, 3), 1);
      assertReport(await(Repair.of(set).heal()), 1, 0, 0);
      assertThat(reads).hasValue(2);
    }
  }

  @Test
  void oneThatCannotBeReadHasFailedInItsZone() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.quorum())) {
      zones.putAsOthers("key", bytes(1, 2));
      zones.zone(1).inject(Fault.accessDenied().on("GetObject").onKey("key").always());
      Repair.Report report = await(Repair.of(set).heal());
      zones.zone(1).clearFaults();
      assertThat(report.failed()).isEqualTo(1);
      assertThat(report.equal()).isZero();
      assertThat(report.failures()).hasSize(1);
      assertThat(report.failures().get(0).key()).isEqualTo("key");
      assertThat(report.failures().get(0).zone()).isEqualTo("usw2-az3");
      assertThat(report.failures().get(0).message()).contains("AccessDenied");
    }
  }

  /** What is saved up, and a turn of each kind, are all that may be over. */
  @Test
  void bytesAreComparedNoFasterThanWasAllowed() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.quorum())) {
      zones.putAsOthers("key", ThreeZones.content(5 * PIECE, 3));
      zones.mark();
      int rate = 20;
      long began = System.nanoTime();
      assertReport(await(Repair.of(set).requestsPerSecond(rate).heal()), 1, 0, 0);
      double seconds = (System.nanoTime() - began) / 1e9;
      long sent = 0;
      for (int i = 0; i < 3; i++) {
        for (String operation : List.of("ListObjectsV2", "HeadObject", "GetObject")) {
          sent += zones.requests(i, operation);
        }
      }
      assertThat(sent).isGreaterThanOrEqualTo(3 + 3 + 2 * 2 * 5);
      assertThat(sent).isLessThanOrEqualTo((long) (rate * seconds) + rate / 10 + 3 + 2);
    }
  }

  // Contents of others beside stamps.

  @ParameterizedTest
  @MethodSource("byStamps")
  void aStampAndALaterContentOfOthersAreAConflict(WritePolicy policy) throws Exception {
    try (MultiAzBucket set = open(policy)) {
      byte[] stamped = zones.put("key", 2, 1, 0, 1);
      zones.putAsOthers("key", bytes(1, 2), 2);
      assertReport(await(Repair.of(set).heal()), 0, 0, 1);
      assertHeld("key", stamped, stamped, bytes(1, 2));
      assertThat(conflicts).containsExactly("key");
    }
  }

  @ParameterizedTest
  @MethodSource("byStamps")
  void anEarlierContentOfOthersGivesWayToAStamp(WritePolicy policy) throws Exception {
    try (MultiAzBucket set = open(policy)) {
      zones.putAsOthers("key", bytes(1, 2), 0, 1);
      putStamped("key", bytes(1, 3), zones.stamp(Duration.ofMinutes(1)), 2);
      assertReport(await(Repair.of(set).heal()), 0, 1, 0);
      assertHeld("key", bytes(1, 3), bytes(1, 3), bytes(1, 3));
    }
  }

  @ParameterizedTest
  @MethodSource("byStamps")
  void aMarkerAndAContentOfOthersAreAConflict(WritePolicy policy) throws Exception {
    try (MultiAzBucket set = open(policy)) {
      zones.putAsOthers("key", bytes(1, 2), 1, 2);
      mark(set, "key", zones.stamp(Duration.ofMinutes(1)), 0);
      assertReport(await(Repair.of(set).heal()), 0, 0, 1);
      assertHeld("key", new byte[0], bytes(1, 2), bytes(1, 2));
    }
  }

  // The primary decides.

  @Test
  void underPrimaryItsContentReplacesALaterOneOfOthers() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary())) {
      byte[] stamped = zones.put("key", 2, 1, 0, 1);
      zones.putAsOthers("key", bytes(1, 2), 2);
      assertReport(await(Repair.of(set).heal()), 0, 1, 0);
      assertHeld("key", stamped, stamped, stamped);
      assertThat(conflicts).isEmpty();
    }
  }

  /** Be it what others wrote over the set's own, later or long before. */
  @Test
  void underPrimaryWhatOthersWroteThereReplacesTheSetsOwn() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary())) {
      zones.put("later", 2, 1, 1, 2);
      zones.putAsOthers("later", bytes(1, 2), 0);
      zones.putAsOthers("before", bytes(1, 2), 0);
      putStamped("before", bytes(1, 3), zones.stamp(Duration.ofMinutes(1)), 1);
      assertReport(await(Repair.of(set).heal()), 0, 2, 0);
      for (String key : List.of("later", "before")) {
        assertHeld(key, bytes(1, 2), bytes(1, 2), bytes(1, 2));
      }
      assertReport(await(Repair.of(set).heal()), 2, 0, 0);
      assertThat(conflicts).isEmpty();
    }
  }

  @Test
  void underPrimaryContentsOfOthersOfAnySizeBecomeThePrimarys() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary())) {
      for (int i = 0; i < 3; i++) {
        zones.putAsOthers("key", new byte[3 - i], i);
      }
      assertReport(await(Repair.of(set).heal()), 0, 1, 0);
      assertHeld("key", new byte[3], new byte[3], new byte[3]);
    }
  }

  @Test
  void underPrimaryTheGreaterStampOfAnotherGivesWay() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary())) {
      byte[] mine = zones.put("key", 2, 1, 0);
      zones.put("key", 2, 2, 1, 2);
      assertReport(await(Repair.of(set).heal()), 0, 1, 0);
      assertHeld("key", mine, mine, mine);
    }
  }

  @Test
  void underPrimaryWhatItHasGoesToThoseThatHaveNoneWhateverAMarkerSays() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary())) {
      byte[] content = zones.put("stamped", 2, 1, 0);
      zones.putAsOthers("others", bytes(1, 2), 0);
      for (String key : List.of("stamped", "others")) {
        mark(set, key, zones.stamp(Duration.ofMinutes(1)), 0);
      }
      assertReport(await(Repair.of(set).heal()), 0, 2, 0);
      assertHeld("stamped", content, content, content);
      assertHeld("others", bytes(1, 2), bytes(1, 2), bytes(1, 2));
    }
  }

  @Test
  void underPrimaryWhatItLacksIsAConflictUnlessAMarkerSaysDeleted() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary())) {
      byte[] stamped = zones.put("stamped", 2, 1, 1, 2);
      zones.put("deleted", 2, 1, 1, 2);
      mark(set, "deleted", zones.stamp(Duration.ofMinutes(1)), 0);
      zones.putAsOthers("others", bytes(1, 2), 1, 2);
      zones.putAsOthers("marked", bytes(1, 2), 1);
      mark(set, "marked", zones.stamp(Duration.ofMinutes(1)), 0);
      assertReport(await(Repair.of(set).heal()), 0, 1, 3);
      assertThat(conflicts).containsExactlyInAnyOrder("stamped", "others", "marked");
      assertHeld("stamped", new byte[0], stamped, stamped);
      assertHeld("deleted", new byte[0], new byte[0], new byte[0]);
      assertHeld("others", new byte[0], bytes(1, 2), bytes(1, 2));
      assertHeld("marked", new byte[0], bytes(1, 2), new byte[0]);
    }
  }

  /** Nobody else may say what is newest, so that the key has failed, and is no conflict. */
  @Test
  void underPrimaryNothingIsChangedWhileItDoesNotTellWhatItHas() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary())) {
      byte[] content = zones.put("key", 2, 1, 0, 1);
      zones.zone(0).inject(Fault.accessDenied().on("HeadObject").onKey("key").always());
      Repair.Report report = await(Repair.of(set).heal());
      zones.zone(0).clearFaults();
      assertThat(report.failed()).isEqualTo(1);
      assertThat(report.conflicts()).isZero();
      assertThat(report.failures()).extracting(Repair.Failure::zone).containsExactly("usw2-az1");
      assertThat(Arrays.asList(held(2, "key").length, held(1, "key").length))
          .containsExactly(0, content.length);
    }
  }
}
