package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.RawClient.Answer;
import io.expressway.testkit.RawClient.End;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a client without mercy sees on the socket when a fault strikes. */
@ExtendWith(ZonalServerExtension.class)
class FaultTest {
  private static final String KEY = "some.bin";
  private static final String CONTENT = "0123456789".repeat(2_000);
  private static final String ERROR_TYPE = "application/xml";

  private final ZonalServer server;
  private final Zone zone;

  FaultTest(ZonalServer server) {
    this.server = server;
    this.zone = server.zone("usw2-az1");
  }

  @BeforeEach
  void store() {
    zone.putObject(zone.bucket(), KEY, CONTENT.getBytes(StandardCharsets.ISO_8859_1));
  }

  private RawClient connect() throws IOException {
    return RawClient.connect(server, zone);
  }

  private Answer answerToGet(String... headers) throws IOException {
    try (RawClient client = connect()) {
      return client.get(KEY, headers).read();
    }
  }

  private void assertServedAgain() throws IOException {
    assertThat(answerToGet().body()).isEqualTo(CONTENT);
  }

  /** A later request on the same loop is answered: what was due before it has happened. */
  private void assertNothingArrives(RawClient silent) throws IOException {
    assertServedAgain();
    assertThat(silent.available()).isZero();
  }

  // ---- connections ----

  @Test
  void refusedConnectionIsResetAtOnceAndTheNextOneServed() throws Exception {
    zone.inject(Fault.refuseConnection());
    RoundTrips before = zone.roundTrips();
    try (RawClient client = connect()) {
      assertThat(client.end()).isEqualTo(End.RST);
    }
    assertThat(zone.roundTrips().since(before).connectionsAccepted()).isEqualTo(1);
    assertServedAgain();
  }

  @Test
  void ignoredConnectionStaysOpenAndIsNeverRead() throws Exception {
    zone.inject(Fault.ignoreConnection());
    RoundTrips before = zone.roundTrips();
    try (RawClient client = connect()) {
      client.get(KEY);
      assertNothingArrives(client);
      assertThat(zone.roundTrips().since(before).total()).isEqualTo(1);
      zone.dropConnections();
      assertThat(client.end()).isIn(End.RST, End.FIN);
    }
  }

  // ---- the answer is cut ----

  @Test
  void resetBeforeTheHeadComesAfterTheRequestTookEffect() throws Exception {
    zone.inject(Fault.resetBeforeHead());
    try (RawClient client = connect()) {
      client.send("PUT", "new", "abc".getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.end()).isEqualTo(End.RST);
    }
    assertThat(zone.bytes(zone.bucket(), "new")).containsExactly('a', 'b', 'c');
    assertThat(zone.requests().get(0).status()).isZero();
  }

  @Test
  void resetAfterTheHeadSendsAllOfTheHead() throws Exception {
    zone.inject(Fault.resetAfterHead());
    try (RawClient client = connect()) {
      Answer answer = client.get(KEY).readToEnd();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-length")).isEqualTo("20000");
      assertThat(answer.body()).isEmpty();
      assertThat(answer.end()).isEqualTo(End.RST);
    }
    assertServedAgain();
  }

  @Test
  void resetAfterBytesSendsThatManyOfTheBody() throws Exception {
    for (int bytes : new int[] {1, 9_999, 19_999, 20_000}) {
      zone.inject(Fault.resetAfter(bytes));
      try (RawClient client = connect()) {
        Answer answer = client.get(KEY).readToEnd();
        assertThat(answer.header("content-length")).isEqualTo("20000");
        assertThat(answer.body()).isEqualTo(CONTENT.substring(0, bytes));
        assertThat(answer.end()).isEqualTo(End.RST);
      }
    }
  }

  @Test
  void truncatedBodyEndsInOrderWhereItWasCut() throws Exception {
    for (int bytes : new int[] {0, 1, 17_000, 19_999}) {
      zone.inject(Fault.truncateAt(bytes));
      try (RawClient client = connect()) {
        Answer answer = client.get(KEY).readToEnd();
        assertThat(answer.header("content-length")).isEqualTo("20000");
        assertThat(answer.body()).isEqualTo(CONTENT.substring(0, bytes));
        assertThat(answer.end()).isEqualTo(End.FIN);
      }
    }
  }

