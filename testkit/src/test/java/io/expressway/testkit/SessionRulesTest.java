package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.TestSigner.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session may do, where, and for how long. */
class SessionRulesTest {
  private static final String DENIED = "403 AccessDenied";
  private static final String INVALID_TOKEN = "400 InvalidToken";
  private static final String EXPIRED = "400 ExpiredToken";
  private static final String UNKNOWN_KEY = "403 InvalidAccessKeyId";
  private static final String KEY = "some.txt";

  private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-22T12:00:00Z"));
  private final ZonalServer server =
      ZonalServer.builder().clock(clock).bucket("first").bucket("second").start();
  private final Zone zone = server.zones().get(0);
  private final TestSigner owner = TestSigner.owner(server, clock.instant());

  SessionRulesTest() {
    zone.putObject(zone.bucket(), KEY, "content".getBytes(StandardCharsets.US_ASCII));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String get(TestSigner signer) throws IOException, InterruptedException {
    return signer.key("GET", KEY).send().verdict();
  }

  private String put(TestSigner signer) throws IOException, InterruptedException {
    return signer.key("PUT", "new.txt").body("new").send().verdict();
  }

  @Test
  void sessionReadsAndWrites() throws Exception {
    TestSigner session = owner.session("ReadWrite");

    assertThat(session.key("GET", KEY).send()).isEqualTo(new Answer(200, "content"));
    assertThat(put(session)).isEqualTo("200");
    assertThat(zone.bytes(zone.bucket(), "new.txt")).asString().isEqualTo("new");
  }

  @Test
  void createSessionTellsWhenItEnds() throws Exception {
    Answer answer = owner.key("GET", "").query("session=").send();

    assertThat(answer.element("Expiration")).isEqualTo("2026-11-22T12:05:00Z");
    assertThat(answer.body()).contains("<CreateSessionResult");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, some.txt, ''",
    "HEAD, some.txt, ''",
    "GET, some.txt, attributes=",
    "GET, '', list-type=2",
    "GET, '', uploads=",
    "HEAD, '', ''",
  })
  void readOnlySessionReads(String method, String key, String query) throws Exception {
    TestSigner.Request request = owner.session("ReadOnly").key(method, key);
    if (query.equals("attributes=")) {
      request.header("x-amz-object-attributes", "ObjectSize");
    }
    if (!query.isEmpty()) {
      request.query(query);
    }

    assertThat(request.send().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, some.txt, ''",
    "PUT, new.txt, renameObject=",
    "DELETE, some.txt, ''",
    "POST, '', delete=",
    "POST, new.txt, uploads=",
    "POST, new.txt, uploadId=1",
    "DELETE, new.txt, uploadId=1",
  })
  void readOnlySessionDoesNotWrite(String method, String key, String query) throws Exception {
    TestSigner.Request request = owner.session("ReadOnly").key(method, key).body("changed");
    if (!query.isEmpty()) {
      request.query(query);
    }

    assertThat(request.send().verdict()).isEqualTo(DENIED);
    assertThat(zone.bytes(zone.bucket(), KEY)).asString().isEqualTo("content");
  }

