package io.expressway.testkit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.store.S3Error;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parts of a signature must look like before anything is computed. */
class ClaimTest {
  private static final String CREDENTIAL = "KEY/20130524/us-west-2/s3express/aws4_request";
  private static final String SIGNATURE = "00";
  private static final String HEADER =
      "AWS4-HMAC-SHA256 Credential="
          + CREDENTIAL
          + ", SignedHeaders=host;x-amz-date, Signature="
          + SIGNATURE;
  private static final String QUERY =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
          + CREDENTIAL
          + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
          + "&X-Amz-Signature="
          + SIGNATURE;

  private static Claim fromHeader(String authorization, @Nullable String date) {
    Map<String, String> headers =
        date == null
            ? Map.of("authorization", authorization)
            : Map.of("authorization", authorization, "x-amz-date", date);
    return Claim.of(new SignedRequest("GET", RawTarget.parse("/k"), headers));
  }

  private static Claim fromQuery(String query) {
    return Claim.of(new SignedRequest("GET", RawTarget.parse("/k?" + query), Map.of()));
  }

  private static void assertRefused(int status, String code, Runnable attempt) {
    assertThatThrownBy(attempt::run)
        .isInstanceOfSatisfying(
            S3Error.class,
            error -> {
              assertThat(error.code()).isEqualTo(code);
              assertThat(error.status()).isEqualTo(status);
            });
  }

  @Test
  void headerIsRead() {
    Claim claim = fromHeader(HEADER, "20130524T101112Z");

    assertThat(claim.accessKeyId()).isEqualTo("KEY");
    assertThat(claim.scope()).isEqualTo(new Scope("20130524", "us-west-2", "s3express"));
    assertThat(claim.signedHeaders()).containsExactly("host", "x-amz-date");
    assertThat(claim.at()).isEqualTo(Instant.parse("2013-05-24T10:11:12Z"));
    assertThat(claim.presigned()).isFalse();
  }

  @Test
  void queryIsRead() {
    Claim claim = fromQuery(QUERY);

    assertThat(claim.presigned()).isTrue();
    assertThat(claim.expiresSeconds()).isEqualTo(60);
    assertThat(claim.signature()).isEqualTo(SIGNATURE);
  }

  @Test
  void noSignatureIsDenied() {
    SignedRequest anonymous = new SignedRequest("GET", RawTarget.parse("/k"), Map.of());

    assertRefused(403, "AccessDenied", () -> Claim.of(anonymous));
  }

  @Test
  void twoSignaturesAreRefused() {
    SignedRequest both =
        new SignedRequest("GET", RawTarget.parse("/k?" + QUERY), Map.of("authorization", HEADER));

    assertRefused(400, "InvalidArgument", () -> Claim.of(both));
  }

  @ParameterizedTest
  @ValueSource(strings = {"AWS KEY:c2ln", "Basic a2V5", "AWS4-ECDSA-P256-SHA256 Credential=x"})
  void otherMechanismsAreRefused(String authorization) {
    assertRefused(400, "InvalidRequest", () -> fromHeader(authorization, "20130524T000000Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AWS4-HMAC-SHA256 ",
        "AWS4-HMAC-SHA256 Credential=" + CREDENTIAL + ", SignedHeaders=host",
        "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=KEY, SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=KEY/20130524/us-west-2/s3express/aws5_request,"
            + " SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=KEY/20130523/us-west-2/s3express/aws4_request,"
            + " SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=" + CREDENTIAL + ", SignedHeaders=, Signature=00,",
        "AWS4-HMAC-SHA256 Credential=" + CREDENTIAL + ", SignedHeaders=Host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=" + CREDENTIAL + ", SignedHeaders=x;host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=" + CREDENTIAL + ", SignedHeaders=host;host, Signature=00",
      })
  void malformedHeadersAreRefused(String authorization) {
    assertRefused(
        400, "AuthorizationHeaderMalformed", () -> fromHeader(authorization, "20130524T000000Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"20130524", "2013-05-24T00:00:00Z", "20130532T000000Z", "yesterday"})
  void malformedDatesAreRefused(String date) {
    assertRefused(400, "AuthorizationHeaderMalformed", () -> fromHeader(HEADER, date));
  }

  @Test
  void missingDateIsDenied() {
    assertRefused(403, "AccessDenied", () -> fromHeader(HEADER, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature"
      })
  void everyParameterIsNeeded(String name) {
    assertRefused(
        400,
        "AuthorizationQueryParametersError",
        () -> fromQuery(QUERY.replace(name + "=", "other=")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "604801", "soon", "99999999999999999999"})
  void expiryOutOfRangeIsRefused(String expires) {
    assertRefused(
        400,
        "AuthorizationQueryParametersError",
        () -> fromQuery(QUERY.replace("Expires=60", "Expires=" + expires)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 604_800})
  void expiryUpToSevenDaysIsRead(long expires) {
    Claim claim = fromQuery(QUERY.replace("Expires=60", "Expires=" + expires));

    assertThat(claim.expiresSeconds()).isEqualTo(expires);
  }

  @Test
  void otherAlgorithmInQueryIsRefused() {
    assertRefused(
        400,
        "AuthorizationQueryParametersError",
        () -> fromQuery(QUERY.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")));
  }
}