  @Test
  void cutBeyondTheBodyComesAfterAllOfIt() throws Exception {
    zone.inject(Fault.truncateAt(1L << 40));
    try (RawClient client = connect()) {
      Answer answer = client.get(KEY).readToEnd();
      assertThat(answer.body()).isEqualTo(CONTENT);
      assertThat(answer.end()).isEqualTo(End.FIN);
    }
  }

  // ---- the answer is slow ----

  @Test
  void trickleSendsTheHeadFirstAndThenWaitsForTheInterval() throws Exception {
    zone.inject(Fault.trickle(5, Duration.ofHours(1)));
    try (RawClient client = connect()) {
      assertThat(client.get(KEY).readHead().header("content-length")).isEqualTo("20000");
      assertNothingArrives(client);
    }
  }

  @Test
  void trickleBringsTheWholeBodyAndKeepsTheConnection() throws Exception {
    zone.inject(Fault.trickle(1_999, Duration.ofNanos(500_000)));
    try (RawClient client = connect()) {
      assertThat(client.get(KEY).read().body()).isEqualTo(CONTENT);
      assertThat(client.get(KEY).read().body()).isEqualTo(CONTENT);
    }
  }

  @Test
  void trickleWithoutAnIntervalIsOnlyManySmallPieces() throws Exception {
    zone.inject(Fault.trickle(1, Duration.ZERO));
    assertServedAgain();
  }

  @Test
  void stallBeforeTheHeadCarriesOutAndStaysSilent() throws Exception {
    zone.inject(Fault.stallBeforeHead().on("PutObject"));
    try (RawClient client = connect()) {
      client.send("PUT", "stalled", new byte[] {1});
      assertNothingArrives(client);
      assertThat(zone.bytes(zone.bucket(), "stalled")).containsExactly(1);
      zone.dropConnections();
      assertThat(client.end()).isEqualTo(End.FIN);
    }
  }

  @Test
  void stallAfterBytesSendsThatManyAndStaysOpen() throws Exception {
    zone.inject(Fault.stallAfter(18_000));
    try (RawClient client = connect()) {
      assertThat(client.get(KEY).readHead().header("content-length")).isEqualTo("20000");
      assertThat(client.bytes(18_000)).isEqualTo(CONTENT.substring(0, 18_000));
      assertNothingArrives(client);
      zone.dropConnections();
      assertThat(client.end()).isEqualTo(End.FIN);
    }
  }

  @Test
  void blackHoleSwallowsTheRequestWithoutEffect() throws Exception {
    zone.inject(Fault.blackHole().on("PutObject"));
    try (RawClient client = connect()) {
      client.send("PUT", "swallowed", new byte[] {1});
      assertNothingArrives(client);
    }
    try (RawClient client = connect()) {
      assertThat(client.get("swallowed").read().status()).isEqualTo(404);
    }
    assertThat(zone.requests().get(0).status()).isZero();
  }

  @Test
  void delayedAnswerLetsOthersPassAndIsRecorded() throws Exception {
    zone.inject(Fault.delay(Duration.ofHours(1)));
    try (RawClient client = connect()) {
      client.get(KEY);
      assertNothingArrives(client);
    }
    assertThat(zone.requests()).hasSize(2);
    assertThat(zone.requests().get(0).injectedDelay()).isEqualTo(Duration.ofHours(1));
    assertThat(zone.requests().get(1).injectedDelay()).isZero();
  }

  @Test
  void delayedAnswerComesInFullAndPipelinedRequestsKeepTheirOrder() throws Exception {
    zone.inject(Fault.delay(Duration.ofMillis(3)));
    try (RawClient client = connect()) {
      client.get(KEY).get("nothing-here").get(KEY);
      assertThat(client.read().body()).isEqualTo(CONTENT);
      assertThat(client.read().status()).isEqualTo(404);
      assertThat(client.read().body()).isEqualTo(CONTENT);
    }
  }

