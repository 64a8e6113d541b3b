package io.expressway.internal.sign;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * HMAC-SHA256 (RFC 2104) with one key, over the JDK's digest. The JDK's own Mac first sets up its
 * cryptography framework, a tenth of a cold start, and allocates twice as much for each use.
 * Confined to one thread.
 */
final class HmacSha256 {
  private static final int BLOCK_BYTES = 64;
  private static final int DIGEST_BYTES = 32;

  private final MessageDigest sha256 = sha256();
  private final byte[] inner;
  private final byte[] outer;
  private final byte[] between = new byte[DIGEST_BYTES];

  HmacSha256(byte[] key) {
    byte[] block = Arrays.copyOf(key.length > BLOCK_BYTES ? sha256.digest(key) : key, BLOCK_BYTES);
    inner = padded(block, 0x36);
    outer = padded(block, 0x5c);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] padded(byte[] key, int pad) {
    byte[] block = new byte[BLOCK_BYTES];
    for (int i = 0; i < BLOCK_BYTES; i++) {
      block[i] = (byte) (key[i] ^ pad);
    }
    return block;
  }

  /** Puts the code of {@code text[0, length)} into the first 32 bytes of {@code code}. */
  void sign(byte[] text, int length, byte[] code) {
    try {
      sha256.update(inner);
      sha256.update(text, 0, length);
      sha256.digest(between, 0, DIGEST_BYTES);
      sha256.update(outer);
      sha256.update(between);
      sha256.digest(code, 0, DIGEST_BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 digest has 32 bytes", e);
    }
  }

  byte[] sign(byte[] text) {
    byte[] code = new byte[DIGEST_BYTES];
    sign(text, text.length, code);
    return code;
  }
}
