package io.expressway.multiaz;

import static io.expressway.multiaz.ThreeZones.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressException;
import io.expressway.ExpressOptions;
import io.expressway.ForwardingBucket;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.ReadRequest;
import io.expressway.RenameOptions;
import io.expressway.Slice;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.WriteOptions;
import io.expressway.ZoneUnavailableException;
import io.expressway.testkit.Fault;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of docs/multi-az.md: what becomes of changes that reach some zones only. */
final class PartialWriteTest {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static ZonalServer server;
  private final List<String> names = new ArrayList<>();

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1", "usw2-az3", "usw2-az4").start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void heal() {
    server.clearFaults();
    server.zones().forEach(Zone::start);
  }

  private static Zone zone(int index) {
    return server.zones().get(index);
  }

  /** A set over new buckets. */
  private MultiAzBucket open(MultiAzOptions options) {
    String base = "partial-" + BUCKETS.incrementAndGet();
    names.clear();
    server.zones().forEach(zone -> names.add(zone.createBucket(base)));
    return again(options);
  }

  /** Another set over the same buckets, as another process has. */
  private MultiAzBucket again(MultiAzOptions options) {
    return MultiAzBucket.of(options, buckets());
  }

  private List<Bucket> buckets() {
    List<Bucket> buckets = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      buckets.add(
          ExpressBucket.open(
              names.get(i),
              Credentials.of(server.accessKeyId(), server.secretAccessKey()),
              ExpressOptions.defaults().endpoint(zone(i).hostEndpoint()).retries(1)));
    }
    return buckets;
  }

  private static MultiAzOptions under(WritePolicy policy) {
    return MultiAzOptions.defaults().writes(policy);
  }

  private static ByteBuffer body(String text) {
    return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  private static ObjectInfo write(MultiAzBucket set, String text) throws Exception {
    return await(set.write("key", body(text), WriteOptions.defaults()));
  }

  private static String read(MultiAzBucket set) throws Exception {
    try (Slice slice = await(set.read("key", ByteRange.all()))) {
      return new String(slice.toByteArray(), java.nio.charset.StandardCharsets.US_ASCII);
    } catch (ObjectNotFoundException absent) {
      return "absent";
    }
  }

  /** What one zone holds, without a request. */
  private String held(int index, String key) {
    try {
      return new String(
          zone(index).bytes(names.get(index), key), java.nio.charset.StandardCharsets.US_ASCII);
    } catch (RuntimeException absent) {
      return "absent";
    }
  }

  private List<String> held(String key) {
    return List.of(held(0, key), held(1, key), held(2, key));
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return future
        .handle((value, why) -> Optional.ofNullable(Fleet.cause(why)))
        .join()
        .orElseThrow();
  }

  // One write over another, with zones that refuse it.

  static Stream<Arguments> writes() {
    WritePolicy all = WritePolicy.all();
    WritePolicy quorum = WritePolicy.quorum();
    WritePolicy primary = WritePolicy.primary();
    Class<?> none = Void.class;
    Class<?> unknown = OutcomeUnknownException.class;
    Class<?> fault = ZoneUnavailableException.class;
    return Stream.of(
        Arguments.of(all, List.of(), none, "new"),
        Arguments.of(all, List.of(2), unknown, "new"),
        Arguments.of(all, List.of(0), unknown, "new"),
        Arguments.of(all, List.of(0, 1), unknown, "new"),
        Arguments.of(all, List.of(0, 1, 2), fault, "old"),
        Arguments.of(quorum, List.of(), none, "new"),
        Arguments.of(quorum, List.of(2), none, "new"),
        Arguments.of(quorum, List.of(0), none, "new"),
        Arguments.of(quorum, List.of(1, 2), unknown, "new"),
        Arguments.of(quorum, List.of(0, 1), unknown, "new"),
        Arguments.of(quorum, List.of(0, 1, 2), fault, "old"),
        Arguments.of(primary, List.of(), none, "new"),
        Arguments.of(primary, List.of(2), none, "new"),
        Arguments.of(primary, List.of(1, 2), none, "new"),
        Arguments.of(primary, List.of(0), fault, "old"),
        Arguments.of(primary, List.of(0, 1, 2), fault, "old"));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aWriteThatSomeZonesRefuse(
      WritePolicy policy, List<Integer> refusing, Class<?> fails, String after) throws Exception {
    Told told = new Told();
    MultiAzOptions options = under(policy).listener(told);
    try (MultiAzBucket set = open(options)) {
      ObjectInfo old = write(set, "old");
      ThreeZones.until("all have the old", () -> held("key").equals(List.of("old", "old", "old")));
      for (int index : refusing) {
        zone(index).inject(Fault.inactiveBucket().onMethod("PUT").always());
      }
      CompletableFuture<ObjectInfo> written =
          set.write("key", body("new"), WriteOptions.defaults());
      if (fails == Void.class) {
        assertThat(await(written).version()).isNotEqualTo(old.version());
      } else {
        Throwable why = failure(written);
        assertThat(why).isInstanceOf(fails);
        for (int index : fails == OutcomeUnknownException.class ? refusing : List.<Integer>of()) {
          assertThat(why).hasMessageContaining(zone(index).id());
        }
      }
      server.clearFaults();
      ThreeZones.until("what is owed is paid", () -> set.stats().owedKeys() == 0);
      ThreeZones.until("all are alike", () -> held("key").stream().distinct().count() == 1);
      assertThat(held(0, "key")).isEqualTo(after);
      assertThat(read(set)).isEqualTo(after);
      assertThat(told.owed.get()).isEqualTo(told.paid.get());
    }
  }

  /** Counts what the listener is told. */
  private static final class Told implements MultiAzListener {
    private final AtomicInteger owed = new AtomicInteger();
    private final AtomicInteger paid = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final Queue<String> whyLost = new ConcurrentLinkedQueue<>();
    private final List<String> conflicts = new ArrayList<>();

    @Override
    public void onOwed(String key, String zone) {
      owed.incrementAndGet();
    }

    @Override
    public void onPaid(String key, String zone) {
      paid.incrementAndGet();
    }

    @Override
    public void onOwedLost(String key, String zone, String why) {
      whyLost.add(why);
      lost.incrementAndGet();
    }

    @Override
    public synchronized void onConflict(String key, List<String> zones) {
      conflicts.add(key + zones);
    }
  }

  @Test
  void aQuorumReaderFindsAPartialWriteAndFinishesIt() throws Exception {
    MultiAzOptions options = under(WritePolicy.quorum()).reads(ReadConsistency.quorum());
    try (MultiAzBucket writer = open(options.owedKeys(0));
        MultiAzBucket reader = again(options)) {
      write(writer, "old");
      ThreeZones.until("all have the old", () -> held("key").equals(List.of("old", "old", "old")));
      zone(1).inject(Fault.inactiveBucket().onMethod("PUT").always());
      zone(2).inject(Fault.inactiveBucket().onMethod("PUT").always());
      assertThat(failure(writer.write("key", body("new"), WriteOptions.defaults())))
          .isInstanceOf(OutcomeUnknownException.class);
      server.clearFaults();
      assertThat(held("key")).containsExactly("new", "old", "old");
      zone(2).stop();
      assertThat(read(reader)).as("it hears of zones 0 and 1").isEqualTo("new");
      assertThat(held(1, "key")).as("before it answers").isEqualTo("new");
      zone(2).start();
      zone(0).stop();
      assertThat(read(reader)).as("and no later read finds less").isEqualTo("new");
    }
  }

  @Test
  void aQuorumWriteSurvivesAnyZoneAndItsReaderToo() throws Exception {
    for (int lost = 0; lost < 3; lost++) {
      MultiAzOptions options = under(WritePolicy.quorum()).reads(ReadConsistency.quorum());
      try (MultiAzBucket set = open(options)) {
        write(set, "old");
        zone(lost).stop();
        write(set, "new");
        assertThat(read(set)).isEqualTo("new");
        await(set.delete("key"));
        assertThat(read(set)).isEqualTo("absent");
        zone(lost).start();
        assertThat(read(set)).as("zone %s missed the delete", lost).isEqualTo("absent");
        ThreeZones.until(
            "it is told", () -> held("key").equals(List.of("absent", "absent", "absent")));
      }
    }
  }

  @Test
  void aKeyWrittenAfterItsDeleteIsThere() throws Exception {
    MultiAzOptions options = under(WritePolicy.quorum()).reads(ReadConsistency.quorum());
    try (MultiAzBucket set = open(options)) {
      write(set, "old");
      await(set.delete("key"));
      zone(1).stop();
      write(set, "new");
      zone(1).start();
      assertThat(read(set)).isEqualTo("new");
      ThreeZones.until("all have it", () -> held("key").equals(List.of("new", "new", "new")));
    }
  }

  @Test
  void aPartialDeleteIsFinishedAndLeavesNothing() throws Exception {
    for (WritePolicy policy : List.of(WritePolicy.all(), WritePolicy.primary())) {
      try (MultiAzBucket set = open(under(policy))) {
        write(set, "old");
        ThreeZones.until("all have it", () -> held("key").equals(List.of("old", "old", "old")));
        zone(2).inject(Fault.inactiveBucket().onMethod("DELETE").times(4));
        CompletableFuture<Void> deleted = set.delete("key");
        if (policy == WritePolicy.all()) {
          assertThat(failure(deleted))
              .isInstanceOf(OutcomeUnknownException.class)
              .hasMessageContaining("usw2-az4");
        } else {
          await(deleted);
        }
        ThreeZones.until(
            "all deleted it", () -> held("key").equals(List.of("absent", "absent", "absent")));
        server.clearFaults();
      }
    }
  }

  @Test
  void onlyOneOfManyWritersCreatesTheKey() throws Exception {
    for (WritePolicy policy :
        List.of(WritePolicy.quorum(), WritePolicy.all(), WritePolicy.primary())) {
      try (MultiAzBucket one = open(under(policy));
          MultiAzBucket two = again(under(policy))) {
        for (int round = 0; round < 10; round++) {
          List<CompletableFuture<Boolean>> writers = new ArrayList<>();
          for (int i = 0; i < 6; i++) {
            MultiAzBucket set = i % 2 == 0 ? one : two;
            writers.add(
                set.write("key" + round, body("w" + i), WriteOptions.defaults().ifAbsent())
                    .handle((info, why) -> isDone(why)));
          }
          int done = 0;
          for (CompletableFuture<Boolean> writer : writers) {
            done += await(writer) ? 1 : 0;
          }
          assertThat(done).as("%s, round %s", policy, round).isEqualTo(1);
        }
      }
    }
  }

  /** A bucket whose questions or changes wait at its gate. */
  private static final class Gated extends ForwardingBucket {
    private final boolean isWrites;
    private final CompletableFuture<Void> gate;

    Gated(Bucket bucket, boolean isWrites, CompletableFuture<Void> gate) {
      super(bucket);
      this.isWrites = isWrites;
      this.gate = gate;
    }

    @Override
    public CompletableFuture<ObjectInfo> stat(String key) {
      return isWrites ? super.stat(key) : gate.thenCompose(open -> super.stat(key));
    }

    @Override
    public CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options) {
      return isWrites
          ? gate.thenCompose(open -> super.write(key, body, options))
          : super.write(key, body, options);
    }
  }

  /** Each of two zones let another writer make the key, because one was slow to be looked at. */
  @Test
  void whoeverDecidedOnlyOneCreatesTheKey() throws Exception {
    MultiAzOptions options = under(WritePolicy.quorum());
    CompletableFuture<Void> gate = new CompletableFuture<>();
    open(options).close();
    List<Bucket> slowToWrite = buckets();
    for (int i = 1; i < 3; i++) {
      slowToWrite.set(i, new Gated(slowToWrite.get(i), true, gate));
    }
    List<Bucket> slowToLook = buckets();
    slowToLook.set(0, new Gated(slowToLook.get(0), false, gate));
    try (MultiAzBucket one = MultiAzBucket.of(options, slowToWrite);
        MultiAzBucket two = MultiAzBucket.of(options, slowToLook)) {
      CompletableFuture<ObjectInfo> first =
          one.write("key", body("one"), WriteOptions.defaults().ifAbsent());
      ThreeZones.until("the first zone has it", () -> held(0, "key").equals("one"));
      ObjectInfo unused = await(two.write("key", body("two"), WriteOptions.defaults().ifAbsent()));
      gate.complete(null);
      assertThat(failure(first)).isInstanceOf(PreconditionFailedException.class);
      assertThat(read(two)).isEqualTo("two");
      ThreeZones.until("all have it", () -> held("key").equals(List.of("two", "two", "two")));
    }
  }

  private static boolean isDone(@org.jspecify.annotations.Nullable Throwable why) {
    if (why != null) {
      assertThat(Fleet.cause(why)).isInstanceOf(PreconditionFailedException.class);
    }
    return why == null;
  }

  /** None, under a quorum, where a slow zone made them ask different zones first. */
  @Test
  void ofManyWritersOverOneVersionOneWins() throws Exception {
    for (WritePolicy policy :
        List.of(WritePolicy.quorum(), WritePolicy.all(), WritePolicy.primary())) {
      try (MultiAzBucket one = open(under(policy));
          MultiAzBucket two = again(under(policy))) {
        ObjectInfo info = write(one, "0");
        for (int round = 0; round < 5; round++) {
          WriteOptions ifThis = WriteOptions.defaults().ifVersion(info.version());
          CompletableFuture<ObjectInfo> first = one.write("key", body("a"), ifThis);
          CompletableFuture<ObjectInfo> second = two.write("key", body("b"), ifThis);
          List<ObjectInfo> won = new ArrayList<>();
          for (CompletableFuture<ObjectInfo> each : List.of(first, second)) {
            if (each.handle((done, why) -> why == null)
                .get(30, java.util.concurrent.TimeUnit.SECONDS)) {
              won.add(each.join());
            }
          }
          assertThat(won).as("%s, round %s", policy, round).hasSizeLessThanOrEqualTo(1);
          if (won.isEmpty()) {
            assertThat(policy).as("round %s", round).isEqualTo(WritePolicy.quorum());
          }
          info = won.isEmpty() ? await(one.stat("key")) : won.get(0);
        }
      }
    }
  }

  @Test
  void aBodyThatLagsIsTheWritersAgainAtOnce() throws Exception {
    try (MultiAzBucket set = open(under(WritePolicy.quorum()))) {
      zone(2).inject(Fault.delay(java.time.Duration.ofMillis(300)).onMethod("PUT"));
      ByteBuffer body = ByteBuffer.allocate(100_000);
      Arrays.fill(body.array(), (byte) 'x');
      await(set.write("key", body, WriteOptions.defaults()));
      Arrays.fill(body.array(), (byte) 'y');
      ThreeZones.until("the third has it", () -> held(2, "key").length() == 100_000);
      assertThat(held(2, "key")).doesNotContain("y");
      ThreeZones.until("the copy is given back", () -> set.kit().memory().usedBytes() == 0);
    }
  }

  @Test
  void withoutMemoryForLaggingAWriteWaitsForAll() throws Exception {
    try (MultiAzBucket set = open(under(WritePolicy.quorum()).laggingBytes(0))) {
      zone(2).inject(Fault.delay(java.time.Duration.ofMillis(200)).onMethod("PUT"));
      write(set, "slow");
      assertThat(held("key")).containsExactly("slow", "slow", "slow");
    }
  }

  // What is owed.

  @Test
  void theBacklogIsBoundedAndSaysSo() throws Exception {
    Told told = new Told();
    try (MultiAzBucket set = open(under(WritePolicy.quorum()).owedKeys(2).listener(told))) {
      zone(2).stop();
      for (int i = 0; i < 5; i++) {
        await(set.write("key" + i, body("x"), WriteOptions.defaults()));
      }
      ThreeZones.until("three are lost", () -> told.lost.get() == 3);
      assertThat(told.whyLost).allMatch(why -> why.contains("as many keys as may be remembered"));
      assertThat(set.stats().owedKeys()).isEqualTo(2);
      assertThat(set.stats().owedLost()).isEqualTo(3);
      assertThat(set.zones().get(2).owedKeys()).isEqualTo(2);
      zone(2).start();
      ThreeZones.until("two are paid", () -> set.stats().paidKeys() == 2);
      assertThat(set.stats().owedKeys()).isZero();
      Repair.Report report = await(Repair.of(set).heal());
      assertThat(report.healed()).isEqualTo(3);
      assertThat(held(2, "key4")).isEqualTo("x");
    }
  }

  /** A zone that refuses the key for a reason of its own is asked for it a few times, then told. */
  @Test
  void whatCannotBeBroughtIsTold() throws Exception {
    Told told = new Told();
    try (MultiAzBucket set = open(under(WritePolicy.quorum()).listener(told))) {
      zone(2).inject(Fault.accessDenied().onMethod("PUT").onKey("key").always());
      write(set, "new");
      ThreeZones.until("it is given up", () -> told.lost.get() == 1);
      assertThat(told.whyLost).singleElement().asString().contains("AccessDenied");
      assertThat(told.whyLost).noneMatch(why -> why.contains(server.secretAccessKey()));
    }
  }

  @Test
  void whatOthersWroteIsLeftAloneWhenNobodyCanTellWhichIsNewer() throws Exception {
    Told told = new Told();
    MultiAzOptions options =
        under(WritePolicy.quorum()).reads(ReadConsistency.quorum()).listener(told);
    try (MultiAzBucket set = open(options)) {
      zone(0).putObject(names.get(0), "key", new byte[1]);
      zone(1).putObject(names.get(1), "key", new byte[2]);
      zone(2).putObject(names.get(2), "key", new byte[3]);
      assertThat(read(set)).hasSizeBetween(1, 2);
      assertThat(told.conflicts).isNotEmpty();
      Repair.Report report = await(Repair.of(set).heal());
      assertThat(report.conflicts()).isEqualTo(1);
      assertThat(report.healed()).isZero();
      assertThat(held(0, "key")).hasSize(1);
      assertThat(held(2, "key")).hasSize(3);
    }
  }

  /** They are not compared, but whoever asks for one of them gets no other. */
  @Test
  void aQuorumReadOfWhatOthersWroteGivesTheVersionThatWasAskedFor() throws Exception {
    MultiAzOptions options = under(WritePolicy.quorum()).reads(ReadConsistency.quorum());
    try (MultiAzBucket set = open(options)) {
      zone(0).putObject(names.get(0), "key", new byte[] {1, 1});
      zone(1).putObject(names.get(1), "key", new byte[] {2, 2});
      zone(2).stop();
      for (int i = 0; i < 2; i++) {
        Replica replica = set.kit().replicas().get(i);
        ObjectVersion version = replica.naming().version(await(replica.bucket().stat("key")));
        ReadRequest request = ReadRequest.of("key", ByteRange.all()).ifVersion(version);
        try (Slice slice = await(set.read(request))) {
          assertThat(slice.info().version()).isEqualTo(version);
          assertThat(slice.toByteArray()).containsOnly(i + 1);
        }
      }
    }
  }

  // Appends, renames and uploads.

  @Test
  void quorumWritesSayWhatToDoInsteadOfAppending() throws Exception {
    try (MultiAzBucket set = open(under(WritePolicy.quorum()))) {
      assertThat(failure(set.append("key", 0, body("x"))))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("write the whole object")
          .hasMessageContaining("WritePolicy.primary()");
      assertThat(failure(set.rename("a", "b", RenameOptions.defaults())))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("copy and delete");
    }
  }

  @Test
  void anAppendThatAReplicaMissesIsBroughtToIt() throws Exception {
    for (WritePolicy policy : List.of(WritePolicy.all(), WritePolicy.primary())) {
      try (MultiAzBucket set = open(under(policy))) {
        ObjectInfo first = write(set, "one");
        ThreeZones.until("all have it", () -> held("key").equals(List.of("one", "one", "one")));
        zone(1).inject(Fault.inactiveBucket().onMethod("PUT").times(3));
        CompletableFuture<ObjectInfo> appended = set.append("key", 3, body("two"));
        if (policy == WritePolicy.all()) {
          assertThat(failure(appended)).isInstanceOf(OutcomeUnknownException.class);
        } else {
          assertThat(await(appended).version()).isNotEqualTo(first.version());
        }
        ThreeZones.until(
            "all have both", () -> held("key").equals(List.of("onetwo", "onetwo", "onetwo")));
        server.clearFaults();
      }
    }
  }

  @Test
  void anAppendThatThePrimaryRefusesChangesNothing() throws Exception {
    try (MultiAzBucket set = open(under(WritePolicy.all()))) {
      write(set, "one");
      assertThat(failure(set.append("key", 1, body("x"))))
          .isInstanceOf(PreconditionFailedException.class);
      assertThat(held("key")).containsExactly("one", "one", "one");
      assertThat(set.stats().owedKeys()).isZero();
    }
  }

  @Test
  void anUploadGoesOnWithoutALostZone() throws Exception {
    byte[] content = ThreeZones.content(12_000_000, 1);
    UploadOptions options = UploadOptions.defaults().partSize(5 << 20).partsInFlight(2);
    try (MultiAzBucket set = open(under(WritePolicy.quorum()))) {
      try (FanOutUpload upload = (FanOutUpload) set.upload("key", options)) {
        await(upload.write(ByteBuffer.wrap(content, 0, 6_000_000)));
        zone(1).stop();
        await(upload.write(ByteBuffer.wrap(content, 6_000_000, 6_000_000)));
        assertThat(await(upload.complete()).size()).isEqualTo(content.length);
        assertThat(upload.mostBytes()).isLessThanOrEqualTo((2L * (5 << 20)) + (1 << 20));
      }
      assertThat(zone(0).bytes(names.get(0), "key")).isEqualTo(content);
      assertThat(zone(2).bytes(names.get(2), "key")).isEqualTo(content);
      zone(1).start();
      ThreeZones.until("it is brought", () -> held(1, "key").length() == content.length);
      assertThat(zone(1).bytes(names.get(1), "key")).isEqualTo(content);
    }
  }

  @Test
  void anUploadFailsUnderAllWhenAZoneDoesAndLeavesNothing() throws Exception {
    UploadOptions options = UploadOptions.defaults().partSize(5 << 20);
    try (MultiAzBucket set = open(under(WritePolicy.all()))) {
      zone(2).inject(Fault.inactiveBucket().onMethod("PUT").always());
      try (Upload upload = set.upload("key", options)) {
        ByteBuffer bytes = ByteBuffer.wrap(ThreeZones.content(11_000_000, 2));
        CompletableFuture<Void> taken = upload.write(bytes);
        ThreeZones.until("it failed", () -> isFailed(upload));
        assertThat(taken).isDone();
        assertThat(failure(upload.complete())).isInstanceOf(ExpressException.class);
      }
      server.clearFaults();
      assertThat(held("key")).containsExactly("absent", "absent", "absent");
    }
  }

  /** What would begin after it would stay, parts and all, where the process ends meanwhile. */
  @Test
  void anUploadThatIsClosedBeginsNowhereAnyMore() throws Exception {
    CompletableFuture<Void> gate = new CompletableFuture<>();
    open(under(WritePolicy.quorum())).close();
    List<Bucket> late = buckets();
    Queue<CompletableFuture<ObjectInfo>> looks = new ConcurrentLinkedQueue<>();
    AtomicInteger begun = new AtomicInteger();
    late.set(
        2,
        new ForwardingBucket(late.get(2)) {
          @Override
          public CompletableFuture<ObjectInfo> stat(String key) {
            CompletableFuture<ObjectInfo> look = super.stat(key);
            looks.add(look);
            return gate.thenCompose(open -> look);
          }

          @Override
          public Upload upload(String key, UploadOptions options) {
            begun.incrementAndGet();
            return super.upload(key, options);
          }
        });
    try (MultiAzBucket set = MultiAzBucket.of(under(WritePolicy.quorum()), late)) {
      Upload upload = set.upload("key", UploadOptions.defaults().partSize(5 << 20));
      await(upload.write(ByteBuffer.allocateDirect(6 << 20)));
      upload.close();
      ThreeZones.until("it was looked", () -> looks.stream().allMatch(CompletableFuture::isDone));
      gate.complete(null);
      assertThat(begun).hasValue(0);
      assertThat(held("key")).containsOnly("absent");
    }
  }

  private static boolean isFailed(Upload upload) {
    return upload.write(ByteBuffer.allocate(0)).handle((done, why) -> why != null).join();
  }

  @Test
  void reservedKeysAndMetadataAreRefused() throws Exception {
    try (MultiAzBucket set = open(under(WritePolicy.quorum()))) {
      assertThatThrownBy(() -> set.write(".expressway/x", body("x"), WriteOptions.defaults()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(".expressway/");
      WriteOptions ours =
          WriteOptions.defaults().metadata(java.util.Map.of(Stamp.METADATA, "mine"));
      assertThatThrownBy(() -> set.write("key", body("x"), ours))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Stamp.METADATA);
    }
  }
}
