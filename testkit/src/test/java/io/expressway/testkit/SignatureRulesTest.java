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

/** What a request signed in its headers must get right. */
class SignatureRulesTest {
  private static final String MISMATCH = "403 SignatureDoesNotMatch";
  private static final String KEY = "some.txt";

  private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-22T12:00:00Z"));
  private final ZonalServer server = ZonalServer.builder().clock(clock).start();
  private final Zone zone = server.zones().get(0);
  private final TestSigner owner = TestSigner.owner(server, clock.instant());

  SignatureRulesTest() {
    zone.putObject(zone.bucket(), KEY, "content".getBytes(StandardCharsets.US_ASCII));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String get(TestSigner signer) throws IOException, InterruptedException {
    return signer.key("GET", KEY).send().verdict();
  }

  @Test
  void rightSignatureIsAccepted() throws Exception {
    assertThat(owner.key("GET", KEY).send()).isEqualTo(new Answer(200, "content"));
  }

  @Test
  void wrongSecretIsAMismatch() throws Exception {
    assertThat(get(owner.withSecret("wrong"))).isEqualTo(MISMATCH);
  }

  @Test
  void mismatchTellsWhatTheServerSigned() throws Exception {
    Answer answer = owner.withSecret("wrong").key("GET", KEY).send();

    assertThat(answer.element("CanonicalRequest"))
        .startsWith("GET\n/" + zone.bucket() + "/" + KEY + "\n");
    assertThat(answer.element("StringToSign"))
        .startsWith("AWS4-HMAC-SHA256\n20261122T120000Z\n20261122/us-west-2/s3express/");
    assertThat(answer.body()).doesNotContain(server.secretAccessKey());
  }

  @Test
  void unknownKeyIsRefused() throws Exception {
    TestSigner stranger =
        owner.withKeys("AKIAIOSFODNN7EXAMPLE", "secret", TestSigner.SECURITY_TOKEN, null);

    assertThat(get(stranger)).isEqualTo("403 InvalidAccessKeyId");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE"})
  void noSignatureIsDenied(String method) throws Exception {
    assertThat(owner.key(method, KEY).sendAnonymously().verdict()).isEqualTo("403 AccessDenied");
    assertThat(zone.bytes(zone.bucket(), KEY)).asString().isEqualTo("content");
  }

  @ParameterizedTest
  @ValueSource(longs = {-15, 15})
  void clockMayBeAQuarterOfAnHourOff(long minutes) throws Exception {
    assertThat(get(owner.at(clock.instant().plus(Duration.ofMinutes(minutes))))).isEqualTo("200");
  }

  @ParameterizedTest
  @ValueSource(longs = {-901, 901, 86_400})
  void clockFurtherOffIsRefused(long seconds) throws Exception {
    assertThat(get(owner.at(clock.instant().plusSeconds(seconds))))
        .isEqualTo("403 RequestTimeTooSkewed");
  }

  @Test
  void wrongRegionIsMalformed() throws Exception {
    Answer answer = owner.withScope("eu-north-1", "s3express").key("GET", KEY).send();

    assertThat(answer.verdict()).isEqualTo("400 AuthorizationHeaderMalformed");
    assertThat(answer.element("Region")).isEqualTo("us-west-2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3", "s3-outposts", "S3Express", ""})
  void otherServicesAreMalformed(String service) throws Exception {
    assertThat(get(owner.withScope("us-west-2", service)))
        .isEqualTo("400 AuthorizationHeaderMalformed");
  }

  @Test
  void scopeS3IsAcceptedWhenSwitchedOn() throws Exception {
    try (ZonalServer lenient = ZonalServer.builder().clock(clock).acceptS3Scope(true).start()) {
      TestSigner other = TestSigner.owner(lenient, clock.instant());

      assertThat(put(other.withScope("us-west-2", "s3"))).isEqualTo("200");
      assertThat(put(other)).isEqualTo("200");
      assertThat(put(other.withScope("us-west-2", "s3-outposts")))
          .isEqualTo("400 AuthorizationHeaderMalformed");
    }
  }

  private static String put(TestSigner signer) throws IOException, InterruptedException {
    return signer.key("PUT", "new.txt").body("new").send().verdict();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-amz-meta-a", "x-amz-acl", "x-amz-write-offset-bytes"})
  void serviceHeaderMustBeSigned(String name) throws Exception {
    Answer answer = owner.key("PUT", KEY).body("new").unsignedHeader(name, "0").send();

    assertThat(answer.verdict()).isEqualTo("403 AccessDenied");
    assertThat(answer.element("HeadersNotSigned")).isEqualTo(name);
  }

  @Test
  void otherHeadersNeedNotBeSigned() throws Exception {
    assertThat(owner.key("GET", KEY).unsignedHeader("range", "bytes=0-2").send())
        .isEqualTo(new Answer(206, "con"));
  }

  @Test
  void unsignedTokenIsRefused() throws Exception {
    TestSigner session = owner.session("ReadWrite");
    TestSigner without = session.withToken(TestSigner.SESSION_TOKEN, null);
    Answer answer =
        without
            .key("GET", KEY)
            .unsignedHeader(TestSigner.SESSION_TOKEN, String.valueOf(session.token()))
            .send();

    assertThat(answer.verdict()).isEqualTo("403 AccessDenied");
  }

  @Test
  void temporaryCredentialsNeedTheirToken() throws Exception {
    TemporaryCredentials given = server.temporaryCredentials();
    TestSigner role =
        owner.withKeys(
            given.accessKeyId(),
            given.secretAccessKey(),
            TestSigner.SECURITY_TOKEN,
            given.sessionToken());

    assertThat(get(role)).isEqualTo("200");
    assertThat(get(role.session("ReadOnly"))).isEqualTo("200");
    assertThat(get(role.withToken(TestSigner.SECURITY_TOKEN, null)))
        .isEqualTo("403 InvalidAccessKeyId");
    assertThat(get(role.withToken(TestSigner.SECURITY_TOKEN, "another")))
        .isEqualTo("400 InvalidToken");
    assertThat(get(role.withToken(TestSigner.SESSION_TOKEN, given.sessionToken())))
        .isEqualTo("400 InvalidToken");
  }

  @Test
  void lifelongCredentialsHaveNoToken() throws Exception {
    assertThat(get(owner.withToken(TestSigner.SECURITY_TOKEN, "made-up")))
        .isEqualTo("400 InvalidToken");
  }

  @Test
  void revokedCredentialsAreUnknown() throws Exception {
    TemporaryCredentials given = server.temporaryCredentials();
    TestSigner role =
        owner.withKeys(
            given.accessKeyId(),
            given.secretAccessKey(),
            TestSigner.SECURITY_TOKEN,
            given.sessionToken());
    TestSigner session = role.session("ReadOnly");
    server.revoke(given.accessKeyId());

    assertThat(get(role)).isEqualTo("403 InvalidAccessKeyId");
    assertThat(role.key("GET", "").query("session=").send().verdict())
        .isEqualTo("403 InvalidAccessKeyId");
    assertThat(get(session)).isEqualTo("200");
    assertThat(get(owner)).isEqualTo("200");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, some.txt, tagging",
    "PUT, some.txt, tagging",
    "PUT, some.txt, acl",
    "GET, some.txt, retention",
    "POST, some.txt, restore",
    "POST, some.txt, select",
    "PUT, some.txt, annotation",
    "DELETE, some.txt, tagging",
    "GET, '', versions",
    "GET, '', versioning",
    "GET, '', acl",
    "PUT, '', cors",
    "DELETE, '', cors",
    "GET, '', location",
    "PATCH, some.txt, ''",
    "GET, '', ''",
  })
  void unknownSubResourcesAreNotImplemented(String method, String key, String query)
      throws Exception {
    TestSigner.Request request = owner.key(method, key).body("changed");
    if (!query.isEmpty()) {
      request.query(query + "=");
    }

    assertThat(request.send().verdict()).isEqualTo("501 NotImplemented");
    assertThat(zone.bytes(zone.bucket(), KEY)).asString().isEqualTo("content");
    assertThat(zone.buckets()).hasSize(1);
  }

  @Test
  void pathStyleIsRefusedWhenSwitchedOff() throws Exception {
    try (ZonalServer strict = ZonalServer.builder().clock(clock).pathStyle(false).start()) {
      assertThat(put(TestSigner.owner(strict, clock.instant()))).isEqualTo("400 InvalidRequest");
    }
  }

  @Test
  void unknownSubResourceWithAWrongSignatureIsAMismatch() throws Exception {
    assertThat(owner.withSecret("wrong").key("GET", KEY).query("tagging=").send().verdict())
        .isEqualTo(MISMATCH);
  }
}
