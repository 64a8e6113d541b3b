package io.expressway.internal.sign;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.AccessKey;
import io.expressway.Encryption;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/** What is written is read back, and its signature compared with the SDK's for the same request. */
class RequestWriterTest {
  private static final String HOST =
      "logs--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com";
  private static final Instant NOW = Instant.parse("2026-11-23T10:11:12Z");
  private static final AccessKey SESSION =
      AccessKey.session("SESSIONID", "session/secret+", "tok/en+==", NOW.plusSeconds(300));
  private static final AccessKey LONG_TERM = AccessKey.of("AKIDEXAMPLE", "wJalr/K7MDENG+bPx");

  private final RequestWriter writer = new RequestWriter("us-west-2", "s3express");

  /** A request head, taken apart again; header names in lower case. */
  private record Head(String method, String target, TreeMap<String, String> headers) {
    static Head parse(String text) {
      assertThat(text).endsWith("\r\n\r\n");
      List<String> lines = new ArrayList<>(List.of(text.split("\r\n", -1)));
      String[] start = lines.remove(0).split(" ", -1);
      assertThat(start).hasSize(3);
      assertThat(start[2]).isEqualTo("HTTP/1.1");
      TreeMap<String, String> headers = new TreeMap<>();
      for (String line : lines) {
        if (!line.isEmpty()) {
          int colon = line.indexOf(':');
          String former = headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
          assertThat(former).as(line).isNull();
        }
      }
      return new Head(start[0], start[1], headers);
    }

    String encodedPath() {
      return target.split("\\?", -1)[0];
    }
  }

  private Head write(
      String method, String key, String query, AccessKey signer, Consumer<RequestWriter> headers) {
    ByteBuf target = Unpooled.buffer();
    writer.begin(method, "/" + key, query).host(HOST.getBytes(StandardCharsets.US_ASCII));
    headers.accept(writer);
    writer.finish(signer, target);
    return Head.parse(target.toString(StandardCharsets.US_ASCII));
  }

