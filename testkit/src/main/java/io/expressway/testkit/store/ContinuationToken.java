package io.expressway.testkit.store;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;

/**
 * Where a listing goes on: after an entry, which is a key or a common prefix.
 *
 * <p>Source: API reference, ListObjectsV2 ("ContinuationToken is obfuscated and is not a real
 * key"), read on 2026-11-22. A checksum refuses tokens that this listing did not hand out.
 *
 * @param prefix whether everything that begins with the value was listed, too
 * @param value the last entry
 */
record ContinuationToken(boolean prefix, String value) {
  private static final byte BLUR = 0x5a;

  static ContinuationToken after(String key) {
    return new ContinuationToken(false, key);
  }

  static ContinuationToken afterAll(String prefix) {
    return new ContinuationToken(true, prefix);
  }

  /**
   * The opaque text.
   *
   * @param scope what the token is good for: the bucket, prefix and delimiter
   */
  String text(String scope) {
    String plain = (prefix ? "p" : "k") + value;
    return Base64.getUrlEncoder().withoutPadding().encodeToString(blur(bytes(plain)))
        + "."
        + check(scope, plain);
  }

  /**
   * Reads a token of the same scope.
   *
   * @throws S3Error 400 InvalidArgument
   */
  static ContinuationToken parse(String token, String scope) {
    int dot = token.indexOf('.');
    if (dot > 0) {
      String plain = decode(token.substring(0, dot));
      if (!plain.isEmpty() && check(scope, plain).equals(token.substring(dot + 1))) {
        return new ContinuationToken(plain.charAt(0) == 'p', plain.substring(1));
      }
    }
    throw Refusals.invalidArgument(
        "continuation-token", token, "The continuation token provided is incorrect");
  }

  private static String decode(String text) {
    try {
      return new String(blur(Base64.getUrlDecoder().decode(text)), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static byte[] blur(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= (byte) (BLUR + i);
    }
    return bytes;
  }

  private static String check(String scope, String plain) {
    CRC32 crc = new CRC32();
    crc.update(bytes(scope));
    crc.update(bytes(plain));
    return Long.toHexString(crc.getValue());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
