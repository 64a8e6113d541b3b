package io.expressway.multiaz;

import static io.expressway.multiaz.ThreeZones.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.AccessDeniedException;
import io.expressway.Bucket;
import io.expressway.ForwardingBucket;
import io.expressway.ObjectInfo;
import io.expressway.WriteOptions;
import io.expressway.testkit.Fault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Replicas that have come apart are brought to equal contents. */
final class RepairTest {
  private static final int KEYS = 24;
  private final ThreeZones zones = new ThreeZones();

  @AfterEach
  void close() {
    zones.close();
  }

  private static MultiAzOptions under(WritePolicy policy) {
    return MultiAzOptions.defaults().writes(policy).owedKeys(0);
  }

  private static ByteBuffer body(long seed) {
    return ByteBuffer.wrap(ThreeZones.content((int) (seed % 500), seed));
  }

  private static boolean isGood(CompletableFuture<?> call) {
    return call.handle((done, why) -> why == null).join();
  }

  /** Writes and deletes while each zone refuses some requests; nothing owed is remembered. */
  private static void quarrel(MultiAzBucket set, ThreeZones zones, SplittableRandom random) {
    for (int i = 0; i < 3; i++) {
      zones
          .zone(i)
          .inject(Fault.inactiveBucket().onMethod("PUT").withProbability(0.3, random.nextLong()));
      zones
          .zone(i)
          .inject(
              Fault.inactiveBucket().onMethod("DELETE").withProbability(0.3, random.nextLong()));
    }
    for (int i = 0; i < 4 * KEYS; i++) {
      String key = "dir" + i % 3 + "/key" + random.nextInt(KEYS);
      if (random.nextInt(5) == 0) {
        isGood(set.delete(key));
      } else {
        isGood(set.write(key, body(random.nextInt(1 << 20)), WriteOptions.defaults()));
      }
    }
    for (int i = 0; i < 3; i++) {
      zones.zone(i).clearFaults();
    }
  }

  /** What a zone holds, keys in order, by content and stamp. */
  private List<String> held(int index) throws Exception {
    List<String> held = new ArrayList<>();
    try (Bucket bucket = zones.open(index)) {
      for (ObjectInfo object : io.expressway.BucketListing.of(bucket)) {
        if (!object.key().startsWith(Fleet.RESERVED)) {
          int hash =
              java.util.Arrays.hashCode(zones.zone(index).bytes(zones.name(index), object.key()));
          held.add(object.key() + " " + hash + " " + await(bucket.stat(object.key())).metadata());
        }
      }
    }
    held.sort(null);
    return held;
  }

  private void assertAlike(String where) throws Exception {
    List<String> first = held(0);
    assertThat(held(1)).as(where).isEqualTo(first);
    assertThat(held(2)).as(where).isEqualTo(first);
  }

  private static long seed() {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("RepairTest: -Dexpressway.seed=" + seed);
    return seed;
  }

  @Test
  void afterPartialWritesAndDeletesAllReplicasAreAlike() throws Exception {
    long seed = seed();
    for (WritePolicy policy : List.of(WritePolicy.quorum(), WritePolicy.all())) {
      String where = policy + ", seed " + seed;
      try (MultiAzBucket set = MultiAzBucket.of(under(policy), zones.newBuckets())) {
        quarrel(set, zones, new SplittableRandom(seed));
        Repair.Report dry = await(Repair.of(set).dryRun());
        Repair.Report healed = await(Repair.of(set).heal());
        assertThat(healed.failed()).as(where).isZero();
        assertThat(healed.healed()) // less, where a replica took what was on its way meanwhile
            .as(where)
            .isLessThanOrEqualTo(dry.healed());
        assertAlike(where);
        Repair.Report again = await(Repair.of(set).heal());
        assertThat(again.equal()).as(where).isEqualTo(again.compared());
        assertThat(again.token()).isEmpty();
      }
    }
  }

