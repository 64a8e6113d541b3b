package io.expressway.multiaz;

import static io.expressway.multiaz.ThreeZones.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import io.expressway.ZoneUnavailableException;
import io.expressway.testkit.Fault;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of docs/multi-az.md where there are two zones: more than half of two is both. */
final class TwoZonesTest {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static ZonalServer server;
  private final List<String> names = new ArrayList<>();

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1", "usw2-az3").start();
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
    String base = "two-" + BUCKETS.incrementAndGet();
    names.clear();
    server.zones().forEach(zone -> names.add(zone.createBucket(base)));
    return again(options);
  }

  /** Another set over the same buckets. */
  private MultiAzBucket again(MultiAzOptions options) {
    List<Bucket> buckets = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      buckets.add(
          ExpressBucket.open(
              names.get(i),
              Credentials.of(server.accessKeyId(), server.secretAccessKey()),
              ExpressOptions.defaults().endpoint(zone(i).hostEndpoint()).retries(1)));
    }
    return MultiAzBucket.of(options, buckets);
  }

  private static MultiAzOptions under(WritePolicy policy) {
    return MultiAzOptions.defaults().writes(policy);
  }

  private static CompletableFuture<ObjectInfo> write(
      MultiAzBucket set, String text, WriteOptions how) {
    return set.write("key", ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), how);
  }

  private static CompletableFuture<ObjectInfo> write(MultiAzBucket set, String text) {
    return write(set, text, WriteOptions.defaults());
  }

  private static String read(MultiAzBucket set) throws Exception {
    try (Slice slice = await(set.read("key", ByteRange.all()))) {
      return new String(slice.toByteArray(), StandardCharsets.US_ASCII);
    } catch (ObjectNotFoundException absent) {
      return "absent";
    }
  }

  /** What each zone holds, without a request. */
  private List<String> held() {
    return List.of(held(0), held(1));
  }

  private String held(int index) {
    try {
      return new String(zone(index).bytes(names.get(index), "key"), StandardCharsets.US_ASCII);
    } catch (RuntimeException absent) {
      return "absent";
    }
  }

  private void awaitHeld(String text) {
    ThreeZones.until("both hold " + text, () -> held().equals(List.of(text, text)));
  }

  private static Optional<Throwable> failure(CompletableFuture<?> future) {
    return future.handle((value, why) -> Optional.ofNullable(Fleet.cause(why))).join();
  }

  static Stream<WritePolicy> policies() {
    return Stream.of(WritePolicy.all(), WritePolicy.quorum(), WritePolicy.primary());
  }

  // What becomes of a partial write.

  static Stream<Arguments> writes() {
    WritePolicy primary = WritePolicy.primary();
    Class<?> none = Void.class;
    Class<?> unknown = OutcomeUnknownException.class;
    Class<?> fault = ZoneUnavailableException.class;
    Stream<Arguments> both =
        Stream.of(WritePolicy.all(), WritePolicy.quorum())
            .flatMap(
                policy ->
                    Stream.of(
                        Arguments.of(policy, List.of(), none, "new"),
                        Arguments.of(policy, List.of(1), unknown, "new"),
                        Arguments.of(policy, List.of(0), unknown, "new"),
                        Arguments.of(policy, List.of(0, 1), fault, "old")));
    return Stream.concat(
        both,
        Stream.of(
            Arguments.of(primary, List.of(), none, "new"),
            Arguments.of(primary, List.of(1), none, "new"),
            Arguments.of(primary, List.of(0), fault, "old"),
            Arguments.of(primary, List.of(0, 1), fault, "old")));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aWriteThatSomeZonesRefuse(
      WritePolicy policy, List<Integer> refusing, Class<?> fails, String after) throws Exception {
    try (MultiAzBucket set = open(under(policy))) {
      ObjectInfo old = await(write(set, "old"));
      awaitHeld("old");
      for (int index : refusing) {
        zone(index).inject(Fault.inactiveBucket().onMethod("PUT").always());
      }
      CompletableFuture<ObjectInfo> written = write(set, "new");
      if (fails == Void.class) {
        assertThat(await(written).version()).isNotEqualTo(old.version());
      } else {
        Throwable why = failure(written).orElseThrow();
        assertThat(why).isInstanceOf(fails);
        if (why instanceof OutcomeUnknownException) {
          assertThat(why).hasMessageContaining(zone(refusing.get(0)).id());
        }
      }
      server.clearFaults();
      awaitHeld(after);
      ThreeZones.until("what is owed is paid", () -> set.stats().owedKeys() == 0);
      assertThat(read(set)).isEqualTo(after);
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void aPartialDeleteIsFinished(WritePolicy policy) throws Exception {
    try (MultiAzBucket set = open(under(policy))) {
      ObjectInfo unused = await(write(set, "old"));
      awaitHeld("old");
      zone(1).inject(Fault.inactiveBucket().onMethod("DELETE").times(4));
      Optional<Throwable> why = failure(set.delete("key"));
      if (policy == WritePolicy.primary()) {
        assertThat(why).isEmpty();
      } else {
        assertThat(why.orElseThrow())
            .isInstanceOf(OutcomeUnknownException.class)
            .hasMessageContaining(zone(1).id());
      }
      awaitHeld("absent");
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void oneOfTwoWritersCreatesTheKey(WritePolicy policy) throws Exception {
    for (int round = 0; round < 10; round++) {
      try (MultiAzBucket one = open(under(policy));
          MultiAzBucket two = again(under(policy))) {
        WriteOptions ifAbsent = WriteOptions.defaults().ifAbsent();
        List<CompletableFuture<ObjectInfo>> writers =
            List.of(write(one, "one", ifAbsent), write(two, "two", ifAbsent));
        int done = 0;
        for (CompletableFuture<ObjectInfo> writer : writers) {
          Optional<Throwable> why = failure(writer);
          done += why.isEmpty() ? 1 : 0;
          why.ifPresent(known -> assertThat(known).isInstanceOf(PreconditionFailedException.class));
        }
        assertThat(done).as("%s, round %s", policy, round).isEqualTo(1);
      }
    }
  }

  // While a zone is lost.

  static Stream<Arguments> losses() {
    return policies().flatMap(each -> Stream.of(Arguments.of(each, 0), Arguments.of(each, 1)));
  }

  /** Reads go on whichever it is; writes do under primary(), unless it is the primary. */
  @ParameterizedTest
  @MethodSource("losses")
  void aZoneIsLost(WritePolicy policy, int lost) throws Exception {
    try (MultiAzBucket set = open(under(policy))) {
      ObjectInfo unused = await(write(set, "old"));
      awaitHeld("old");
      zone(lost).stop();
      assertThat(read(set)).isEqualTo("old");
      boolean goesOn = policy == WritePolicy.primary() && lost == 1;
      Optional<Throwable> why = failure(write(set, "new"));
      assertThat(why.isEmpty()).as("a write, %s", why).isEqualTo(goesOn);
      assertThat(read(set)).isIn("old", "new");
      zone(lost).start();
      ThreeZones.until("what is owed is paid", () -> set.stats().owedKeys() == 0);
      ThreeZones.until("both are alike", () -> held(0).equals(held(1)));
      if (goesOn) {
        assertThat(held(0)).isEqualTo("new");
      }
    }
  }

  /** A quorum read hears both, or the primary. */
  @ParameterizedTest
  @MethodSource("losses")
  void aQuorumReadNeedsBothOrThePrimary(WritePolicy policy, int lost) throws Exception {
    try (MultiAzBucket set = open(under(policy).reads(ReadConsistency.quorum()))) {
      ObjectInfo unused = await(write(set, "old"));
      awaitHeld("old");
      zone(lost).stop();
      Optional<Throwable> why = failure(set.stat("key"));
      boolean goesOn = policy == WritePolicy.primary() && lost == 1;
      assertThat(why.isEmpty()).as("%s", why).isEqualTo(goesOn);
    }
  }
}
