package io.expressway.testkit.auth;

import io.expressway.testkit.store.S3Error;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one zone. Safe for many threads.
 *
 * <p>A session belongs to one bucket and one mode and ends five minutes after it was made; it
 * cannot be extended (Amazon S3 API reference, CreateSession, read on 2026-11-22). Ended sessions
 * are remembered for fifteen minutes, so that they are told from tokens that never were.
 */
public final class Sessions {
  /** The lifetime that CreateSession documents. */
  public static final Duration LIFETIME = Duration.ofMinutes(5);

  private static final Duration REMEMBERED = Duration.ofMinutes(15);
  private static final int PRUNE_ABOVE = 1_000;

  private final Duration lifetime;
  private final Tokens tokens;
  private final Map<String, Session> byKeyId = new ConcurrentHashMap<>();
  private final Map<String, Session> byToken = new ConcurrentHashMap<>();

  /**
   * An empty set of sessions.
   *
   * @param lifetime how long a session lives
   * @param tokens where keys and tokens come from
   */
  public Sessions(Duration lifetime, Tokens tokens) {
    this.lifetime = lifetime;
    this.tokens = tokens;
  }

  /**
   * Makes a session.
   *
   * @param bucket the bucket it is good for
   * @param readOnly whether it may only read
   * @param sse the server-side-encryption headers it pins
   * @param now the time of the server's clock
   */
  public Session create(String bucket, boolean readOnly, Map<String, String> sse, Instant now) {
    prune(now);
    return keep(
        new Session(
            new Keys(tokens.sessionKeyId(), tokens.secret(), tokens.token()),
            bucket,
            readOnly,
            now.plus(lifetime),
            Map.copyOf(new LinkedHashMap<>(sse))));
  }

  /** Takes a session in whose credentials come from elsewhere. */
  Session keep(Session session) {
    byKeyId.put(session.keys().accessKeyId(), session);
    byToken.put(session.token(), session);
    return session;
  }

  @Nullable Session byKeyId(String accessKeyId) {
    return byKeyId.get(accessKeyId);
  }

  /**
   * The live session of a token.
   *
   * @throws S3Error 400 InvalidToken when it never was, 400 ExpiredToken when it has ended
   */
  Session live(String token, Instant now) {
    Session session = byToken.get(token);
    if (session == null) {
      throw new S3Error(
          400, "InvalidToken", "The provided token is malformed or otherwise invalid.");
    }
    if (!now.isBefore(session.expiration())) {
      throw new S3Error(400, "ExpiredToken", "The provided token has expired.");
    }
    return session;
  }

  /** Ends every session now, as if its time were over. */
  public void expireAll(Instant now) {
    byToken.replaceAll((token, session) -> session.endingAt(now));
    byKeyId.replaceAll((id, session) -> session.endingAt(now));
  }

  /** Knows none of them any more. */
  public void forgetAll() {
    byToken.clear();
    byKeyId.clear();
  }

  private void prune(Instant now) {
    if (byToken.size() > PRUNE_ABOVE) {
      Instant before = now.minus(REMEMBERED);
      byToken.values().removeIf(session -> session.expiration().isBefore(before));
      byKeyId.values().removeIf(session -> session.expiration().isBefore(before));
    }
  }
}
