package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.TestSigner.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a presigned URL opens, and until when. */
class PresignedTest {
  private static final String KEY = "some.txt";
  private static final String EXPIRED = "403 AccessDenied";

  private final ManualClock clock = ManualClock.at(Instant.parse("2026-11-22T12:00:00Z"));
  private final ZonalServer server = ZonalServer.builder().clock(clock).start();
  private final Zone zone = server.zones().get(0);
  private final TestSigner owner = TestSigner.owner(server, clock.instant());

  PresignedTest() {
    zone.putObject(zone.bucket(), KEY, "content".getBytes(StandardCharsets.US_ASCII));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Answer get(URI url) throws IOException, InterruptedException {
    return owner.key("GET", KEY).sendTo(url);
  }

  private String verdictOf(URI url) throws IOException, InterruptedException {
    return get(url).verdict();
  }

  @Test
  void urlReads() throws Exception {
    assertThat(get(owner.key("GET", KEY).presign(60))).isEqualTo(new Answer(200, "content"));
  }

  @Test
  void urlOfASessionReads() throws Exception {
    URI url = owner.session("ReadOnly").key("GET", KEY).presign(60);

    assertThat(url.getRawQuery()).contains("X-Amz-S3session-Token=");
    assertThat(get(url)).isEqualTo(new Answer(200, "content"));
  }

  @Test
  void urlOfTemporaryCredentialsReads() throws Exception {
    TemporaryCredentials given = server.temporaryCredentials();
    TestSigner role =
        owner.withKeys(
            given.accessKeyId(),
            given.secretAccessKey(),
            TestSigner.SECURITY_TOKEN,
            given.sessionToken());

    assertThat(verdictOf(role.key("GET", KEY).presign(60))).isEqualTo("200");
    assertThat(
            verdictOf(role.withToken(TestSigner.SECURITY_TOKEN, null).key("GET", KEY).presign(60)))
        .isEqualTo("403 InvalidAccessKeyId");
  }

  @Test
  void urlWrites() throws Exception {
    URI url = owner.session("ReadWrite").key("PUT", "new.txt").presign(60);

    assertThat(owner.key("PUT", "new.txt").body("any body").sendTo(url).status()).isEqualTo(200);
    assertThat(zone.bytes(zone.bucket(), "new.txt")).asString().isEqualTo("any body");
  }

  @Test
  void urlOfAReadOnlySessionDoesNotWrite() throws Exception {
    URI url = owner.session("ReadOnly").key("PUT", "new.txt").presign(60);

    assertThat(owner.key("PUT", "new.txt").body("any").sendTo(url).verdict())
        .isEqualTo("403 AccessDenied");
  }

  @Test
  void urlEndsWhenItSays() throws Exception {
    URI url = owner.key("GET", KEY).presign(60);

    clock.advance(Duration.ofSeconds(60));
    assertThat(verdictOf(url)).isEqualTo("200");
    clock.advance(Duration.ofSeconds(1));
    assertThat(verdictOf(url)).isEqualTo(EXPIRED);
    assertThat(get(url).element("Message")).isEqualTo("Request has expired");
  }

  @Test
  void urlEndsWithItsSession() throws Exception {
    URI url = owner.session("ReadOnly").key("GET", KEY).presign(3_600);

    clock.advance(Duration.ofMinutes(5));
    assertThat(verdictOf(url)).isEqualTo("400 ExpiredToken");
  }

  @Test
  void urlLivesAtMostSevenDays() throws Exception {
    URI longest = owner.key("GET", KEY).presign(604_800);

    clock.advance(Duration.ofDays(7));
    assertThat(verdictOf(longest)).isEqualTo("200");
    assertThat(verdictOf(owner.at(clock.instant()).key("GET", KEY).presign(604_801)))
        .isEqualTo("400 AuthorizationQueryParametersError");
  }

  @Test
  void urlFromTheFutureIsNotValidYet() throws Exception {
    URI url = owner.at(clock.instant().plus(Duration.ofMinutes(16))).key("GET", KEY).presign(60);

    assertThat(verdictOf(url)).isEqualTo("403 AccessDenied");
  }

  @Test
  void urlOfAnotherMethodIsAMismatch() throws Exception {
    assertThat(verdictOf(owner.key("PUT", KEY).presign(60))).isEqualTo("403 SignatureDoesNotMatch");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Expires=60->Expires=61", "some.txt->other.txt", "x-id=a->x-id=b"})
  void alteredUrlIsAMismatch(String change) throws Exception {
    String[] fromTo = change.split("->", -1);
    URI url = owner.key("GET", KEY).query("x-id=a").presign(60);

    assertThat(verdictOf(URI.create(url.toString().replace(fromTo[0], fromTo[1]))))
        .isEqualTo("403 SignatureDoesNotMatch");
  }

  @Test
  void addedParameterIsAMismatch() throws Exception {
    URI url = owner.key("GET", KEY).presign(60);

    assertThat(verdictOf(URI.create(url + "&response-content-type=text/html")))
        .isEqualTo("403 SignatureDoesNotMatch");
  }

  @Test
  void unsignedServiceHeaderIsRefused() throws Exception {
    URI url = owner.key("PUT", "new.txt").presign(60);

    assertThat(owner.key("PUT", "new.txt").header("x-amz-meta-a", "1").sendTo(url).verdict())
        .isEqualTo("403 AccessDenied");
  }

  @Test
  void signedServiceHeaderMustBeSentAsSigned() throws Exception {
    URI url = owner.key("PUT", "new.txt").header("x-amz-meta-a", "1").presign(60);

    assertThat(owner.key("PUT", "new.txt").sendTo(url).verdict())
        .isEqualTo("403 SignatureDoesNotMatch");
    assertThat(owner.key("PUT", "new.txt").header("x-amz-meta-a", "2").sendTo(url).verdict())
        .isEqualTo("403 SignatureDoesNotMatch");
    assertThat(owner.key("PUT", "new.txt").header("x-amz-meta-a", "1").sendTo(url).status())
        .isEqualTo(200);
  }

  @Test
  void urlAndHeaderTogetherAreRefused() throws Exception {
    URI url = owner.key("GET", KEY).presign(60);
    Answer answer =
        owner.key("GET", KEY).unsignedHeader("authorization", "AWS4-HMAC-SHA256 x").sendTo(url);

    assertThat(answer.verdict()).isEqualTo("400 InvalidArgument");
  }

  @Test
  void wrongScopeIsRefused() throws Exception {
    assertThat(verdictOf(owner.withScope("us-west-2", "s3").key("GET", KEY).presign(60)))
        .isEqualTo("400 AuthorizationQueryParametersError");
    assertThat(verdictOf(owner.withScope("eu-west-1", "s3express").key("GET", KEY).presign(60)))
        .isEqualTo("400 AuthorizationQueryParametersError");
  }
}
