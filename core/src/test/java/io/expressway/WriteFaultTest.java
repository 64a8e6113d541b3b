package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.Fault;
import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of changes whose answers are lost, late or wrong. */
final class WriteFaultTest {
  private static final int ROUNDS = 1000;
  private static ZonalServer server;
  private static String name;
  private ExpressBucket bucket;

  @BeforeAll
  static void start() {
    server = ZonalServer.builder().zones("usw2-az1").start();
    name = zone().createBucket("writes");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Zone zone() {
    return server.zone("usw2-az1");
  }

  @BeforeEach
  void openBucket() throws Exception {
    bucket = open(Duration.ofMillis(500));
    for (ObjectInfo left : BucketListing.of(bucket)) {
      await(bucket.delete(left.key()));
    }
    zone().clearRequests();
  }

  private static ExpressBucket open(Duration firstByte) {
    return ExpressBucket.open(
        name,
        Credentials.of(server.accessKeyId(), server.secretAccessKey()),
        ExpressOptions.defaults().endpoint(zone().endpoint()).firstByteTimeout(firstByte));
  }

  @AfterEach
  void close() {
    zone().clearFaults();
    bucket.close();
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static <E extends Throwable> E failure(Class<E> type, CompletableFuture<?> future)
      throws Exception {
    try {
      throw new AssertionError("succeeded with " + await(future));
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(type);
      return type.cast(Objects.requireNonNull(e.getCause()));
    }
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertStored(String key, String expected) {
    assertThat(new String(zone().bytes(name, key), StandardCharsets.UTF_8)).isEqualTo(expected);
  }

  private static long sent(String operation) {
    return zone().requests().stream()
        .filter(request -> request.operation().equals(operation))
        .count();
  }

  /** Answers that leave open whether the request took effect. */
  static Stream<Fault> silences() {
    return Stream.of(
        Fault.resetBeforeHead(),
        Fault.stallBeforeHead(),
        Fault.blackHole(),
        Fault.internalError(),
        Fault.status(502, "BadGateway", "no"));
  }

  // Conditional writes and deletes.

  @ParameterizedTest
  @MethodSource("silences")
  void aConditionalWriteWithoutAnswerIsUnknownAndNotRepeated(Fault silence) throws Exception {
    zone().inject(silence.on("PutObject"));
    OutcomeUnknownException unknown =
        failure(
            OutcomeUnknownException.class,
            bucket.write("key", text("mine"), WriteOptions.defaults().ifAbsent()));
    assertThat(unknown)
        .hasMessageContaining("look before sending it again")
        .hasMessageContaining("key");
    assertThat(unknown.isZoneFault()).isFalse();
    assertThat(sent("PutObject")).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("silences")
  void aConditionalDeleteWithoutAnswerIsUnknownAndNotRepeated(Fault silence) throws Exception {
    ObjectInfo stored = await(bucket.write("key", text("x"), WriteOptions.defaults()));
    zone().inject(silence.on("DeleteObject"));
    failure(OutcomeUnknownException.class, bucket.delete("key", stored.version()));
    assertThat(sent("DeleteObject")).isEqualTo(1);
  }

  @Test
  void aConditionalWriteIsRepeatedWhenItWasNotTaken() throws Exception {
    for (Fault refusal :
        List.of(
            Fault.slowDown(),
            Fault.inactiveBucket(),
            Fault.status(400, "RequestTimeout", "idle"))) {
      zone().inject(refusal.on("PutObject"));
      String key = "after" + sent("PutObject");
      await(bucket.write(key, text("mine"), WriteOptions.defaults().ifAbsent()));
      assertStored(key, "mine");
    }
    assertThat(sent("PutObject")).isEqualTo(6);
  }

  @ParameterizedTest
  @MethodSource("silences")
  void aPlainWriteWithoutAnswerIsRepeated(Fault silence) throws Exception {
    zone().inject(silence.on("PutObject"));
    await(bucket.write("key", text("mine"), WriteOptions.defaults()));
    assertStored("key", "mine");
    assertThat(sent("PutObject")).isEqualTo(2);
  }

  @Test
  void ofTwoWritersOfAFreeKeyExactlyOneWins() throws Exception {
    try (ExpressBucket first = open(Duration.ofSeconds(5));
        ExpressBucket second = open(Duration.ofSeconds(5))) {
      for (int round = 0; round < ROUNDS; round++) {
        String key = "round" + round;
        WriteOptions ifAbsent = WriteOptions.defaults().ifAbsent();
        CompletableFuture<ObjectInfo> one = first.write(key, text("one"), ifAbsent);
        CompletableFuture<ObjectInfo> two = second.write(key, text("two"), ifAbsent);
        boolean firstWins = wins(one);
        assertThat(wins(two)).as("round %d", round).isNotEqualTo(firstWins);
        assertStored(key, firstWins ? "one" : "two");
      }
    }
  }

  /** True for a success, false for a lost race; anything else fails. */
  private static boolean wins(CompletableFuture<ObjectInfo> write) throws Exception {
    try {
      await(write);
      return true;
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(PreconditionFailedException.class);
      return false;
    }
  }

  // Appends.

  @ParameterizedTest
  @MethodSource("silences")
  void anAppendWithoutAnswerHappensOnce(Fault silence) throws Exception {
    await(bucket.append("log", 0, text("one,")));
    zone().inject(silence.on("PutObject"));
    ObjectInfo longer = await(bucket.append("log", 4, text("two,")));
    assertThat(longer.size()).isEqualTo(8);
    await(bucket.append("log", 8, text("three,")));
    assertStored("log", "one,two,three,");
  }

  @ParameterizedTest
  @MethodSource("silences")
  void theFirstAppendWithoutAnswerHappensOnce(Fault silence) throws Exception {
    zone().inject(silence.on("PutObject"));
    assertThat(await(bucket.append("log", 0, text("one,"))).size()).isEqualTo(4);
    assertStored("log", "one,");
  }

  @Test
  void anAppendIsToldWhenAnotherWroteInItsPlace() throws Exception {
    await(bucket.append("log", 0, text("one,")));
    zone().inject(Fault.blackHole().on("PutObject"));
    CompletableFuture<ObjectInfo> mine = bucket.append("log", 4, text("mine,"));
    try (ExpressBucket other = open(Duration.ofSeconds(2))) {
      while (zone().requests().size() < 2) {
        Thread.onSpinWait();
      }
      await(other.append("log", 4, text("others,")));
    }
    assertThat(failure(PreconditionFailedException.class, mine))
        .hasMessageContaining("another writer made the object 11 bytes long")
        .hasCauseInstanceOf(OutcomeUnknownException.class);
    assertStored("log", "one,others,");
  }

  @Test
  void anAppendWhoseObjectCannotBeLookedAtIsUnknown() throws Exception {
    await(bucket.append("log", 0, text("one,")));
    zone().inject(Fault.resetBeforeHead().on("PutObject"));
    zone().inject(Fault.accessDenied().on("HeadObject"));
    failure(OutcomeUnknownException.class, bucket.append("log", 4, text("two,")));
  }

  @Test
  void anAppendKeepsItsWordsForTheService() throws Exception {
    zone().inject(Fault.status(400, "TooManyParts", "too many").on("PutObject"));
    InvalidRequestException full =
        failure(InvalidRequestException.class, bucket.append("log", 0, text("x")));
    assertThat(full.site().errorCode()).isEqualTo("TooManyParts");
  }

  // Renames and copies.

  @ParameterizedTest
  @MethodSource("silences")
  void aRenameWithoutAnswerIsRepeatedAndHappensOnce(Fault silence) throws Exception {
    await(bucket.write("draft", text("x"), WriteOptions.defaults()));
    zone().inject(silence.on("RenameObject"));
    await(bucket.rename("draft", "final", RenameOptions.defaults().ifAbsent()));
    assertStored("final", "x");
    assertThat(sent("RenameObject")).isEqualTo(2);
  }

  @Test
  void aCopyThatFailsBehindItsHeadIsRepeated() throws Exception {
    await(bucket.write("a", text("x"), WriteOptions.defaults()));
    zone().inject(Fault.errorInBody().on("CopyObject"));
    await(bucket.copy(CopyRequest.of("a", "b")));
    assertStored("b", "x");
    assertThat(sent("CopyObject")).isEqualTo(2);
  }

  @Test
  void aConditionalCopyThatFailsBehindItsHeadIsUnknown() throws Exception {
    await(bucket.write("a", text("x"), WriteOptions.defaults()));
    zone().inject(Fault.errorInBody().on("CopyObject"));
    failure(
        OutcomeUnknownException.class,
        bucket.copy(CopyRequest.of("a", "b").storedWith(WriteOptions.defaults().ifAbsent())));
    assertThat(sent("CopyObject")).isEqualTo(1);
  }

  // Checksums, and many keys.

  @Test
  void aWriteWithAnotherChecksumThanSentIsNotBelieved() throws Exception {
    zone().inject(Fault.wrongChecksum().on("PutObject"));
    await(bucket.write("key", text("mine"), WriteOptions.defaults()));
    assertThat(sent("PutObject")).isEqualTo(2);
    zone().inject(Fault.wrongChecksum().on("PutObject"));
    failure(
        OutcomeUnknownException.class,
        bucket.write("other", text("mine"), WriteOptions.defaults().ifAbsent()));
  }

  @Test
  void deletingManyKeysIsRepeatedAsAWhole() throws Exception {
    await(bucket.write("a", text("x"), WriteOptions.defaults()));
    zone().inject(Fault.resetBeforeHead().on("DeleteObjects"));
    for (CompletableFuture<Void> outcome : bucket.deleteAll(List.of("a", "b"))) {
      await(outcome);
    }
    failure(ObjectNotFoundException.class, bucket.stat("a"));
    zone().inject(Fault.accessDenied().on("DeleteObjects"));
    for (CompletableFuture<Void> outcome : bucket.deleteAll(List.of("a", "b"))) {
      failure(AccessDeniedException.class, outcome);
    }
  }
}
