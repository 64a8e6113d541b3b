package io.expressway.internal.sign;

import io.expressway.AccessKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key derived from one access key for one day, Region and service (AWS General Reference,
 * "Create a signed AWS API request", step 4, read on 2026-11-22). Its {@link Mac} is ready to sign.
 * Confined to one thread.
 */
final class SigningKey {
  private static final String ALGORITHM = "HmacSHA256";
  private final AccessKey source;
  private final long epochDay;
  private final Mac mac;
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
    this.mac = keyed(hmac(hmac(hmac(day, region), service), "aws4_request"));
  }

  boolean serves(AccessKey key, long day) {
    return source.equals(key) && epochDay == day;
  }

  Mac mac() {
    return mac;
  }

  byte[] scope() {
    return scope;
  }

  byte[] credential() {
    return credential;
  }

  private static byte[] hmac(byte[] key, String text) {
    return keyed(key).doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Mac keyed(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
