package io.expressway.testkit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.store.S3Error;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How long a session is good, and how it is remembered after that. */
class SessionsTest {
  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration INSTANT = Duration.ofNanos(1);

  private final Sessions sessions = new Sessions(Sessions.LIFETIME, new Tokens(new Random(7)));
  private final Session session = sessions.create("demo", true, Map.of(), START);

  private void assertRefused(String code, Instant now) {
    assertThatThrownBy(() -> sessions.live(session.token(), now))
        .isInstanceOfSatisfying(S3Error.class, error -> assertThat(error.code()).isEqualTo(code));
  }

  @Test
  void livesFiveMinutes() {
    Instant end = START.plus(Duration.ofMinutes(5));

    assertThat(session.expiration()).isEqualTo(end);
    assertThat(sessions.live(session.token(), end.minus(INSTANT))).isSameAs(session);
    assertRefused("ExpiredToken", end);
  }

  @Test
  void hasCredentialsOfItsOwn() {
    Session other = sessions.create("demo", true, Map.of(), START);

    assertThat(other.token()).isNotEqualTo(session.token());
    assertThat(other.keys().accessKeyId()).hasSize(26).isNotEqualTo(session.keys().accessKeyId());
    assertThat(sessions.byKeyId(other.keys().accessKeyId())).isSameAs(other);
  }

  @Test
  void unknownTokenIsInvalid() {
    assertThatThrownBy(() -> sessions.live("nobody's", START))
        .isInstanceOfSatisfying(
            S3Error.class, error -> assertThat(error.code()).isEqualTo("InvalidToken"));
  }

  @Test
  void expireAllEndsWhatLives() {
    sessions.expireAll(START);

    assertRefused("ExpiredToken", START);
  }

  @Test
  void expireAllNeverLengthensASession() {
    sessions.expireAll(START.plus(Duration.ofHours(1)));

    assertRefused("ExpiredToken", session.expiration());
  }

  @Test
  void endedSessionsAreForgottenWhenThereAreMany() {
    Instant later = START.plus(Duration.ofMinutes(21));
    for (int i = 0; i < 1_001; i++) {
      sessions.create("demo", false, Map.of(), later);
    }

    assertRefused("InvalidToken", later);
    assertThat(sessions.byKeyId(session.keys().accessKeyId())).isNull();
  }

  @Test
  void aTextOfASessionHasNoSecret() {
    assertThat(session.toString())
        .doesNotContain(session.keys().secretAccessKey())
        .doesNotContain(session.token());
  }
}