  /** The same request signed by the SDK, given every header that ours says it has signed. */
  private static String signedBySdk(Head ours, String key, String query, AccessKey signer) {
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .uri(URI.create("https://" + HOST))
            .method(SdkHttpMethod.fromValue(ours.method()))
            .encodedPath("/" + SdkHttpUtils.urlEncodeIgnoreSlashes(key));
    SdkHttpUtils.uriParams(URI.create("https://host/?" + query))
        .forEach(request::putRawQueryParameter);
    for (String name : signedNames(ours)) {
      boolean setBySigner =
          name.equals("host")
              || name.equals("x-amz-date")
              || name.equals("x-amz-content-sha256")
              || name.equals("x-amz-security-token");
      if (!setBySigner) {
        request.putHeader(name, ours.headers().get(name));
      }
    }
    return AwsV4HttpSigner.create()
        .sign(
            sign ->
                sign.identity(identity(signer))
                    .request(request.build())
                    .putProperty(AwsV4HttpSigner.REGION_NAME, "us-west-2")
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3express")
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                    .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                    .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(NOW, ZoneOffset.UTC)))
        .request()
        .firstMatchingHeader("Authorization")
        .orElseThrow();
  }

  private static AwsCredentialsIdentity identity(AccessKey signer) {
    boolean temporary = signer.token().isPresent() && !signer.isSession();
    return temporary
        ? AwsSessionCredentialsIdentity.create(
            signer.id(), signer.secret(), signer.token().orElseThrow())
        : AwsCredentialsIdentity.create(signer.id(), signer.secret());
  }

  private static List<String> signedNames(Head head) {
    String authorization = head.headers().getOrDefault("authorization", "none");
    assertThat(authorization).startsWith("AWS4-HMAC-SHA256 ");
    String names = authorization.split("SignedHeaders=", -1)[1].split(",", -1)[0];
    return List.of(names.split(";", -1));
  }

  private void assertSameAsSdk(
      String method, String key, String query, AccessKey signer, Consumer<RequestWriter> headers) {
    Head ours = write(method, key, query, signer, headers);
    String sdk = signedBySdk(ours, key, query, signer);
    assertThat(ours.encodedPath()).isEqualTo("/" + SdkHttpUtils.urlEncodeIgnoreSlashes(key));
    assertThat(ours.headers().get("authorization")).as("%s", ours).isEqualTo(sdk);
  }

  private static Consumer<RequestWriter> plain(AccessKey signer) {
    return to -> to.unsignedPayload().date(NOW.getEpochSecond()).token(signer);
  }

  @Test
  void signsARangedReadWithASession() {
    assertSameAsSdk(
        "GET",
        "day/2026.parquet",
        "",
        SESSION,
        to -> {
          to.header("if-match", "\"an-etag\"").range(4_096, 8_191);
          plain(SESSION).accept(to);
        });
  }

  @Test
  void writesEachFormOfRange() {
    assertThat(ranged(to -> to.range(0, 0))).isEqualTo("bytes=0-0");
    assertThat(ranged(to -> to.range(5, -1))).isEqualTo("bytes=5-");
    assertThat(ranged(to -> to.suffixRange(65_536))).isEqualTo("bytes=-65536");
    long most = Long.MAX_VALUE;
    assertThat(ranged(to -> to.range(most - 1, most)))
        .isEqualTo("bytes=9223372036854775806-9223372036854775807");
  }

  private String ranged(Consumer<RequestWriter> range) {
    Head head = write("GET", "k", "", SESSION, range.andThen(plain(SESSION)));
    assertThat(signedNames(head)).contains("range");
    return String.valueOf(head.headers().get("range"));
  }

  @Test
  void putsTheTokenIntoTheHeaderOfItsKind() {
    AccessKey temporary = AccessKey.temporary("ASIA", "secret", "iam-token", NOW.plusSeconds(900));

    Head session = write("GET", "k", "", SESSION, plain(SESSION));
    Head iam = write("GET", "k", "", temporary, plain(temporary));
    Head longTerm = write("GET", "k", "", LONG_TERM, plain(LONG_TERM));

    assertThat(session.headers()).containsEntry("x-amz-s3session-token", "tok/en+==");
    assertThat(session.headers()).doesNotContainKey("x-amz-security-token");
    assertThat(iam.headers()).containsEntry("x-amz-security-token", "iam-token");
    assertThat(iam.headers()).doesNotContainKey("x-amz-s3session-token");
    assertThat(longTerm.headers().keySet()).noneMatch(name -> name.endsWith("token"));
    assertSameAsSdk("GET", "k", "", SESSION, plain(SESSION));
    assertSameAsSdk("GET", "k", "", temporary, plain(temporary));
    assertSameAsSdk("GET", "k", "", LONG_TERM, plain(LONG_TERM));
  }

  @Test
  void signsQueriesAndMetadata() {
    assertSameAsSdk("GET", "", "list-type=2&prefix=a%2Fb%20c%2F", SESSION, plain(SESSION));
    assertSameAsSdk("GET", "", "session=", LONG_TERM, plain(LONG_TERM));
    assertSameAsSdk(
        "PUT",
        "with metadata",
        "",
        SESSION,
        to ->
            to.header("x-amz-checksum-crc32c", "AAAAAA==")
                .unsignedPayload()
                .date(NOW.getEpochSecond())
                .metadata(new TreeMap<>(Map.of("owner", "me", "a-first", "with  spaces")))
                .token(SESSION));
  }

  @Test
  void saysTheEncryptionOnlyWithoutASession() {
    Encryption kms = Encryption.kms("arn:aws:kms:us-west-2:111122223333:key/abc");
    Consumer<RequestWriter> encrypted = to -> to.encryption(kms);

    Head iam = write("PUT", "k", "", LONG_TERM, encrypted.andThen(plain(LONG_TERM)));
    Head session = write("PUT", "k", "", SESSION, encrypted.andThen(plain(SESSION)));

    assertThat(iam.headers()).containsEntry("x-amz-server-side-encryption", "aws:kms");
    assertThat(session.headers().keySet()).noneMatch(name -> name.contains("encryption"));
    assertSameAsSdk("PUT", "k", "", LONG_TERM, encrypted.andThen(plain(LONG_TERM)));
  }

  @Test
  void changesTheKeyOfTheDayWithTheDayAndTheSigner() {
    AccessKey other = AccessKey.session("OTHER", "other", "other", NOW.plusSeconds(300));

    assertSameAsSdk("GET", "k", "", SESSION, plain(SESSION));
    assertSameAsSdk("GET", "k", "", other, plain(other));
    Head tomorrow =
        write(
            "GET",
            "k",
            "",
            other,
            to -> to.unsignedPayload().date(NOW.getEpochSecond() + 86_400).token(other));
    assertThat(tomorrow.headers().get("authorization")).contains("OTHER/20261124/us-west-2/");
    assertSameAsSdk("GET", "k", "", SESSION, plain(SESSION));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "a+b",
        "a%20b",
        "a%2Fb",
        "//",
        "a//b/",
        "./a/../b",
        "?x=1&y#z",
        "~-._",
        "a=b;c",
        "\u00e4\u00f6\u00fc",
        "\u65e5\u672c",
        "\ud83d\ude80",
        "\u0001\u007f",
        "'\"<>[]{}|\\^`",
        "*!()"
      })
  void encodesOddKeysAsTheSdkDoes(String key) {
    assertSameAsSdk("GET", key, "", SESSION, plain(SESSION));
  }

  @Test
  void encodesRandomKeysAsTheSdkDoes() {
    long seed = new Random().nextLong();
    System.out.println("RequestWriterTest.encodesRandomKeysAsTheSdkDoes seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      StringBuilder key = new StringBuilder();
      int length = 1 + random.nextInt(60);
      while (key.length() < length) {
        int bound = random.nextInt(4) == 0 ? 0x11_0000 : 0x80;
        int point = 1 + random.nextInt(bound - 1);
        if (point < 0xd800 || point > 0xdfff) {
          key.appendCodePoint(point);
        }
      }
      assertSameAsSdk("GET", key.toString(), "", SESSION, plain(SESSION));
    }
  }
}
