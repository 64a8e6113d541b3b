package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpressOptionsTest {
  private static final ExpressOptions DEFAULTS = ExpressOptions.defaults();

  private static ExpressOptions set(ExpressOptions.Knob knob, long value) {
    Duration time = Duration.ofMillis(value);
    return switch (knob) {
      case CONCURRENT_REQUESTS -> DEFAULTS.concurrentRequests((int) value);
      case CONNECTIONS -> DEFAULTS.connections((int) value);
      case SESSION_DEADLINE -> DEFAULTS.sessionDeadline(time);
      case WAITING_REQUESTS -> DEFAULTS.waitingRequests((int) value);
      case READ_DEADLINE -> DEFAULTS.readDeadline(time);
      case WRITE_DEADLINE -> DEFAULTS.writeDeadline(time);
      case CONNECT_TIMEOUT -> DEFAULTS.connectTimeout(time);
      case SEND_BUFFER -> DEFAULTS.sendBuffer((int) value);
      case FIRST_BYTE_TIMEOUT -> DEFAULTS.firstByteTimeout(time);
      case IDLE_TIMEOUT -> DEFAULTS.idleTimeout(time);
      case KEEP_ALIVE -> DEFAULTS.keepAlive(time);
      case RETRIES -> DEFAULTS.retries((int) value);
      case EVENT_LOOPS -> DEFAULTS.eventLoops((int) value);
      case POOLED_MEMORY -> DEFAULTS.pooledMemory(value);
      case UPLOAD_MEMORY -> DEFAULTS.uploadMemory(value);
    };
  }

  @ParameterizedTest
  @EnumSource
  void everyKnobKeepsToItsRangeAndShowsItsValue(ExpressOptions.Knob knob) {
    for (long allowed : new long[] {knob.least, knob.most}) {
      assertThat(set(knob, allowed).toString())
          .contains(knob.label + " = " + allowed + " " + knob.unit);
    }
    for (long refused : new long[] {knob.least - 1, knob.most + 1}) {
      assertThatThrownBy(() -> set(knob, refused))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(knob.label)
          .hasMessageContaining(knob.least + " to " + knob.most)
          .hasMessageContaining(Long.toString(refused));
    }
    assertThat(DEFAULTS.toString()).contains(knob.label + " = " + knob.fallback + " ");
  }

  @Test
  void optionsAreChangedInCopies() {
    ExpressOptions changed =
        DEFAULTS
            .concurrentRequests(7)
            .readDeadline(Duration.ofSeconds(1))
            .region("eu-north-1")
            .endpoint(URI.create("http://127.0.0.1:9000"))
            .mode(SessionMode.READ_ONLY);
    assertThat(changed.concurrentRequests()).isEqualTo(7);
    assertThat(changed.readDeadline()).isEqualTo(Duration.ofSeconds(1));
    assertThat(changed.region()).contains("eu-north-1");
    assertThat(changed.endpoint()).contains(URI.create("http://127.0.0.1:9000"));
    assertThat(changed.mode()).isEqualTo(SessionMode.READ_ONLY);
    assertThat(changed.connections()).isEqualTo(7);
    assertThat(changed.connections(3).connections()).isEqualTo(3);
    assertThat(changed.connections(30).connections()).isEqualTo(7);
    assertThat(DEFAULTS.concurrentRequests()).isEqualTo(64);
    assertThat(DEFAULTS.sessionDeadline()).isEqualTo(Duration.ofSeconds(30));
    assertThat(DEFAULTS.encryption()).isEqualTo(Encryption.bucketDefault());
    assertThat(DEFAULTS.readDeadline()).isEqualTo(Duration.ofSeconds(5));
    assertThat(DEFAULTS.writeDeadline()).isEqualTo(Duration.ofSeconds(10));
    assertThat(DEFAULTS.region()).isEmpty();
    assertThat(DEFAULTS.endpoint()).isEmpty();
    assertThat(DEFAULTS.mode()).isEqualTo(SessionMode.READ_WRITE);
    assertThat(DEFAULTS.eventLoops()).isBetween(1, 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:9000", "ftp://host", "http:/host", "http://host/path", "/only/a/path"})
  void endpointsThatNoRequestCouldReachAreRefused(String endpoint) {
    assertThatThrownBy(() -> DEFAULTS.endpoint(URI.create(endpoint)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https://host[:port]")
        .hasMessageContaining(endpoint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "usw2", "us-west-2a", "US-WEST-2", "us_west_2", "us-west-2/../x"})
  void regionsThatAreNoneAreRefused(String region) {
    assertThatThrownBy(() -> DEFAULTS.region(region))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("us-west-2")
        .hasMessageContaining("\"" + region + "\"");
  }
}
