package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ByteRangeTest {
  @Test
  void rangesSpellThemselvesAsHttpDoes() {
    assertThat(ByteRange.of(0, 1)).hasToString("bytes=0-0");
    assertThat(ByteRange.of(10, 20)).hasToString("bytes=10-29");
    assertThat(ByteRange.of(1, Long.MAX_VALUE - 1)).hasToString("bytes=1-9223372036854775806");
    assertThat(ByteRange.from(7)).hasToString("bytes=7-");
    assertThat(ByteRange.last(7)).hasToString("bytes=-7");
    assertThat(ByteRange.all()).hasToString("all");
    assertThat(ByteRange.from(0)).isEqualTo(ByteRange.all());
  }

  @Test
  void rangesKnowWhatDependsOnTheObject() {
    assertThat(ByteRange.of(0, 10).isBounded()).isTrue();
    assertThat(ByteRange.from(5).isBounded()).isFalse();
    assertThat(ByteRange.from(5).length()).isEqualTo(-1);
    assertThat(ByteRange.last(5).isBounded()).isFalse();
    assertThat(ByteRange.last(5).isSuffix()).isTrue();
    assertThat(ByteRange.last(5).length()).isEqualTo(5);
    assertThat(ByteRange.all().isAll()).isTrue();
    assertThat(ByteRange.from(5).isAll()).isFalse();
    assertThat(ByteRange.last(Long.MAX_VALUE).isAll()).isFalse();
  }

  @Test
  void rangesAreValues() {
    assertThat(ByteRange.of(3, 4))
        .isEqualTo(ByteRange.of(3, 4))
        .hasSameHashCodeAs(ByteRange.of(3, 4));
    assertThat(ByteRange.of(0, 4)).isNotEqualTo(ByteRange.last(4));
    assertThat(ByteRange.of(3, 4)).isNotEqualTo(ByteRange.of(4, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 10, must not be negative",
    "0, 0, at least 1 byte",
    "5, -1, at least 1 byte",
    "1, 9223372036854775807, overflows",
    "9223372036854775807, 1, overflows"
  })
  void rangesThatCouldNeverBeReadAreRefused(long offset, long length, String why) {
    assertThatThrownBy(() -> ByteRange.of(offset, length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why)
        .hasMessageContaining(Long.toString(Math.min(offset, length)));
  }

  @Test
  void openRangesThatCouldNeverBeReadAreRefused() {
    assertThatThrownBy(() -> ByteRange.from(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ByteRange.last(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ByteRange.last(-5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-5");
  }
}
