package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What callers ask with: reads, listings, writes, and the texts that go into headers. */
final class RequestTest {
  private static final ObjectVersion VERSION = new ObjectVersion("\"abc\"");

  @Test
  void readRequestsAreChangedInCopies() {
    ReadRequest plain = ReadRequest.of("key", ByteRange.of(0, 10));
    ReadRequest full = plain.ifVersion(VERSION).deadline(Duration.ofMillis(30));
    assertThat(full.key()).isEqualTo("key");
    assertThat(full.range()).isEqualTo(ByteRange.of(0, 10));
    assertThat(full.version()).contains(VERSION);
    assertThat(full.deadline()).contains(Duration.ofMillis(30));
    assertThat(plain.version()).isEmpty();
    assertThat(plain.deadline()).isEmpty();
    assertThat(plain).hasToString("key bytes=0-9");
    assertThat(full).hasToString("key bytes=0-9 if version \"abc\"");
  }

  @Test
  void aDeadlineIsPositive() {
    ReadRequest plain = ReadRequest.of("key", ByteRange.all());
    for (Duration none : new Duration[] {Duration.ZERO, Duration.ofMillis(-1)}) {
      assertThatThrownBy(() -> plain.deadline(none)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void listRequestsCheckTheirPages() {
    ListRequest request = ListRequest.under("dir/").grouped().pageSize(7).after("token");
    assertThat(request.prefix()).isEqualTo("dir/");
    assertThat(request.isGrouped()).isTrue();
    assertThat(request.pageSize()).isEqualTo(7);
    assertThat(request.token()).contains("token");
    for (int size : new int[] {0, -1, 1001}) {
      assertThatThrownBy(() -> request.pageSize(size))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 1000");
    }
  }

  @Test
  void writeOptionsHoldOneConditionAtMost() {
    WriteOptions absent = WriteOptions.defaults().ifVersion(VERSION).ifAbsent();
    assertThat(absent.requiresAbsent()).isTrue();
    assertThat(absent.version()).isEmpty();
    WriteOptions version = absent.ifVersion(VERSION);
    assertThat(version.requiresAbsent()).isFalse();
    assertThat(version.version()).contains(VERSION);
    assertThat(version.isConditional()).isTrue();
    assertThat(WriteOptions.defaults().isConditional()).isFalse();
  }

  @Test
  void headersCannotBeSmuggledIn() {
    for (String bad : new String[] {"a\r\nx-amz-acl: public-read", "a\nb", "tab\t", "caf\u00e9"}) {
      assertThatThrownBy(() -> WriteOptions.defaults().contentType(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("content type");
      assertThatThrownBy(() -> WriteOptions.defaults().metadata(Map.of("name", bad)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("metadata name");
      assertThatThrownBy(() -> WriteOptions.defaults().metadata(Map.of(bad, "value")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void metadataNamesDoNotDifferByCase() {
    assertThat(WriteOptions.defaults().metadata(Map.of("Owner", "me")).metadata())
        .isEqualTo(Map.of("owner", "me"));
    Map<String, String> twice = new TreeMap<>(Map.of("owner", "me", "OWNER", "you"));
    assertThatThrownBy(() -> WriteOptions.defaults().metadata(twice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("owner");
  }

  @Test
  void metadataHasTwoKilobytes() {
    assertThat(WriteOptions.defaults().metadata(Map.of("name", "v".repeat(2044))).metadata())
        .hasSize(1);
    assertThatThrownBy(() -> WriteOptions.defaults().metadata(Map.of("name", "v".repeat(2045))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2049");
  }

  @Test
  void accessKeysHideWhatIsSecret() {
    AccessKey key = AccessKey.temporary("AKID", "hush", "tell-nobody", null);
    assertThat(key.toString()).contains("AKID").doesNotContain("hush", "tell-nobody");
    for (String empty : new String[] {"", " "}) {
      assertThatThrownBy(() -> AccessKey.of("AKID", empty))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("secret access key");
    }
  }
}
