package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of each refusal; that all buckets refuse the same is in the contract. */
final class ArgumentsTest {
  private static final BucketName DIRECTORY = BucketName.directory("logs--usw2-az1--x-s3");
  private static final BucketName GENERAL = BucketName.general("logs");

  @Test
  void refusalsOfKeysSayWhatIsWrongAndWhere() {
    assertRefused("", "key must not be empty");
    assertRefused(
        "a".repeat(1025), "at most 1024 bytes of UTF-8, but has 1025: it begins with \"aaa");
    assertRefused("\u20ac".repeat(342), "has 1026");
    assertRefused("ab\u0000", "U+0000 (index 2)");
    assertRefused("ab\u001b", "U+001B (index 2)");
    assertRefused("a\ufffe", "U+FFFE (index 1)");
    assertRefused("a\ud83d", "U+D83D (index 1): it is half of a surrogate pair");
    assertRefused("\ude80\ud83d", "U+DE80 (index 0)");
  }

  private static void assertRefused(String key, String words) {
    assertThatThrownBy(() -> Arguments.key(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }

  @Test
  void oddKeysPass() {
    for (String key : new String[] {" ", "a\tb\r\n", "\u007f", "\ud83d\ude80", "..", "//"}) {
      assertThat(Arguments.key(key)).isSameAs(key);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a/", "a/b/"})
  void directoriesMayBeListed(String prefix) {
    assertThat(Arguments.prefix(DIRECTORY, prefix)).isSameAs(prefix);
  }

  @Test
  void otherPrefixesNeedAGeneralPurposeBucket() {
    assertThatThrownBy(() -> Arguments.prefix(DIRECTORY, "a/b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"a/b\" must end in '/'")
        .hasMessageContaining("list under \"a/\"");
    assertThatThrownBy(() -> Arguments.prefix(DIRECTORY, "ab")).hasMessageContaining("under \"\"");
    assertThat(Arguments.prefix(GENERAL, "a/b")).isEqualTo("a/b");
    assertThatThrownBy(() -> Arguments.prefix(GENERAL, "\u0000"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prefix must not contain U+0000");
  }

  @Test
  void targetsNeedRoomForWhatIsKnown() {
    ByteBuffer target = ByteBuffer.allocate(10);
    assertThat(Arguments.target(target, ByteRange.of(0, 10))).isSameAs(target);
    assertThat(Arguments.target(target, ByteRange.from(7))).isSameAs(target);
    for (ByteRange tooLong : new ByteRange[] {ByteRange.of(5, 11), ByteRange.last(11)}) {
      assertThatThrownBy(() -> Arguments.target(target, tooLong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("room for 10 bytes")
          .hasMessageContaining("asks for 11");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // callers without a checker pass null
  void aMissingRangeIsNamed() {
    assertThatThrownBy(() -> Arguments.ranges(Arrays.asList(ByteRange.all(), null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number 1");
  }
}
