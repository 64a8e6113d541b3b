package io.expressway.multiaz;

import static io.expressway.multiaz.ThreeZones.await;
import static io.expressway.multiaz.ThreeZones.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.ObjectInfo;
import io.expressway.RenameOptions;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.WriteOptions;
import io.expressway.testkit.Fault;
import io.expressway.testkit.RequestRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Processes that write while the third zone answers nothing, or is gone. */
@Tag("one-jdk")
final class SilentZoneTest {
  private static final int BODY = 64 << 10;
  private static final String DOWN = "down usw2-az4";
  private static final String UP = "up usw2-az4";
  private static final Duration NEVER = Duration.ofHours(1);
  private static ThreeZones zones;

  private final Queue<String> events = new ConcurrentLinkedQueue<>();
  private final Queue<String> lost = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() {
    zones = new ThreeZones();
  }

  @AfterAll
  static void stop() {
    zones.close();
  }

  @AfterEach
  void heal() {
    for (int i = 0; i < 3; i++) {
      zones.zone(i).clearFaults();
      zones.zone(i).start();
    }
  }

  private MultiAzBucket open(WritePolicy policy, Duration keepWarm) {
    MultiAzOptions options =
        MultiAzOptions.defaults()
            .writes(policy)
            .laggingBytes(1 << 20)
            .keepWarm(keepWarm)
            .listener(
                new MultiAzListener() {
                  @Override
                  public void onZoneDown(String zone, String why) {
                    events.add("down " + zone);
                  }

                  @Override
                  public void onZoneUp(String zone) {
                    events.add("up " + zone);
                  }

                  @Override
                  public void onOwedLost(String key, String zone, String why) {
                    lost.add(key + " " + zone);
                  }
                });
    zones.zone(2).clearRequests();
    return MultiAzBucket.of(options, zones.newBuckets());
  }

  private static CompletableFuture<ObjectInfo> write(MultiAzBucket set, String key, long seed) {
    ByteBuffer body = ByteBuffer.wrap(ThreeZones.content(BODY, seed));
    return set.write(key, body, WriteOptions.defaults());
  }

  /** What a zone holds, without a request; nothing where it holds nothing. */
  private static byte[] held(int zone, String key) {
    try {
      return zones.zone(zone).bytes(zones.name(zone), key);
    } catch (RuntimeException absent) {
      return new byte[0];
    }
  }

  private static boolean holds(int zone, String key, byte[] content) {
    return Arrays.equals(held(zone, key), content);
  }

  private static void silence() {
    zones.zone(2).inject(Fault.blackHole().always());
  }

  /** Whether the third zone got a request for such a key. */
  private static boolean isAskedFor(String prefix) {
    return zones.zone(2).requests().stream()
        .map(RequestRecord::key)
        .anyMatch(key -> key != null && key.startsWith(prefix));
  }

  static Stream<WritePolicy> policies() {
    return Stream.of(WritePolicy.quorum(), WritePolicy.primary());
  }

  /** Bodies that are kept for it may be 1 MiB together: each hundred writes have six. */
  @ParameterizedTest
  @MethodSource("policies")
  void writesGoOnWithoutAZoneThatIsSilent(WritePolicy policy) throws Exception {
    try (MultiAzBucket set = open(policy, NEVER)) {
      await(write(set, "first", 0));
      until("all have it", () -> held(2, "first").length == BODY);
      silence();
      List<CompletableFuture<ObjectInfo>> begun = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        begun.add(write(set, "begun" + i, i));
      }
      for (CompletableFuture<ObjectInfo> each : begun) {
        await(each);
      }
      assertThat(isAskedFor("begun")).isTrue();
      until("the zone is down", () -> events.contains(DOWN));
      assertThat(set.zones().get(2).health()).isEqualTo(ZoneStatus.Health.DOWN);
      until("nothing is kept for it", () -> set.kit().memory().usedBytes() == 0);
      until("it is owed all", () -> set.zones().get(2).owedKeys() == 100);
      for (int i = 0; i < 100; i++) {
        await(write(set, "later" + i, i));
        assertThat(set.zones().get(2).owedKeys()).as("at once").isEqualTo(101 + i);
      }
      assertThat(isAskedFor("later")).isFalse();
      until("nothing is kept", () -> set.kit().memory().usedBytes() == 0);
      zones.zone(2).clearFaults();
      until("the zone is up", () -> events.contains(UP));
      until("all is paid", () -> set.stats().owedKeys() == 0);
      for (int i = 0; i < 100; i++) {
        assertThat(held(2, "begun" + i)).isEqualTo(ThreeZones.content(BODY, i));
        assertThat(held(2, "later" + i)).isEqualTo(ThreeZones.content(BODY, i));
      }
      assertThat(lost).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void uploadsGoOnWithoutAZoneThatFallsSilent(WritePolicy policy) throws Exception {
    byte[] content = ThreeZones.content(40_000_000, 1);
    UploadOptions options = UploadOptions.defaults().partSize(5 << 20).partsInFlight(2);
    try (MultiAzBucket set = open(policy, Duration.ofMillis(200))) {
      try (Upload upload = set.upload("object", options)) {
        await(upload.write(ByteBuffer.wrap(content, 0, 8_000_000)));
        until("the zone has a part", () -> zones.zone(2).roundTrips().of("UploadPart") > 0);
        silence();
        await(upload.write(ByteBuffer.wrap(content, 8_000_000, 32_000_000)));
        assertThat(events).as("it was waited for until then").contains(DOWN);
        assertThat(await(upload.complete()).size()).isEqualTo(content.length);
      }
      try (Upload upload = set.upload("another", options)) {
        await(upload.write(ByteBuffer.wrap(content)));
        await(upload.complete());
      }
      assertThat(isAskedFor("object")).isTrue();
      assertThat(isAskedFor("another")).as("none is begun there").isFalse();
      until("it is owed both", () -> set.zones().get(2).owedKeys() == 2);
      zones.zone(2).clearFaults();
      until("it is brought", () -> holds(2, "object", content) && holds(2, "another", content));
      until("all is paid", () -> set.stats().owedKeys() == 0);
    }
  }

  // Who notices.

  /**
   * One write at a time: thousands that nobody waits for keep the zones' own threads busy for
   * longer than a probe waits, and then no zone comes back.
   */
  private void untilWritesMeet(String event, MultiAzBucket set) {
    until(
        event,
        () -> {
          ObjectInfo unused = write(set, "key", 1).join();
          return events.contains(event);
        });
  }

  @Test
  void whoOnlyWritesNoticesAStandbyThatIsGone() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (MultiAzBucket set = open(WritePolicy.quorum(), NEVER)) {
      new MultiAzMetrics(set, List.of()).bindTo(registry);
      await(write(set, "first", 0));
      zones.zone(2).stop();
      untilWritesMeet(DOWN, set);
      assertThat(set.zones().get(2).why()).isNotEmpty();
      assertThat(registry.get("expressway.multiaz.zone.up").tag("zone", "usw2-az4").gauge().value())
          .isZero();
      zones.zone(2).start();
      until("the zone is up", () -> events.contains(UP));
    }
  }

