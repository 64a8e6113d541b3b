package io.expressway.testkit.auth;

import java.util.Base64;
import java.util.random.RandomGenerator;

/** Makes access key ids, secrets and tokens. Safe for many threads. */
public final class Tokens {
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private final RandomGenerator random;

  /**
   * A maker of credentials.
   *
   * @param random where the bits come from; used under a lock
   */
  public Tokens(RandomGenerator random) {
    this.random = random;
  }

  /** A long-lived access key id: AKIA and sixteen characters. */
  public String accessKeyId() {
    return "AKIA" + base32(16);
  }

  /** The access key id of temporary credentials: ASIA and sixteen characters. */
  public String temporaryKeyId() {
    return "ASIA" + base32(16);
  }

  /** The access key id of a session: 26 characters, as CreateSession returns. */
  public String sessionKeyId() {
    return base32(26);
  }

  /** A secret of forty characters. */
  public String secret() {
    return Base64.getEncoder().encodeToString(bytes(30));
  }

  /** A token: long Base64 text with a slash and a plus likely, as the service's. */
  public String token() {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes(240));
  }

  private String base32(int length) {
    StringBuilder out = new StringBuilder(length);
    for (byte b : bytes(length)) {
      out.append(BASE32.charAt(b & 31));
    }
    return out.toString();
  }

  private synchronized byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
