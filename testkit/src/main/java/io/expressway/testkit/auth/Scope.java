package io.expressway.testkit.auth;

/**
 * The credential scope of a signature: {@code date/region/service/aws4_request}.
 *
 * @param date the day, {@code yyyyMMdd}
 * @param region the region
 * @param service the service name
 */
record Scope(String date, String region, String service) {
  String text() {
    return date + '/' + region + '/' + service + "/aws4_request";
  }

  /** Derives the signing key: four HMACs from the secret (Task 3 of the signature calculation). */
  byte[] signingKey(String secret) {
    byte[] day =
        Digests.hmac(("AWS4" + secret).getBytes(java.nio.charset.StandardCharsets.UTF_8), date);
    return Digests.hmac(Digests.hmac(Digests.hmac(day, region), service), "aws4_request");
  }
}