  // ---- the answer is an error ----

  @Test
  void errorsHaveTheirStatusAndCodeAndNoEffect() throws Exception {
    assertRefused(Fault.internalError(), 500, "InternalError");
    assertRefused(Fault.slowDown(), 503, "SlowDown");
    assertRefused(Fault.inactiveBucket(), 503, "ServiceUnavailable");
    assertRefused(Fault.expiredSession(), 400, "ExpiredToken");
    assertRefused(Fault.accessDenied(), 403, "AccessDenied");
    assertRefused(Fault.status(507, "Full", "No room for <you> & me"), 507, "Full");
  }

  private void assertRefused(Fault fault, int status, String code) throws IOException {
    zone.inject(fault);
    try (RawClient client = connect()) {
      Answer answer = client.send("PUT", KEY, new byte[] {1}).read();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("content-type")).isEqualTo(ERROR_TYPE);
      assertThat(answer.body())
          .contains("<Code>" + code + "</Code>")
          .contains("<RequestId>" + answer.header("x-amz-request-id") + "</RequestId>");
      assertThat(client.get(KEY).read().body()).isEqualTo(CONTENT);
    }
  }

  @Test
  void errorMessageIsEscaped() throws Exception {
    zone.inject(Fault.status(400, "Odd", "No room for <you> & me"));
    assertThat(answerToGet().body())
        .contains("<Message>No room for &lt;you&gt; &amp; me</Message>");
  }

  @Test
  void errorToAHeadHasNoBody() throws Exception {
    zone.inject(Fault.slowDown());
    try (RawClient client = connect()) {
      assertThat(client.send("HEAD", KEY, new byte[0]).readHead().status()).isEqualTo(503);
      assertThat(client.get(KEY).read().body()).isEqualTo(CONTENT);
    }
  }

  @Test
  void errorInTheBodyHasStatus200AndNoEffect() throws Exception {
    zone.inject(Fault.errorInBody());
    try (RawClient client = connect()) {
      Answer answer = client.send("PUT", KEY, new byte[] {1}).read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).contains("<Error>").contains("<Code>InternalError</Code>");
      assertThat(client.get(KEY).read().body()).isEqualTo(CONTENT);
    }
  }

  // ---- the answer is wrong ----

  @Test
  void contentRangeIsOneByteOffAndTheBodyIsRight() throws Exception {
    zone.inject(Fault.wrongContentRange());
    Answer answer = answerToGet("range", "bytes=10-19");
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.header("content-range")).isEqualTo("bytes 11-20/20000");
    assertThat(answer.body()).isEqualTo(CONTENT.substring(10, 20));
  }

  @Test
  void answerWithoutAContentRangeIsLeftAlone() throws Exception {
    zone.inject(Fault.wrongContentRange());
    Answer answer = answerToGet();
    assertThat(answer.headers()).doesNotContainKey("content-range");
    assertThat(answer.body()).isEqualTo(CONTENT);
  }

  @Test
  void contentLengthIsOffByWhatWasAskedAndTheConnectionEnds() throws Exception {
    for (int delta : new int[] {-1, 1, 1_000}) {
      zone.inject(Fault.wrongContentLength(delta));
      try (RawClient client = connect()) {
        Answer answer = client.get(KEY).readToEnd();
        assertThat(answer.header("content-length")).isEqualTo(Integer.toString(20_000 + delta));
        assertThat(answer.body()).isEqualTo(CONTENT);
        assertThat(answer.end()).isEqualTo(End.FIN);
      }
    }
  }

  @Test
  void checksumIsWrongAndOfTheRightLength() throws Exception {
    CRC32C crc = new CRC32C();
    crc.update(new byte[] {1, 2, 3});
    String right =
        Base64.getEncoder()
            .encodeToString(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    try (RawClient client = connect()) {
      byte[] body = {1, 2, 3};
      assertThat(client.send("PUT", "sum", body, "x-amz-checksum-crc32c", right).read().status())
          .isEqualTo(200);
      zone.inject(Fault.wrongChecksum());
      Answer wrong = client.get("sum", "x-amz-checksum-mode", "ENABLED").read();
      assertThat(wrong.header("x-amz-checksum-crc32c")).isNotEqualTo(right).hasSameSizeAs(right);
      assertThat(wrong.header("x-amz-checksum-type")).isEqualTo("FULL_OBJECT");
      Answer good = client.get("sum", "x-amz-checksum-mode", "ENABLED").read();
      assertThat(good.header("x-amz-checksum-crc32c")).isEqualTo(right);
    }
  }

  @Test
  void etagIsThatOfAnotherVersion() throws Exception {
    String right = answerToGet().header("etag");
    zone.inject(Fault.wrongETag());
    assertThat(answerToGet().header("etag")).isNotEqualTo(right).startsWith("\"").endsWith("\"");
    assertThat(answerToGet().header("etag")).isEqualTo(right);
  }

  @Test
  void answerWithoutAnEtagOrALengthIsLeftAlone() throws Exception {
    zone.inject(Fault.wrongETag().on("DeleteObject"));
    zone.inject(Fault.wrongContentLength(1).on("DeleteObject"));
    for (int i = 0; i < 2; i++) {
      try (RawClient client = connect()) {
        Answer answer = client.send("DELETE", "nothing-" + i, new byte[0]).readHead();
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.headers()).doesNotContainKeys("etag", "content-length");
      }
    }
  }

  @Test
  void oneByteInTheMiddleIsFlippedAndTheStoreIsNot() throws Exception {
    zone.inject(Fault.corruptBody());
    String corrupt = answerToGet().body();
    assertThat(corrupt).hasSameSizeAs(CONTENT);
    assertThat(corrupt.charAt(10_000)).isNotEqualTo(CONTENT.charAt(10_000));
    assertThat(corrupt.substring(0, 10_000)).isEqualTo(CONTENT.substring(0, 10_000));
    assertThat(corrupt.substring(10_001)).isEqualTo(CONTENT.substring(10_001));
    assertServedAgain();
  }

  @Test
  void dateIsOffByWhatWasAsked() throws Exception {
    ManualClock clock = ManualClock.atSystemTime();
    try (ZonalServer fixed = ZonalServer.builder().clock(clock).start()) {
      Zone only = fixed.zones().get(0);
      for (Duration by : List.of(Duration.ofMinutes(20), Duration.ofDays(-1))) {
        only.inject(Fault.skewedDate(by));
        try (RawClient client = RawClient.connect(fixed)) {
          ZonedDateTime date =
              ZonedDateTime.parse(
                  client.get("nothing").read().header("date"),
                  DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.US));
          assertThat(date.toEpochSecond())
              .isEqualTo(clock.instant().getEpochSecond() + by.toSeconds());
        }
      }
    }
  }

  @Test
  void closeAfterResponseIsNotAnnouncedAndConnectionCloseIs() throws Exception {
    zone.inject(Fault.closeAfterResponse());
    try (RawClient client = connect()) {
      Answer answer = client.get(KEY).readToEnd();
      assertThat(answer.headers()).doesNotContainKey("connection");
      assertThat(answer.body()).isEqualTo(CONTENT);
      assertThat(answer.end()).isEqualTo(End.FIN);
    }
    zone.inject(Fault.connectionClose());
    try (RawClient client = connect()) {
      Answer answer = client.get(KEY).readToEnd();
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(answer.body()).isEqualTo(CONTENT);
      assertThat(answer.end()).isEqualTo(End.FIN);
    }
  }

  // ---- which requests ----

  private List<Integer> statuses(int requests) throws IOException {
    List<Integer> statuses = new ArrayList<>();
    try (RawClient client = connect()) {
      for (int i = 0; i < requests; i++) {
        statuses.add(client.get(KEY).read().status());
      }
    }
    return statuses;
  }

  @Test
  void strikesOnceByDefault() throws Exception {
    zone.inject(Fault.slowDown());
    assertThat(statuses(3)).containsExactly(503, 200, 200);
  }

  @Test
  void strikesAsOftenAsAskedFromTheNthOn() throws Exception {
    zone.inject(Fault.slowDown().nth(2).times(2));
    assertThat(statuses(5)).containsExactly(200, 503, 503, 200, 200);
  }

  @Test
  void strikesAlwaysUntilCleared() throws Exception {
    zone.inject(Fault.slowDown().always());
    assertThat(statuses(4)).containsOnly(503);
    zone.clearFaults();
    assertThat(statuses(1)).containsExactly(200);
  }

  @Test
  void theFirstOfSeveralThatMatchesStrikes() throws Exception {
    zone.inject(Fault.slowDown());
    zone.inject(Fault.internalError().times(2));
    assertThat(statuses(4)).containsExactly(503, 500, 500, 200);
  }

  @Test
  void probabilityIsRepeatableByItsSeed() throws Exception {
    zone.inject(Fault.slowDown().withProbability(0.25, 7));
    List<Integer> first = statuses(400);
    zone.clearFaults();
    zone.inject(Fault.slowDown().withProbability(0.25, 7));
    assertThat(statuses(400)).isEqualTo(first);
    assertThat(first.stream().filter(status -> status == 503).count()).isBetween(70L, 130L);
    zone.clearFaults();
    zone.inject(Fault.slowDown().withProbability(0, 7));
    assertThat(statuses(20)).containsOnly(200);
  }

  @Test
  void onlyRequestsOfTheOperationMethodAndKeyCountAndAreStruck() throws Exception {
    zone.inject(Fault.slowDown().on("GetObject").onKey(KEY).nth(2));
    zone.inject(Fault.internalError().onMethod("DELETE"));
    zone.inject(Fault.accessDenied().onKey(key -> key.endsWith(".log")));
    try (RawClient client = connect()) {
      assertThat(client.get("other").read().status()).isEqualTo(404);
      assertThat(client.get(KEY).read().status()).isEqualTo(200);
      assertThat(client.send("HEAD", KEY, new byte[0]).readHead().status()).isEqualTo(200);
      assertThat(client.get("a.log").read().status()).isEqualTo(403);
      assertThat(client.sendTo("GET", "/" + zone.bucket(), "list-type=2", new byte[0]).read())
          .extracting(Answer::status)
          .isEqualTo(200);
      assertThat(client.get(KEY).read().status()).isEqualTo(503);
      assertThat(client.send("DELETE", "other", new byte[0]).read().status()).isEqualTo(500);
      assertThat(client.get(KEY).read().status()).isEqualTo(200);
    }
  }

  @Test
  void faultsOfOneZoneLeaveTheOthersAlone() throws Exception {
    zone.inject(Fault.slowDown().always());
    try (RawClient other = RawClient.connect(server, server.zone("usw2-az3"))) {
      assertThat(other.get(KEY).read().status()).isEqualTo(404);
    }
  }

  @Test
  void connectionFaultsCountConnectionsAndNotRequests() throws Exception {
    zone.inject(Fault.refuseConnection().nth(2));
    assertThat(statuses(3)).containsOnly(200);
    try (RawClient second = connect()) {
      assertThat(second.end()).isEqualTo(End.RST);
    }
    assertThat(statuses(1)).containsOnly(200);
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> Fault.slowDown().on("GetObjekt"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GetObjekt");
    assertRefused(() -> Fault.truncateAt(-1), "TRUNCATE");
    assertRefused(() -> Fault.resetAfter(-1), "RESET_AFTER_BODY_BYTES");
    assertRefused(() -> Fault.stallAfter(-1), "STALL_AFTER_BODY_BYTES");
    assertRefused(() -> Fault.trickle(0, Duration.ofMillis(1)), "trickle");
    assertRefused(() -> Fault.trickle(1, Duration.ofMillis(-1)), "TRICKLE");
    assertRefused(() -> Fault.delay(Duration.ofMillis(-1)), "DELAY");
    assertRefused(() -> Fault.slowDown().nth(0), "nth");
    assertRefused(() -> Fault.slowDown().times(0), "times");
    assertRefused(() -> Fault.slowDown().withProbability(1.5, 1), "1.5");
  }

  private static void assertRefused(ThrowableAssert.ThrowingCallable call, String named) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }
}
