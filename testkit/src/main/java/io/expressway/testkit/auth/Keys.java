package io.expressway.testkit.auth;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Credentials known to the server, with the signing keys derived from them. Safe for many threads.
 *
 * <p>A signing key depends on secret, date, region and service only, so it is derived once per day.
 */
public final class Keys {
  private static final int MAX_DERIVED = 64;

  private final String accessKeyId;
  private final String secretAccessKey;
  private final @Nullable String token;
  private final Map<Scope, byte[]> derived = new ConcurrentHashMap<>();

  /**
   * Credentials.
   *
   * @param accessKeyId the access key id
   * @param secretAccessKey the secret
   * @param token the session token of temporary credentials, null for long-lived ones
   */
  public Keys(String accessKeyId, String secretAccessKey, @Nullable String token) {
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
    this.token = token;
  }

  /** The access key id. */
  public String accessKeyId() {
    return accessKeyId;
  }

  /** The secret. */
  public String secretAccessKey() {
    return secretAccessKey;
  }

  /** The token, or null. */
  public @Nullable String token() {
    return token;
  }

  byte[] signingKey(Scope scope) {
    if (derived.size() > MAX_DERIVED) {
      derived.clear();
    }
    return derived.computeIfAbsent(scope, s -> s.signingKey(secretAccessKey));
  }

  @Override
  public String toString() {
    return "Keys[" + accessKeyId + "]";
  }
}
