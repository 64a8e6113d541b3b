package io.expressway.internal.sign;

import io.expressway.AccessKey;
import java.nio.charset.StandardCharsets;

/**
 * The key derived from one access key for one day, Region and service (AWS General Reference,
 * "Create a signed AWS API request", step 4, read on 2026-11-22). Confined to one thread.
 */
final class SigningKey {
  private final AccessKey source;
  private final long epochDay;
  private final HmacSha256 hmac;
  private final byte[] scope;
  private final byte[] credential;

  SigningKey(AccessKey source, long epochDay, String yyyyMMdd, String region, String service) {
    this.source = source;
    this.epochDay = epochDay;
    String scopeText = yyyyMMdd + "/" + region + "/" + service + "/aws4_request";
    this.scope = scopeText.getBytes(StandardCharsets.US_ASCII);
    this.credential = (source.id() + "/" + scopeText).getBytes(StandardCharsets.US_ASCII);
    byte[] secret = ("AWS4" + source.secret()).getBytes(StandardCharsets.UTF_8);
    byte[] day = hmac(secret, yyyyMMdd);
    this.hmac = new HmacSha256(hmac(hmac(hmac(day, region), service), "aws4_request"));
  }

  boolean serves(AccessKey key, long day) {
    return source.equals(key) && epochDay == day;
  }

  /** Puts the signature of {@code text[0, length)} into {@code signature}. */
  void sign(byte[] text, int length, byte[] signature) {
    hmac.sign(text, length, signature);
  }

  byte[] scope() {
    return scope;
  }

  byte[] credential() {
    return credential;
  }

  private static byte[] hmac(byte[] key, String text) {
    return new HmacSha256(key).sign(text.getBytes(StandardCharsets.UTF_8));
  }
}