  @Test
  void otherModesAreRefused() throws Exception {
    Answer answer =
        owner
            .key("GET", "")
            .query("session=")
            .header("x-amz-create-session-mode", "WriteOnly")
            .send();

    assertThat(answer.verdict()).isEqualTo("400 InvalidArgument");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT"})
  void sessionIsBoundToItsBucket(String method) throws Exception {
    String second = zone.buckets().get(1);
    TestSigner session = owner.session("ReadWrite");

    assertThat(session.request(method, "/" + second + "/" + KEY).send().verdict())
        .isEqualTo(DENIED);
    assertThat(owner.session(second, "ReadWrite").request("PUT", "/" + second + "/k").send())
        .extracting(Answer::status)
        .isEqualTo(200);
  }

  @Test
  void sessionOfNoBucketIsRefused() throws Exception {
    Answer answer = owner.request("GET", "/third--usw2-az1--x-s3/").query("session=").send();

    assertThat(answer.verdict()).isEqualTo("404 NoSuchBucket");
  }

  @Test
  void sessionEndsAfterFiveMinutes() throws Exception {
    TestSigner session = owner.session("ReadWrite");

    clock.advance(Duration.ofMinutes(5).minusNanos(1));
    assertThat(get(session)).isEqualTo("200");
    clock.advance(Duration.ofNanos(1));
    assertThat(get(session)).isEqualTo(EXPIRED);
    assertThat(get(owner.session("ReadWrite"))).isEqualTo("200");
  }

  @Test
  void expireSessionsEndsThemAtOnce() throws Exception {
    TestSigner session = owner.session("ReadWrite");
    zone.expireSessions();

    assertThat(get(session)).isEqualTo(EXPIRED);
    assertThat(get(owner.session("ReadWrite"))).isEqualTo("200");
  }

  @Test
  void tokenThatNobodyIssuedIsInvalid() throws Exception {
    TestSigner session = owner.session("ReadWrite");

    assertThat(get(session.withToken(TestSigner.SESSION_TOKEN, "made-up")))
        .isEqualTo(INVALID_TOKEN);
  }

  @Test
  void tokenOfAnotherSessionIsInvalid() throws Exception {
    TestSigner first = owner.session("ReadWrite");
    TestSigner second = owner.session("ReadOnly");

    assertThat(get(second.withToken(TestSigner.SESSION_TOKEN, first.token())))
        .isEqualTo(INVALID_TOKEN);
    assertThat(get(owner.withToken(TestSigner.SESSION_TOKEN, first.token())))
        .isEqualTo(INVALID_TOKEN);
  }

  @Test
  void sessionKeyWithoutItsTokenIsUnknown() throws Exception {
    TestSigner session = owner.session("ReadWrite");

    assertThat(get(session.withToken(TestSigner.SESSION_TOKEN, null))).isEqualTo(UNKNOWN_KEY);
    assertThat(get(session.withToken(TestSigner.SECURITY_TOKEN, session.token())))
        .isEqualTo(UNKNOWN_KEY);
  }

  @Test
  void bothTokensTogetherAreRefused() throws Exception {
    Answer answer =
        owner
            .session("ReadWrite")
            .key("GET", KEY)
            .header(TestSigner.SECURITY_TOKEN, "other")
            .send();

    assertThat(answer.verdict()).isEqualTo("400 InvalidRequest");
  }

  @Test
  void wrongSecretOfASessionIsAMismatch() throws Exception {
    assertThat(get(owner.session("ReadWrite").withSecret("wrong")))
        .isEqualTo("403 SignatureDoesNotMatch");
  }

  @Test
  void sessionDoesNotMakeSessions() throws Exception {
    Answer answer = owner.session("ReadWrite").key("GET", "").query("session=").send();

    assertThat(answer.verdict()).isEqualTo("400 InvalidRequest");
  }

  @Test
  void copiesNeedIamCredentials() throws Exception {
    String source = "/" + zone.bucket() + "/" + KEY;
    TestSigner session = owner.session("ReadWrite");

    assertThat(session.key("PUT", "b").header("x-amz-copy-source", source).send().verdict())
        .isEqualTo(DENIED);
    assertThat(
            session
                .key("PUT", "b")
                .query("partNumber=1")
                .query("uploadId=1")
                .header("x-amz-copy-source", source)
                .send()
                .verdict())
        .isEqualTo(DENIED);
    assertThat(owner.key("PUT", "b").header("x-amz-copy-source", source).send().status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE"})
  void bucketsAreNotMadeOrDeletedWithASession(String method) throws Exception {
    Answer answer = owner.session("ReadWrite").key(method, "").send();

    assertThat(answer.verdict()).isEqualTo(DENIED);
  }

  @Test
  void iamCredentialsSignDataUnlessSwitchedOff() throws Exception {
    assertThat(get(owner)).isEqualTo("200");
    try (ZonalServer strict = ZonalServer.builder().clock(clock).iamOnData(false).start()) {
      TestSigner other = TestSigner.owner(strict, clock.instant());

      assertThat(get(other)).isEqualTo(DENIED);
      assertThat(put(other)).isEqualTo(DENIED);
      assertThat(put(other.session("ReadWrite"))).isEqualTo("200");
      assertThat(other.key("HEAD", "").send().status()).isEqualTo(200);
    }
  }

  @Test
  void sessionLifetimeCanBeSet() throws Exception {
    Duration minute = Duration.ofMinutes(1);
    try (ZonalServer brief = ZonalServer.builder().clock(clock).sessionLifetime(minute).start()) {
      TestSigner session = TestSigner.owner(brief, clock.instant()).session("ReadWrite");
      clock.advance(minute);

      assertThat(get(session)).isEqualTo(EXPIRED);
    }
  }
}