  /** What is known of the others is what they took before all became slow, as on a busy machine. */
  @Test
  void aZoneThatIsNoSlowerThanTheOthersHaveBecomeComesBack() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.quorum(), NEVER)) {
      await(write(set, "first", 0));
      zones.zone(2).stop();
      untilWritesMeet(DOWN, set);
      set.kit().replicas().forEach(each -> each.tookToProbe(TimeUnit.MILLISECONDS.toNanos(1)));
      for (int i = 0; i < 3; i++) {
        zones.zone(i).inject(Fault.delay(Duration.ofMillis(300)).on("GetObject").always());
      }
      zones.zone(2).start();
      untilWritesMeet(UP, set);
    }
  }

  /** As a general-purpose bucket is, the third copy where there are but two zones. */
  @Test
  void aZoneThatIsNoSlowerThanItEverWasComesBack() {
    try (MultiAzBucket set = open(WritePolicy.quorum(), Duration.ofMillis(100))) {
      zones.zone(2).inject(Fault.delay(Duration.ofMillis(300)).on("GetObject").always());
      zones.mark();
      until("it is known how slow it is", () -> zones.requests(2, "GetObject") >= 4);
      zones.zone(2).stop();
      until("the zone is down", () -> events.contains(DOWN));
      assertThat(set.zones().get(2).health()).isEqualTo(ZoneStatus.Health.DOWN);
      zones.zone(2).start();
      until("the zone is up", () -> events.contains(UP));
    }
  }

  @Test
  void whoDoesNothingAtAllNoticesAStandbyThatIsSilent() {
    try (MultiAzBucket set = open(WritePolicy.quorum(), Duration.ofMillis(100))) {
      silence();
      until("the zone is down", () -> events.contains(DOWN));
      assertThat(set.zones().get(2).health()).isEqualTo(ZoneStatus.Health.DOWN);
      assertThat(events).as("the others are not").containsOnly(DOWN);
    }
  }

  /** It is this machine, or its network. */
  @Test
  void noZoneIsLeftWhileNoneIsHeard() {
    try (MultiAzBucket set = open(WritePolicy.quorum(), Duration.ofMillis(100))) {
      for (int i = 0; i < 3; i++) {
        zones.zone(i).inject(Fault.blackHole().always());
      }
      zones.mark();
      for (int i = 0; i < 3; i++) {
        int zone = i;
        until("each was asked often", () -> zones.requests(zone, "GetObject") >= 5);
      }
      assertThat(events).isEmpty();
      assertThat(set.zones()).allMatch(zone -> zone.health() == ZoneStatus.Health.UP);
    }
  }

  @Test
  void aZoneThatTakesNoWritesIsReadFrom() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.quorum(), NEVER)) {
      zones.zone(0).inject(Fault.slowDown().onMethod("PUT").always());
      zones.zone(2).inject(Fault.inactiveBucket().onMethod("PUT").always());
      zones.mark();
      until(
          "both were asked whether they are there",
          () -> {
            write(set, "key", 1).handle((done, why) -> why != null).join();
            return zones.requests(0, "GetObject") > 3 && zones.requests(2, "GetObject") > 3;
          });
      assertThat(events).isEmpty();
      heal();
      until("all is paid", () -> set.stats().owedKeys() == 0);
    }
  }

  // The end.

  @Test
  void whatLagsWhenTheSetIsClosedIsWaitedFor() throws Exception {
    for (WritePolicy policy : policies().toList()) {
      try (MultiAzBucket set = open(policy, NEVER)) {
        zones.zone(2).inject(Fault.delay(Duration.ofMillis(300)).onMethod("PUT").always());
        await(write(set, "key", 1));
      }
      assertThat(held(2, "key")).as("%s", policy).isEqualTo(ThreeZones.content(BODY, 1));
      assertThat(lost).isEmpty();
      zones.zone(2).clearFaults();
    }
  }

  @Test
  void whatAClosedSetStillOwesIsToldAsLost() throws Exception {
    for (WritePolicy policy : policies().toList()) {
      MultiAzBucket set = open(policy, NEVER);
      silence();
      await(write(set, "lags", 1));
      set.close();
      assertThat(lost).as("%s", policy).containsExactly("lags usw2-az4");
      assertThat(set.stats().owedLost()).isOne();
      assertThat(set.stats().owedKeys()).isZero();
      zones.zone(2).clearFaults();
      lost.clear();
      events.clear();
    }
  }

  @Test
  void aSetMayBeClosedOnAnEventLoop() throws Exception {
    MultiAzBucket set = open(WritePolicy.quorum(), NEVER);
    silence();
    CompletableFuture<Void> closed = write(set, "lags", 1).thenAccept(done -> set.close());
    await(closed);
    assertThat(lost).containsExactly("lags usw2-az4");
    assertThat(events).as("nobody waited until it is noticed").isEmpty();
  }

  // Zones that are down in one process's eyes only.

  private static void leave(MultiAzBucket set, int zone) {
    set.kit().replicas().get(zone).breaker().transitionToForcedOpenState();
  }

  @Test
  void aZoneThatIsDownIsAskedAfterAllWhenTheOthersDoNotDo() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.quorum(), NEVER)) {
      await(write(set, "key", 1));
      until("all have it", () -> held(2, "key").length == BODY);
      leave(set, 2);
      zones.zone(1).inject(Fault.inactiveBucket().onMethod("PUT").always());
      await(write(set, "key", 2));
      assertThat(held(2, "key")).as("one did not store it").isEqualTo(ThreeZones.content(BODY, 2));
      zones.zone(1).clearFaults();
      zones.zone(1).stop();
      await(write(set, "key", 3));
      assertThat(held(2, "key")).as("one is gone").isEqualTo(ThreeZones.content(BODY, 3));
      await(set.delete("key"));
      assertThat(held(2, "key")).isEmpty();
    }
  }

  @Test
  void whoeverIsLeftOutOnlyOneCreatesTheKey() throws Exception {
    MultiAzOptions options = MultiAzOptions.defaults();
    try (MultiAzBucket one = open(WritePolicy.quorum(), NEVER);
        MultiAzBucket two = MultiAzBucket.of(options, zones.sameBuckets());
        MultiAzBucket three = MultiAzBucket.of(options, zones.sameBuckets())) {
      leave(one, 0);
      leave(two, 1);
      for (int round = 0; round < 20; round++) {
        List<CompletableFuture<Boolean>> writers = new ArrayList<>();
        for (MultiAzBucket set : List.of(one, two, three)) {
          ByteBuffer body = ByteBuffer.allocate(writers.size());
          writers.add(
              set.write("key" + round, body, WriteOptions.defaults().ifAbsent())
                  .handle((info, why) -> why == null));
        }
        int done = 0;
        for (CompletableFuture<Boolean> each : writers) {
          done += await(each) ? 1 : 0;
        }
        assertThat(done).as("round %s", round).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void anAppendIsOwedToAFollowerThatIsDown() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary(), NEVER)) {
      await(write(set, "key", 1));
      until("all have it", () -> held(2, "key").length == BODY);
      leave(set, 2);
      zones.mark();
      await(set.append("key", BODY, ByteBuffer.allocate(10)));
      assertThat(set.zones().get(2).owedKeys()).isOne();
      assertThat(zones.requests(2, "HeadObject")).isZero();
      set.kit().replicas().get(2).breaker().transitionToClosedState();
      until("it is brought", () -> held(2, "key").length == BODY + 10);
    }
  }

  @Test
  void aRenameThatALaterChangeReplacesIsOwed() throws Exception {
    try (MultiAzBucket set = open(WritePolicy.primary(), NEVER)) {
      zones.zone(1).inject(Fault.delay(Duration.ofMillis(500)).onMethod("PUT").times(1));
      await(write(set, "from", 1));
      await(set.rename("from", "to", RenameOptions.defaults()));
      await(write(set, "from", 2));
      for (int i = 1; i < 3; i++) {
        int zone = i;
        until("both are there", () -> holds(zone, "to", ThreeZones.content(BODY, 1)));
        until("both are there", () -> holds(zone, "from", ThreeZones.content(BODY, 2)));
      }
    }
  }
}
