package io.expressway.testkit.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** SHA-256 and HMAC-SHA-256 with one engine per thread. */
final class Digests {
  static final String EMPTY_SHA256 =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static final HexFormat HEX = HexFormat.of();
  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(Digests::newSha256);
  private static final ThreadLocal<Mac> HMAC = ThreadLocal.withInitial(Digests::newHmac);

  private Digests() {}

  static String sha256Hex(String text) {
    return HEX.formatHex(SHA256.get().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The digest of the remaining bytes; the position stays. */
  static String sha256Hex(ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      return EMPTY_SHA256;
    }
    MessageDigest digest = SHA256.get();
    digest.update(bytes.duplicate());
    return HEX.formatHex(digest.digest());
  }

  static String hmacHex(byte[] key, String text) {
    return HEX.formatHex(hmac(key, text));
  }

  static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = HMAC.get();
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK refused an HMAC-SHA-256 key", e);
    }
  }

  /** Compares without telling by time where two texts differ. */
  static boolean same(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  private static Mac newHmac() {
    try {
      return Mac.getInstance("HmacSHA256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no HmacSHA256", e);
    }
  }
}
