package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EncryptionTest {
  private static final String KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd";

  @Test
  void aContextIsSortedJsonInBase64() {
    Encryption encryption = Encryption.kms(KEY).context(Map.of("b", "say \"hi\"", "a", "\n\\é"));
    byte[] json = Base64.getDecoder().decode(encryption.encodedContext().orElseThrow());
    assertThat(new String(json, StandardCharsets.UTF_8))
        .isEqualTo("{\"a\":\"\\u000a\\\\é\",\"b\":\"say \\\"hi\\\"\"}");
    assertThat(encryption.toString()).contains(KEY).doesNotContain("hi");
  }

  @Test
  void equalWhenTheyEncryptAlike() {
    assertThat(Encryption.kms(KEY))
        .isEqualTo(Encryption.kms(KEY))
        .hasSameHashCodeAs(Encryption.kms(KEY));
    assertThat(Encryption.kms(KEY))
        .isNotEqualTo(Encryption.kms(KEY).context(Map.of("a", "b")))
        .isNotEqualTo(Encryption.s3Managed());
    assertThat(Encryption.bucketDefault()).isNotEqualTo(Encryption.s3Managed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "alias/mine", "arn:aws:kms:us-west-2:111122223333:alias/mine", "a\nb"})
  void whatIsNoKmsKeyIsRefused(String key) {
    assertThatThrownBy(() -> Encryption.kms(key)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aContextNeedsAKmsKey() {
    assertThatThrownBy(() -> Encryption.s3Managed().context(Map.of("a", "b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kms");
  }
}
