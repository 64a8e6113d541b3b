package io.expressway;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An access key: what signs a request. Either an IAM identity's, permanent or temporary, or the
 * five-minute one of an S3 Express session.
 *
 * <p>Immutable and compared by identity: an invalidation names exactly one. The secret and the
 * token never appear in {@link #toString}.
 */
public final class AccessKey {
  private final String id;
  private final String secret;
  private final @Nullable String token;
  private final @Nullable Instant expiration;
  private final boolean session;

  private AccessKey(
      String id,
      String secret,
      @Nullable String token,
      @Nullable Instant expiration,
      boolean session) {
    this.id = requireText("access key ID", id);
    this.secret = requireText("secret access key", secret);
    this.token = token;
    this.expiration = expiration;
    this.session = session;
  }

  /** A permanent IAM access key. */
  public static AccessKey of(String id, String secret) {
    return new AccessKey(id, secret, null, null, false);
  }

  /** A temporary IAM access key with its security token; {@code expiration} when known. */
  public static AccessKey temporary(
      String id, String secret, String token, @Nullable Instant expiration) {
    return new AccessKey(id, secret, requireText("security token", token), expiration, false);
  }

  /** The access key of an S3 Express session. */
  public static AccessKey session(String id, String secret, String token, Instant expiration) {
    return new AccessKey(id, secret, requireText("session token", token), expiration, true);
  }

  private static String requireText(String what, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          what + " must not be empty: S3 Express takes no anonymous requests");
    }
    return value;
  }

  /** The access key ID, which is no secret. */
  public String id() {
    return id;
  }

  /** The secret access key. */
  public String secret() {
    return secret;
  }

  /** The security or session token. */
  public Optional<String> token() {
    return Optional.ofNullable(token);
  }

  /** When the service stops taking it. */
  public Optional<Instant> expiration() {
    return Optional.ofNullable(expiration);
  }

  /** Whether this is a session's key, sent with {@code x-amz-s3session-token}. */
  public boolean isSession() {
    return session;
  }

  @Override
  public String toString() {
    return (session ? "session key " : "access key ") + id;
  }
}
