package io.expressway.multiaz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.AccessDeniedException;
import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.DeadlineExceededException;
import io.expressway.ExpressException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.PreconditionFailedException;
import io.expressway.RangeNotSatisfiableException;
import io.expressway.ReadProgress;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import io.expressway.ZoneUnavailableException;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CachedBucket;
import io.expressway.testkit.Fault;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads when zones fail, fall silent or differ. */
final class FailoverTest {
  private static final int MIB = 1 << 20;
  private static ThreeZones zones;
  private final Queue<String> events = new ConcurrentLinkedQueue<>();
  private MultiAzBucket bucket;

  @BeforeAll
  static void start() {
    zones = new ThreeZones();
  }

  @AfterAll
  static void stop() {
    zones.close();
  }

  private MultiAzOptions options() {
    return MultiAzOptions.defaults()
        .keepWarm(Duration.ofMinutes(1))
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
              public void onFailover(String key, String from, String to, ExpressException why) {
                events.add("failover " + from + " " + to);
              }

              @Override
              public void onHedge(String key, String silent, String to, long waited) {
                events.add("hedge " + silent + " " + to);
              }
            });
  }

  /** Hedges nothing, however slow this machine: for tests that count requests. */
  private MultiAzOptions calm() {
    return options().firstHedgeAfter(Duration.ofSeconds(5)).hedgeBudget(0);
  }

  @BeforeEach
  void open() {
    open(options());
  }

  private void open(MultiAzOptions options) {
    if (bucket != null) {
      bucket.close();
    }
    bucket = MultiAzBucket.of(options, zones.newBuckets());
  }

  @AfterEach
  void close() {
    bucket.close();
    for (int i = 0; i < 3; i++) {
      zones.zone(i).clearFaults();
      zones.zone(i).start();
    }
  }

  private byte[] read(String key, long from, long length) throws Exception {
    try (Slice slice = ThreeZones.await(bucket.read(key, ByteRange.of(from, length)))) {
      return slice.toByteArray();
    }
  }

  private void assertReads(byte[] content) throws Exception {
    int from = content.length / 7;
    int length = content.length / 2;
    assertThat(read("object", from, length))
        .isEqualTo(Arrays.copyOfRange(content, from, from + length));
  }

  @Test
  void aHealthyPrimaryIsTheOnlyOneAsked() throws Exception {
    open(calm());
    byte[] content = zones.put("object", 100_000, 1);
    for (int i = 0; i < 50; i++) {
      assertReads(content);
    }
    assertThat(zones.requests(0, "GetObject")).isEqualTo(50);
    assertThat(zones.requests(1, "GetObject")).isZero();
  }

  static Stream<Fault> zoneFaults() {
    return Stream.of(
        Fault.resetBeforeHead(),
        Fault.internalError(),
        Fault.inactiveBucket(),
        Fault.slowDown(),
        Fault.resetAfterHead(),
        Fault.truncateAt(0),
        Fault.truncateAt(100),
        Fault.truncateAt(40_000),
        Fault.blackHole(),
        Fault.stallBeforeHead(),
        Fault.wrongContentRange());
  }

  @ParameterizedTest
  @MethodSource("zoneFaults")
  void noReadFailsWhileOneZoneLives(Fault fault) throws Exception {
    byte[] content = zones.put("object", 100_000, 2);
    for (int dead : new int[] {0, 1}) {
      zones.zone(dead).inject(fault.on("GetObject").always());
      zones.zone(dead).inject(fault.on("HeadObject").always());
      for (int i = 0; i < 10; i++) {
        assertReads(content);
        assertThat(ThreeZones.await(bucket.stat("object")).size()).isEqualTo(100_000);
        ByteBuffer target = ByteBuffer.allocateDirect(60_000);
        ReadRequest request = ReadRequest.of("object", ByteRange.of(7, 60_000));
        ObjectInfo unused = ThreeZones.await(bucket.readInto(request, target));
        assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(content, 7, 60_000));
      }
    }
    assertThat(bucket.zones().get(2).reads()).isPositive();
  }

  static Stream<Fault> faultsBeforeTheHead() {
    return Stream.of(
        Fault.resetBeforeHead(), Fault.internalError(), Fault.inactiveBucket(), Fault.slowDown());
  }

  /** With each bucket's own retries four would go to each. */
  @ParameterizedTest
  @MethodSource("faultsBeforeTheHead")
  void aZoneInTroubleIsLeftAfterOneRequest(Fault fault) throws Exception {
    open(calm());
    byte[] content = zones.put("object", 100_000, 30);
    for (int dead : new int[] {0, 1}) {
      zones.zone(dead).inject(fault.always());
    }
    assertReads(content);
    for (int i = 0; i < 3; i++) {
      assertThat(zones.requests(i, "GetObject")).isOne();
    }
    ObjectInfo info = ThreeZones.await(bucket.stat("object"));
    assertThat(info.size()).isEqualTo(100_000);
    for (int i = 0; i < 3; i++) {
      assertThat(zones.requests(i, "HeadObject")).as("in %s", ThreeZones.IDS.get(i)).isOne();
    }
  }

  @Test
  void aZoneThatIsGoneCostsNoReadAndComesBack() throws Exception {
    byte[] content = zones.put("object", 100_000, 3);
    zones.zone(0).stop();
    ThreeZones.until("the zone is down", () -> readsUntil("down usw2-az1", content));
    assertThat(bucket.zones().get(0).health()).isEqualTo(ZoneStatus.Health.DOWN);
    assertThat(bucket.zones().get(0).why()).isNotEmpty();
    zones.zone(0).start();
    ThreeZones.until("the zone is up", () -> events.contains("up usw2-az1"));
    zones.mark();
    ThreeZones.until(
        "reads go back",
        () -> {
          readsUntil("", content);
          return zones.requests(0, "GetObject") >= 10;
        });
  }

  /** A server that started a moment ago is slow only until it was asked once. */
  @Test
  void aZoneThatIsSlowToBeginComesBack() throws Exception {
    byte[] content = zones.put("object", 100_000, 27);
    zones.zone(0).stop();
    ThreeZones.until("the zone is down", () -> readsUntil("down usw2-az1", content));
    ThreeZones.until(
        "it is known how quick the others are",
        () -> {
          readsUntil("", content);
          return !bucket.zones().get(1).median().isZero();
        });
    AtomicLong asked = new AtomicLong(System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
    zones
        .zone(0)
        .inject(
            Fault.delay(Duration.ofMillis(300))
                .onKey(
                    key -> {
                      long now = System.nanoTime();
                      return now - asked.getAndSet(now) > TimeUnit.MILLISECONDS.toNanos(550);
                    })
                .always());
    zones.zone(0).start();
    ThreeZones.until("the zone is up", () -> readsUntil("up usw2-az1", content));
  }

  @Test
  void aSilentZoneIsLeftWithoutWaitingForItsDeadline() throws Exception {
    byte[] content = zones.put("object", 100_000, 4);
    zones.zone(0).inject(Fault.blackHole().always());
    ThreeZones.until("the zone is down", () -> readsUntil("down usw2-az1", content));
    assertThat(events).contains("hedge usw2-az1 usw2-az3");
    zones.zone(0).clearFaults();
    ThreeZones.until("the zone is up", () -> events.contains("up usw2-az1"));
  }

  /** Reads of more than 64 KiB alone, and probes, tell what is quick; each probe is one request. */
  @Test
  void aZoneThatCameBackSlowIsAskedOneByOneUntilItIsQuick() throws Exception {
    open(calm().keepWarm(Duration.ofMillis(100)));
    byte[] content = zones.put("object", 300_000, 37);
    zones.zone(0).stop();
    ThreeZones.until("the zone is down", () -> readsUntil("down usw2-az1", content));
    AtomicInteger halfOpen = new AtomicInteger();
    bucket
        .kit()
        .primary()
        .breaker()
        .getEventPublisher()
        .onStateTransition(
            event -> {
              if (event.getStateTransition().getToState() == CircuitBreaker.State.HALF_OPEN) {
                halfOpen.incrementAndGet();
              }
            });
    zones.zone(0).inject(Fault.delay(Duration.ofMillis(500)).always());
    zones.mark();
    zones.zone(0).start();
    ThreeZones.until(
        "it was asked four times",
        () -> readsUntil("up usw2-az1", content) || zones.requests(0, "GetObject") >= 4);
    assertThat(events).doesNotContain("up usw2-az1");
    assertThat(bucket.zones().get(0).why()).contains("ms to answer");
    assertThat(zones.requests(0, "GetObject")).isLessThanOrEqualTo(halfOpen.get());
    zones.zone(0).clearFaults();
    ThreeZones.until("the zone is up", () -> readsUntil("up usw2-az1", content));
  }

  private boolean readsUntil(String event, byte[] content) {
    try {
      assertReads(content);
    } catch (Exception e) {
      throw new AssertionError("a read failed although two zones live", e);
    }
    return events.contains(event);
  }

  @Test
  void twoZonesMayGo() throws Exception {
    byte[] content = zones.put("object", 100_000, 5);
    zones.zone(0).inject(Fault.blackHole().always());
    zones.zone(1).stop();
    for (int i = 0; i < 20; i++) {
      assertReads(content);
    }
  }

  @Test
  void withoutAnyZoneTheFirstFailureIsToldAndTheOthersWithIt() throws Exception {
    byte[] content = zones.put("object", 100_000, 6);
    for (int i = 0; i < 3; i++) {
      zones.zone(i).stop();
    }
    assertThatThrownBy(() -> assertReads(content))
        .isInstanceOf(ZoneUnavailableException.class)
        .hasMessageContaining("usw2-az1")
        .satisfies(failure -> assertThat(failure.getSuppressed()).hasSizeGreaterThanOrEqualTo(2));
    zones.zone(2).start();
    assertReads(content);
  }

  @Test
  void aRefusalIsNobodyElsesBusiness() throws Exception {
    open(calm());
    byte[] content = zones.put("object", 100_000, 7);
    zones.zone(0).inject(Fault.accessDenied().on("GetObject").always());
    assertThatThrownBy(() -> assertReads(content))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining("usw2-az1")
        .hasMessageContaining(zones.name(0));
    assertThatThrownBy(() -> read("object", 200_000, 10))
        .isInstanceOfAny(AccessDeniedException.class);
    zones.zone(0).clearFaults();
    assertThatThrownBy(() -> read("object", 200_000, 10))
        .isInstanceOf(RangeNotSatisfiableException.class);
    assertThat(zones.requests(1, "GetObject")).isZero();
  }

  // Absence.

  @Test
  void whatOneZoneLacksIsReadFromAnother() throws Exception {
    open(calm());
    byte[] content = zones.put("object", 100_000, 8, 1, 2);
    assertReads(content);
    assertThat(zones.requests(0, "GetObject")).isOne();
  }

  @Test
  void absenceIsBelievedWhenEnoughZonesSaySo() {
    open(calm());
    zones.mark();
    assertThatThrownBy(() -> read("nothing", 0, 10)).isInstanceOf(ObjectNotFoundException.class);
    assertThat(zones.requests(0, "GetObject") + zones.requests(1, "GetObject")).isEqualTo(2);
    assertThat(zones.requests(2, "GetObject")).isZero();
  }

  @Test
  void absenceIsNotBelievedWhileTheZoneThatMayHaveItIsDown() throws Exception {
    zones.put("object", 100_000, 9, 1, 2);
    zones.zone(1).stop();
    zones.zone(2).stop();
    assertThatThrownBy(() -> read("object", 0, 10))
        .isInstanceOf(ZoneUnavailableException.class)
        .hasMessageContaining("may be in one that does not");
  }

  @Test
  void underAllOneZoneIsEnoughToKnowThatThereIsNothing() throws Exception {
    open(calm().writes(WritePolicy.all()));
    zones.put("object", 100_000, 10, 1, 2);
    assertThatThrownBy(() -> read("object", 0, 10)).isInstanceOf(ObjectNotFoundException.class);
    assertThat(zones.requests(1, "GetObject")).isZero();
  }

  // Versions.

  @Test
  void aVersionIsTheSameInEveryZone() throws Exception {
    byte[] content = zones.put("object", 100_000, 11);
    ObjectInfo info = ThreeZones.await(bucket.stat("object"));
    assertThat(info.metadata()).isEmpty();
    zones.zone(0).stop();
    ReadRequest same = ReadRequest.of("object", ByteRange.of(0, 100_000)).ifVersion(info.version());
    try (Slice slice = ThreeZones.await(bucket.read(same))) {
      assertThat(slice.toByteArray()).isEqualTo(content);
      assertThat(slice.info().version()).isEqualTo(info.version());
    }
  }

  @Test
  void aZoneThatIsBehindIsPassedOverForAVersionItHasNotGot() throws Exception {
    open(calm());
    zones.put("object", 100_000, 12, 0);
    byte[] newer = zones.put("object", 100_000, 13, 1, 2);
    ObjectInfo info;
    try (Bucket second = zones.open(1)) {
      info = new Naming("usw2-az3").known(ThreeZones.await(second.stat("object")));
    }
    ReadRequest request =
        ReadRequest.of("object", ByteRange.of(0, 100_000)).ifVersion(info.version());
    try (Slice slice = ThreeZones.await(bucket.read(request))) {
      assertThat(slice.toByteArray()).isEqualTo(newer);
    }
    zones.put("object", 100_000, 14);
    assertThatThrownBy(() -> ThreeZones.await(bucket.read(request)))
        .isInstanceOf(PreconditionFailedException.class);
    assertThat(zones.requests(1, "GetObject")).isZero();
  }

  @Test
  void whatOthersWroteIsOfAVersionOfItsZone() throws Exception {
    byte[] content = ThreeZones.content(1000, 15);
    for (int i = 0; i < 3; i++) {
      zones.zone(i).putObject(zones.name(i), "object", content);
    }
    ObjectInfo info = ThreeZones.await(bucket.stat("object"));
    assertThat(info.version().tag()).startsWith("usw2-az1 ");
    ReadRequest request = ReadRequest.of("object", ByteRange.all()).ifVersion(info.version());
    ThreeZones.await(bucket.read(request)).close();
    zones.zone(0).putObject(zones.name(0), "object", content);
    assertThatThrownBy(() -> ThreeZones.await(bucket.read(request)))
        .isInstanceOf(PreconditionFailedException.class);
  }

  // Bodies that break off.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theRestComesFromAnotherZone(boolean isPlaced) throws Exception {
    open(calm());
    byte[] content = zones.put("object", 2 * MIB, 16);
    zones.zone(0).inject(Fault.truncateAt(700_000).on("GetObject"));
    assertThatTheRestComesFromTheSecond(isPlaced, content);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofAnotherContentAllIsReadAgain(boolean isPlaced) throws Exception {
    open(calm());
    zones.put("object", 2 * MIB, 17, 0);
    byte[] other = zones.put("object", 2 * MIB, 18, 1, 2);
    zones.zone(0).inject(Fault.truncateAt(700_000).on("GetObject").always());
    assertThat(readEither(isPlaced, 1000, MIB))
        .isEqualTo(Arrays.copyOfRange(other, 1000, 1000 + MIB));
  }

  /** Of a zone that else answers, nobody knows until the bucket's own timeout. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theRestOfABodyThatStallsComesFromAnotherZone(boolean isPlaced) throws Exception {
    bucket.close();
    bucket = MultiAzBucket.of(calm(), zones.newBuckets(Duration.ofMillis(500)));
    byte[] content = zones.put("object", 2 * MIB, 34);
    zones.zone(0).inject(Fault.stallAfter(700_000).on("GetObject"));
    assertThatTheRestComesFromTheSecond(isPlaced, content);
  }

  /**
   * Lent bytes are given up when the zone is left, and read again; those in the caller's memory go
   * on when nobody writes there any more. The timeout is longer than the read's time, so that bytes
   * that are lent would come too late if they waited for it.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyThatStallsWithItsZoneComesFromAnother(boolean isPlaced) throws Exception {
    bucket.close();
    Duration idle = isPlaced ? Duration.ofSeconds(1) : Duration.ofMinutes(1);
    bucket = MultiAzBucket.of(options(), zones.newBuckets(idle));
    byte[] content = zones.put("object", 2 * MIB, 35);
    byte[] other = zones.put("other", 1000, 36);
    ObjectInfo stored = ThreeZones.await(bucket.stat("object"));
    zones.zone(0).inject(Fault.stallAfter(700_000).on("GetObject"));
    ReadRequest request =
        ReadRequest.of("object", ByteRange.of(1000, MIB)).deadline(Duration.ofSeconds(25));
    ByteBuffer target = ByteBuffer.allocateDirect(MIB);
    CompletableFuture<ObjectInfo> read =
        isPlaced
            ? bucket.readInto(request, target)
            : bucket.read(request).thenApply(slice -> copied(slice, target));
    ThreeZones.until("it is asked for", () -> zones.requests(0, "GetObject") >= 1);
    zones.zone(0).inject(Fault.blackHole().always());
    ThreeZones.until(
        "the zone is down",
        () -> {
          try (Slice slice = ThreeZones.await(bucket.read("other", ByteRange.of(0, 1000)))) {
            assertThat(slice.toByteArray()).isEqualTo(other);
          } catch (Exception e) {
            throw new AssertionError("a read failed although two zones live", e);
          }
          return events.contains("down usw2-az1");
        });
    assertThat(ThreeZones.await(read).version()).isEqualTo(stored.version());
    assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(content, 1000, MIB));
  }

  private static ObjectInfo copied(Slice lent, ByteBuffer target) {
    try (lent) {
      lent.copyTo(target);
      return lent.info();
    }
  }

  /** Of a read whose first zone sends 700,000 bytes and no more. */
  private void assertThatTheRestComesFromTheSecond(boolean isPlaced, byte[] content)
      throws Exception {
    assertThat(readEither(isPlaced, 1000, MIB))
        .isEqualTo(Arrays.copyOfRange(content, 1000, 1000 + MIB));
    assertThat(zones.requests(0, "GetObject")).isOne();
    assertThat(zones.requests(1, "GetObject")).isOne();
    assertThat(zones.zone(1).roundTrips().bytesOut() - zones.bytesOutBefore(1))
        .as("only the rest was sent")
        .isBetween(MIB - 700_000L, MIB - 700_000L + 1000);
  }

  private byte[] readEither(boolean isPlaced, int from, int length) throws Exception {
    if (!isPlaced) {
      return read("object", from, length);
    }
    ByteBuffer target = ByteBuffer.allocateDirect(length);
    ByteBuffer half = target.slice(0, length / 2);
    ByteBuffer rest = target.slice(length / 2, length - length / 2);
    ReadRequest request = ReadRequest.of("object", ByteRange.of(from, length));
    ObjectInfo unused = ThreeZones.await(bucket.readInto(request, List.of(half, rest)));
    assertThat(half.remaining() + rest.remaining()).isZero();
    byte[] bytes = new byte[length];
    target.get(bytes);
    return bytes;
  }

  // Hedges.

  @Test
  void theFirstHeadWinsAndTheLoserPlacesNothing() throws Exception {
    byte[] content = zones.put("object", 100_000, 19);
    zones.put("object", 100_000, 20, 0); // so that its bytes would show
    zones.zone(0).inject(Fault.delay(Duration.ofMillis(300)).on("GetObject"));
    ByteBuffer target = ByteBuffer.allocateDirect(100_000);
    ReadRequest request = ReadRequest.of("object", ByteRange.of(0, 100_000));
    ObjectInfo unused = ThreeZones.await(bucket.readInto(request, target));
    assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(content));
    assertThat(events).contains("hedge usw2-az1 usw2-az3");
    ThreeZones.until("the loser is over", () -> zones.requests(0, "GetObject") == 1);
    assertThat(target).isEqualTo(ByteBuffer.wrap(content));
    assertThat(bucket.zones().get(1).hedgesWon()).isOne();
  }

  /** Else every hedge would cost the next read a handshake. */
  @Test
  void aSmallReadThatLostLeavesItsConnectionInUse() throws Exception {
    byte[] content = zones.put("object", 4_000, 29);
    for (int i = 0; i < 5; i++) {
      assertReads(content);
    }
    zones.zone(0).inject(Fault.delay(Duration.ofMillis(60)).on("GetObject").times(3));
    zones.mark();
    for (int i = 1; i <= 3; i++) {
      assertReads(content);
      int asked = i;
      ThreeZones.until(
          "the loser came",
          () -> zones.zone(0).roundTrips().bytesOut() - zones.bytesOutBefore(0) > asked * 2_000L);
    }
    assertThat(bucket.zones().get(1).hedgesWon()).isEqualTo(3);
    assertThat(zones.connections(0)).as("opened since, by those who came too soon").isLessThan(3);
  }

  @Test
  void withoutABudgetNothingIsHedged() throws Exception {
    open(options().hedgeBudget(0));
    byte[] content = zones.put("object", 100_000, 21);
    zones.zone(0).inject(Fault.delay(Duration.ofMillis(200)).on("GetObject"));
    assertReads(content);
    assertThat(zones.requests(1, "GetObject")).isZero();
  }

  @Test
  void aReadThatIsCancelledIsCancelledEverywhere() throws Exception {
    zones.put("object", 100_000, 22);
    for (int i = 0; i < 3; i++) {
      zones.zone(i).inject(Fault.blackHole().on("GetObject").always());
    }
    CompletableFuture<Slice> read = bucket.read("object", ByteRange.of(0, 100));
    ThreeZones.until("it is hedged", () -> events.contains("hedge usw2-az1 usw2-az3"));
    assertThat(read.cancel(false)).isTrue();
    assertThat(read).isCancelled();
  }

  @Test
  void aReadsOwnDeadlineHoldsForAllZonesTogether() throws Exception {
    zones.put("object", 100_000, 23);
    for (int i = 0; i < 3; i++) {
      zones.zone(i).inject(Fault.blackHole().on("GetObject").always());
    }
    ReadRequest request =
        ReadRequest.of("object", ByteRange.of(0, 100)).deadline(Duration.ofMillis(200));
    long began = System.nanoTime();
    assertThatThrownBy(() -> ThreeZones.await(bucket.read(request)))
        .isInstanceOf(ExpressException.class);
    assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(10));
  }

  // Quorum reads.

  private ReadRequest soon() {
    return ReadRequest.of("object", ByteRange.of(0, 100)).deadline(Duration.ofMillis(300));
  }

  @Test
  void aQuorumReadsOwnDeadlineHoldsForWhatItAsksOtherZones() throws Exception {
    open(calm().reads(ReadConsistency.quorum()));
    byte[] content = zones.put("object", 100_000, 31);
    for (int silent : new int[] {1, 2}) {
      zones.zone(silent).inject(Fault.blackHole().on("HeadObject").always());
    }
    assertThatThrownBy(() -> ThreeZones.await(bucket.read(soon())))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("within 300 ms: waited for what usw2-az3, usw2-az4 have of it")
        .hasMessageContaining("range bytes=0-99");
    for (int zone = 0; zone < 3; zone++) {
      int asked = zone;
      ThreeZones.until("the zone was asked", () -> zones.requests(asked, "HeadObject") >= 2);
      assertThat(zones.requests(zone, "HeadObject")).as("the object and its marker").isEqualTo(2);
    }
    assertThat(zones.requests(0, "GetObject")).isOne();
    zones.zone(2).clearFaults();
    assertReads(content);
  }

  @Test
  void aQuorumReadsBytesAreNotAskedForAgainAfterItsDeadline() throws Exception {
    open(calm().reads(ReadConsistency.quorum()));
    zones.put("object", 100_000, 32);
    zones.zone(0).inject(Fault.blackHole().on("GetObject").always());
    assertThatThrownBy(() -> ThreeZones.await(bucket.read(soon())))
        .isInstanceOf(DeadlineExceededException.class);
    ThreeZones.until("the zone was asked", () -> zones.requests(0, "GetObject") >= 1);
    assertThat(zones.requests(0, "GetObject")).isOne();
    assertThat(zones.requests(1, "GetObject") + zones.requests(2, "GetObject")).isZero();
  }

  @Test
  void underPrimaryTheDeadlineNamesThePrimary() throws Exception {
    open(calm().writes(WritePolicy.primary()).reads(ReadConsistency.quorum()));
    zones.put("object", 100_000, 33);
    zones.zone(0).inject(Fault.blackHole().on("HeadObject").always());
    assertThatThrownBy(() -> ThreeZones.await(bucket.read(soon())))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("waited for what usw2-az1 has of it");
  }

  // Order.

  @Test
  void theNearestZoneIsReadFirst() throws Exception {
    open(calm().nearest("usw2-az4"));
    byte[] content = zones.put("object", 100_000, 24);
    assertReads(content);
    assertThat(zones.requests(2, "GetObject")).isOne();
    zones.zone(2).stop();
    assertReads(content);
    assertThat(zones.requests(0, "GetObject")).as("then in the order given").isOne();
  }

  @Test
  void aNearestZoneWithoutAReplicaChangesNothing() throws Exception {
    open(calm().nearest("usw2-az2"));
    byte[] content = zones.put("object", 100_000, 25);
    assertReads(content);
    assertThat(zones.requests(0, "GetObject")).isOne();
  }

  @Test
  void zonesThatAreNotReadFromAreKeptWarm() throws Exception {
    open(calm().keepWarm(Duration.ofMillis(100)));
    zones.mark();
    ThreeZones.until(
        "both standbys were asked several times",
        () -> zones.requests(1, "GetObject") >= 3 && zones.requests(2, "GetObject") >= 3);
  }

  @Test
  void aZoneThatCameBackIsGivenItsReadsLittleByLittle() throws Exception {
    open(calm().failBackOver(Duration.ofSeconds(3)));
    byte[] content = zones.put("object", 100_000, 26);
    zones.zone(0).stop();
    ThreeZones.until("the zone is down", () -> readsUntil("down usw2-az1", content));
    zones.zone(0).start();
    ThreeZones.until("the zone is up", () -> events.contains("up usw2-az1"));
    assertThat(bucket.zones().get(0).health()).isEqualTo(ZoneStatus.Health.RETURNING);
    zones.mark();
    for (int i = 0; i < 20; i++) {
      assertReads(content);
    }
    assertThat(zones.requests(1, "GetObject")).as("most go elsewhere at first").isPositive();
    ThreeZones.until(
        "all reads are back",
        () -> {
          readsUntil("", content);
          return bucket.zones().get(0).health() == ZoneStatus.Health.UP;
        });
  }

  @Test
  void aCacheAboveSeesOneVersionWhicheverZoneAnswers() throws Exception {
    byte[] content = zones.put("object", 2 * MIB, 27);
    try (BlockCache memory = BlockCache.offHeap(16L << 20);
        CachedBucket cached = new CachedBucket(memory, bucket)) {
      bucket = MultiAzBucket.of(options(), zones.sameBuckets()); // closed by each its own
      try (Slice slice = ThreeZones.await(cached.read("object", ByteRange.of(0, 1000)))) {
        assertThat(slice.toByteArray()).isEqualTo(Arrays.copyOf(content, 1000));
      }
      zones.zone(0).stop();
      try (Slice slice = ThreeZones.await(cached.read("object", ByteRange.of(MIB, 300_000)))) {
        assertThat(slice.toByteArray()).isEqualTo(Arrays.copyOfRange(content, MIB, MIB + 300_000));
      }
      zones.mark();
      ThreeZones.await(cached.read("object", ByteRange.of(500, 300))).close();
      assertThat(memory.stats().changes()).isZero();
      assertThat(zones.requests(1, "GetObject")).isZero();
    }
  }

  @Test
  void metersAndEventsTellWhatHappened() throws Exception {
    byte[] content = zones.put("object", 100_000, 28);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    new MultiAzMetrics(bucket, List.of()).bindTo(registry);
    try (Recording recording = new Recording()) {
      recording.enable("io.expressway.Zone");
      recording.enable("io.expressway.SecondAttempt");
      recording.start();
      zones.zone(0).stop();
      ThreeZones.until("the zone is down", () -> readsUntil("down usw2-az1", content));
      recording.stop();
      Path file = Files.createTempFile("multiaz", ".jfr");
      recording.dump(file);
      List<RecordedEvent> recorded = RecordingFile.readAllEvents(file);
      Files.delete(file);
      assertThat(recorded)
          .anyMatch(
              event ->
                  event.getEventType().getName().equals("io.expressway.Zone")
                      && event.getString("zone").equals("usw2-az1")
                      && !event.getBoolean("up"))
          .anyMatch(
              event ->
                  event.getEventType().getName().equals("io.expressway.SecondAttempt")
                      && event.getString("toZone").equals("usw2-az3")
                      && event.getString("failure").equals("ZoneUnavailableException"));
    }
    assertThat(registry.get("expressway.multiaz.failovers").functionCounter().count()).isPositive();
    assertThat(registry.get("expressway.multiaz.zone.up").tag("zone", "usw2-az1").gauge().value())
        .isZero();
    assertThat(registry.get("expressway.multiaz.zone.up").tag("zone", "usw2-az3").gauge().value())
        .isOne();
    assertThat(bucket.zones().get(0).breaker()).isNotEqualTo(ZoneStatus.Breaker.CLOSED);
    assertThat(state(registry, "usw2-az1")).isPositive();
    assertThat(state(registry, "usw2-az3")).isZero();
    assertThat(registry.get("expressway.multiaz.reads").functionCounter().count())
        .isEqualTo((double) bucket.stats().reads());
  }

  private static double state(SimpleMeterRegistry registry, String zone) {
    return registry.get("expressway.multiaz.zone.breaker").tag("zone", zone).gauge().value();
  }

  @Test
  void hedgesThatWereDeniedAreToldOfTheZoneThatWasSlow() throws Exception {
    open(options().hedgeBudget(0));
    zones.put("object", 100_000, 38);
    zones.zone(0).inject(Fault.delay(Duration.ofMillis(300)).on("GetObject"));
    ThreeZones.await(bucket.read("object", ByteRange.of(0, 100))).close();
    assertThat(bucket.zones().get(0).hedgesDenied()).isOne();
    assertThat(bucket.zones().get(1).hedgesDenied()).isZero();
    assertThat(bucket.stats().hedgesDenied()).isOne();
  }

  @Test
  void metersCountWhatTheZonesServedAndNameNoKey() throws Exception {
    zones.put("object", 100_000, 29);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    new MultiAzMetrics(bucket, List.of()).bindTo(registry);
    zones.mark();
    for (int i = 0; i < 20; i++) {
      ThreeZones.await(bucket.read("object", ByteRange.of(i, 300))).close();
    }
    double told = 0;
    long served = 0;
    for (int i = 0; i < bucket.zones().size(); i++) {
      String zone = bucket.zones().get(i).zone();
      told +=
          registry.get("expressway.multiaz.zone.reads").tag("zone", zone).functionCounter().count();
      served += zones.requests(i, "GetObject");
    }
    assertThat(told).isEqualTo((double) served).isGreaterThanOrEqualTo(20);
    assertThat(registry.getMeters())
        .flatExtracting(meter -> meter.getId().getTags())
        .allMatch(tag -> tag.getKey().equals("zone"));
  }

  // Many zones at once.

  private void twoZonesGoAndComeBack(byte[] content) throws Exception {
    zones.zone(0).stop();
    zones.zone(1).stop();
    ThreeZones.until("the first is down", () -> readsUntil("down usw2-az1", content));
    ThreeZones.until("the second is down", () -> readsUntil("down usw2-az3", content));
    zones.zone(0).start();
    zones.zone(1).start();
  }

  @Test
  void whatComesBackTogetherIsNotFloodedInsteadOfTheOneThatServed() throws Exception {
    open(calm().failBackOver(Duration.ofMinutes(5)));
    byte[] content = zones.put("object", 100_000, 24);
    twoZonesGoAndComeBack(content);
    ThreeZones.until(
        "both are up", () -> events.contains("up usw2-az1") && events.contains("up usw2-az3"));
    zones.mark();
    for (int i = 0; i < 100; i++) {
      assertReads(content);
    }
    assertThat(zones.requests(2, "GetObject")).isGreaterThan(70);
  }

  @Test
  void aStandbyThatCameBackIsUpAlthoughItIsNotReadFrom() throws Exception {
    open(calm().failBackOver(Duration.ofMillis(100)));
    byte[] content = zones.put("object", 100_000, 28);
    twoZonesGoAndComeBack(content);
    ThreeZones.until(
        "all are up",
        () ->
            bucket.zones().stream().allMatch(zone -> zone.health() == ZoneStatus.Health.UP)
                && readsUntil("up usw2-az3", content));
  }

  /**
   * There are 20 hedges at first, half of them for mute zones, and seventy reads earn 3 more at
   * most.
   */
  @Test
  void whenAllZonesFallSilentOneGoesOnBeingRead() throws Exception {
    byte[] content = zones.put("object", 100_000, 25);
    for (int i = 0; i < 20; i++) {
      assertReads(content);
    }
    for (int i = 0; i < 3; i++) {
      zones.zone(i).inject(Fault.delay(Duration.ofMillis(450)).on("GetObject").always());
    }
    zones.mark();
    List<CompletableFuture<Slice>> reads = new ArrayList<>();
    long began = System.nanoTime();
    while (reads.size() < 50) {
      if (System.nanoTime() - began >= reads.size() * TimeUnit.MILLISECONDS.toNanos(8)) {
        reads.add(bucket.read("object", ByteRange.of(0, 1000)));
      }
    }
    for (CompletableFuture<Slice> read : reads) {
      ThreeZones.await(read).close();
    }
    long requests = 0;
    for (int i = 0; i < 3; i++) {
      requests += zones.requests(i, "GetObject");
    }
    assertThat(requests).as("of 50 reads, some hedged, and probes").isLessThan(75);
  }

  /** Of the zone whose body broke off, and nothing of the one that brought the rest. */
  @Test
  void whatIsInItsPlaceIsToldUntilTheBodyBreaksOff() throws Exception {
    byte[] content = zones.put("object", 2_000_000, 27);
    zones.zone(0).inject(Fault.resetAfter(700_000).on("GetObject").times(1));
    ByteBuffer target = ByteBuffer.allocateDirect(content.length);
    Queue<Long> told = new ConcurrentLinkedQueue<>();
    ReadProgress watching =
        new ReadProgress() {
          @Override
          public void onArrived(Slice soFar) {
            soFar.close();
          }

          @Override
          public void onPlaced(ObjectInfo info, long bytes) {
            told.add(bytes);
          }
        };
    ThreeZones.await(
        bucket.readInto(
            ReadRequest.of("object", ByteRange.of(0, content.length)).watchedBy(watching), target));
    assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(content));
    assertThat(List.copyOf(told)).isNotEmpty().isSorted().allMatch(bytes -> bytes <= 700_000);
  }

  @Test
  void aZoneThatOnlyAnswersProbesIsLeftAloneForLongerAndLonger() throws Exception {
    open(calm().failBackOver(Duration.ofMillis(1)));
    byte[] content = zones.put("object", 100_000, 26);
    zones.zone(0).inject(Fault.resetAfter(20_000).on("GetObject").always());
    long began = System.nanoTime();
    ThreeZones.until(
        "it was down five times",
        () -> {
          readsUntil("", content);
          return events.stream().filter("down usw2-az1"::equals).count() >= 5;
        });
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(3));
  }
}