  @Test
  void underPrimaryTheOthersAreBroughtToThePrimary() throws Exception {
    long seed = seed();
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.primary()), zones.newBuckets())) {
      SplittableRandom random = new SplittableRandom(seed);
      zones.zone(1).inject(Fault.inactiveBucket().onMethod("PUT").withProbability(0.3, seed));
      for (int i = 0; i < KEYS; i++) {
        await(set.write("key" + i % 20, body(random.nextInt(1000)), WriteOptions.defaults()));
      }
      ThreeZones.until("nothing lags", () -> set.kit().memory().usedBytes() == 0);
      zones.zone(1).clearFaults();
      assertThat(await(Repair.of(set).heal()).failed()).isZero();
      assertAlike("seed " + seed);
    }
  }

  @Test
  void aRepairThatEndsInTheMiddleIsRunAgainAndEndsTheSame() throws Exception {
    long seed = seed();
    SplittableRandom random = new SplittableRandom(seed);
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), zones.newBuckets())) {
      quarrel(set, zones, random);
      for (int i = 0; i < 3; i++) {
        int struck = random.nextInt(3);
        zones.zone(struck).inject(Fault.resetBeforeHead().nth(1 + random.nextInt(100)).times(20));
        isGood(Repair.of(set).heal());
        zones.zone(struck).clearFaults();
      }
      CompletableFuture<Repair.Report> cancelled = Repair.of(set).heal();
      cancelled.cancel(false);
      assertThatThrownBy(cancelled::join).isInstanceOf(CancellationException.class);
      assertThat(await(Repair.of(set).heal()).failed()).isZero();
      assertAlike("seed " + seed);
    }
  }

  /** Sixteen keys are under way at most, and four are done, when it is cancelled. */
  @Test
  void aRepairThatIsCancelledBetweenCopiesIsRunAgainAndEndsTheSame() throws Exception {
    CompletableFuture<Boolean> gate = new CompletableFuture<>();
    AtomicInteger copies = new AtomicInteger();
    List<Bucket> gated = new ArrayList<>();
    for (Bucket each : zones.newBuckets()) {
      gated.add(
          new ForwardingBucket(each) {
            @Override
            public CompletableFuture<ObjectInfo> write(
                String key, ByteBuffer body, WriteOptions options) {
              return copies.incrementAndGet() < 5
                  ? super.write(key, body, options)
                  : gate.thenCompose(open -> super.write(key, body, options));
            }
          });
    }
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), gated)) {
      for (int i = 0; i < 2 * KEYS; i++) {
        zones.put("key" + i, 10, i, i % 3, (i + 1) % 3);
      }
      CompletableFuture<Repair.Report> cancelled = Repair.of(set).heal();
      ThreeZones.until("the fifth copy waits", () -> copies.get() >= 5);
      cancelled.cancel(false);
      gate.complete(true);
      assertThatThrownBy(cancelled::join).isInstanceOf(CancellationException.class);
      Repair.Report rest = await(Repair.of(set).heal());
      assertThat(rest.failed()).as("%s", rest.failures()).isZero();
      assertThat(rest.healed()).isGreaterThanOrEqualTo(2 * KEYS - 4 - 16);
      assertAlike("after a cancel");
      assertThat(await(Repair.of(set).heal()).equal()).isEqualTo(2 * KEYS);
    }
  }

  @Test
  void aRepairWhoseListingFailsGoesOnFromWhatItTold() throws Exception {
    for (boolean isFromToken : List.of(true, false)) {
      try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), zones.newBuckets())) {
        for (int i = 0; i < KEYS; i++) {
          zones.put("key" + i, 10, i, i % 3, (i + 1) % 3);
        }
        AtomicReference<Repair.Report> told = new AtomicReference<>();
        Repair inShares = Repair.of(set).keysInMemory(10).progress(told::set);
        zones.zone(1).inject(Fault.accessDenied().on("ListObjectsV2").nth(2).always());
        assertThatThrownBy(() -> await(inShares.heal()))
            .isInstanceOf(AccessDeniedException.class)
            .hasMessageContaining(zones.name(1));
        zones.zone(1).clearFaults();
        Repair.Report before = java.util.Objects.requireNonNull(told.get());
        assertThat(before.healed()).isBetween(1L, KEYS - 1L);
        Repair.Report rest =
            await((isFromToken ? inShares.from(before.token().orElseThrow()) : inShares).heal());
        assertThat(rest.healed()).isEqualTo(KEYS - before.healed());
        assertThat(rest.compared()).isEqualTo(isFromToken ? rest.healed() : KEYS);
        assertThat(rest.failed()).isZero();
        assertAlike("after a listing failed");
      }
    }
  }

  @Test
  void whatFailsIsToldWithItsZoneAndReason() throws Exception {
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), zones.newBuckets())) {
      for (int i = 0; i < 5; i++) {
        zones.put("key" + i, 10, i, 0, 1);
      }
      zones.zone(2).inject(Fault.accessDenied().on("PutObject").onKey("key1").always());
      zones.zone(1).inject(Fault.accessDenied().on("HeadObject").onKey("key3").always());
      Repair.Report report = await(Repair.of(set).heal());
      zones.zone(1).clearFaults();
      zones.zone(2).clearFaults();
      assertThat(report.failed()).isEqualTo(2);
      assertThat(report.healed()).isEqualTo(3);
      assertThat(report.failures())
          .extracting(each -> each.key() + " " + each.zone())
          .containsExactlyInAnyOrder("key1 usw2-az4", "key3 usw2-az3");
      assertThat(report.failures())
          .allSatisfy(
              each ->
                  assertThat(each.message()).contains("status 403").doesNotContain(zones.secret()));
      assertThat(await(Repair.of(set).heal()).failures()).isEmpty();
      assertAlike("once nothing fails");
    }
  }

  @Test
  void onlyTheFirstHundredFailuresAreTold() throws Exception {
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), zones.newBuckets())) {
      for (int i = 0; i < 110; i++) {
        zones.put("key" + i, 10, i, 0, 1);
      }
      zones.zone(2).inject(Fault.accessDenied().onMethod("PUT").always());
      Repair.Report report = await(Repair.of(set).heal());
      zones.zone(2).clearFaults();
      assertThat(report.failed()).isEqualTo(110);
      assertThat(report.failures()).hasSize(100);
    }
  }

  @Test
  void keysAreGoneThroughInSharesAndFromAToken() throws Exception {
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), zones.newBuckets())) {
      for (int i = 0; i < KEYS; i++) {
        zones.put("key" + i, 10, i, i % 3, (i + 1) % 3);
      }
      AtomicReference<String> half = new AtomicReference<>("");
      Repair inShares =
          Repair.of(set)
              .keysInMemory(10)
              .progress(soFar -> half.compareAndSet("", soFar.token().orElse("")));
      Repair.Report dry = await(inShares.dryRun());
      assertThat(dry.compared()).isEqualTo(KEYS);
      assertThat(dry.healed()).isEqualTo(KEYS);
      Repair.Report rest =
          await(inShares.from(java.util.Objects.requireNonNull(half.get())).heal());
      assertThat(rest.compared()).isBetween(1L, KEYS - 1L);
      assertThat(await(Repair.of(set).heal()).healed()).isEqualTo(KEYS - rest.compared());
      assertAlike("from a token");
    }
  }

  @Test
  void aQuickRepairLooksOnlyAtWhatListingsShow() throws Exception {
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), zones.newBuckets())) {
      for (int i = 0; i < 20; i++) {
        zones.put("dir/key" + i, 10 + i, i);
      }
      zones.put("dir/missed", 10, 1, 0, 1);
      zones.mark();
      Repair.Report report = await(Repair.of(set).under("dir/").quick().heal());
      assertThat(report.compared()).isEqualTo(21);
      assertThat(report.healed()).isEqualTo(1);
      assertThat(zones.requests(0, "HeadObject")).isLessThanOrEqualTo(2);
      assertAlike("quick");
    }
  }

  /** What is saved up, what the last keys cost, and the last share are all that may be over. */
  @Test
  void noMoreRequestsAreSentThanWereAllowed() throws Exception {
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), zones.newBuckets())) {
      for (int i = 0; i < 30; i++) {
        zones.put("key" + i, 10, i, 0, 1);
      }
      zones.mark();
      int rate = 100;
      long began = System.nanoTime();
      Repair.Report report = await(Repair.of(set).requestsPerSecond(rate).heal());
      double seconds = (System.nanoTime() - began) / 1e9;
      assertThat(report.healed()).isEqualTo(30);
      long sent = 0;
      for (int i = 0; i < 3; i++) {
        for (String operation : List.of("ListObjectsV2", "HeadObject", "GetObject", "PutObject")) {
          sent += zones.requests(i, operation);
        }
      }
      assertThat(sent).isGreaterThanOrEqualTo(3 + 30 * 5);
      assertThat(sent).isLessThan((long) (rate * seconds) + rate / 10 + 16 * 2 + 3);
      assertAlike("slowly");
    }
  }

  @Test
  void aRepairBesideWritersUndoesNoneOfTheirs() throws Exception {
    long seed = seed();
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), zones.newBuckets())) {
      quarrel(set, zones, new SplittableRandom(seed));
      CompletableFuture<Repair.Report> repair = Repair.of(set).heal();
      SplittableRandom random = new SplittableRandom(seed);
      List<byte[]> last = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        byte[] content = ThreeZones.content(100, random.nextLong());
        await(set.write("dir0/key" + i % 20, ByteBuffer.wrap(content), WriteOptions.defaults()));
        if (i >= 20) {
          last.add(content);
        }
      }
      await(repair);
      await(Repair.of(set).heal());
      assertAlike("seed " + seed);
      for (int i = 0; i < 20; i++) {
        assertThat(zones.zone(0).bytes(zones.name(0), "dir0/key" + (i + 20) % 20))
            .isEqualTo(last.get(i));
      }
    }
  }
}
