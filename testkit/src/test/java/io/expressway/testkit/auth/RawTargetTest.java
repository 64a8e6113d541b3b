package io.expressway.testkit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.store.S3Error;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two readings of a request target: decoded, and canonical. */
class RawTargetTest {
  @ParameterizedTest
  @CsvSource({
    "/a/b.txt, /a/b.txt",
    "/a//b, /a//b",
    "/a/../b, /a/../b",
    "/a%2Fb, /a/b",
    "/a%2fb, /a/b",
    "/a+b, /a%2Bb",
    "/a%20b, /a%20b",
    "/a:b@c, /a%3Ab%40c",
    "/%7etilde, /~tilde",
    "/%c3%a9, /%C3%A9",
    "/100%25, /100%25",
  })
  void pathIsEncodedOnceAndNotNormalised(String raw, String canonical) {
    assertThat(RawTarget.parse(raw).canonicalPath()).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "/k?b=2&a=1, a=1&b=2",
    "/k?a=2&a=1, a=1&a=2",
    "/k?uploads, uploads=",
    "/k?uploads=, uploads=",
    "/k?prefix=a/b, prefix=a%2Fb",
    "/k?prefix=a+b, prefix=a%20b",
    "/k?a-b=1&a=2&aa=3, a=2&a-b=1&aa=3",
    "/k?&&a=1&, a=1",
    "/k?a=b=c, a=b%3Dc",
  })
  void queryIsSortedAndEncoded(String raw, String canonical) {
    assertThat(RawTarget.parse(raw).canonicalQuery(null)).isEqualTo(canonical);
  }

  @Test
  void oneParameterIsLeftOut() {
    RawTarget target = RawTarget.parse("/k?X-Amz-Signature=00&a=1");

    assertThat(target.canonicalQuery("X-Amz-Signature")).isEqualTo("a=1");
  }

  @Test
  void valuesAreDecodedInTheirOrder() {
    RawTarget target = RawTarget.parse("/k%20k?b=x%2Fy&a=1+1&a=2");

    assertThat(target.decodedPath()).isEqualTo("/k k");
    assertThat(target.query()).containsEntry("b", List.of("x/y"));
    assertThat(target.query()).containsEntry("a", List.of("1 1", "2"));
    assertThat(target.param("a")).isEqualTo("1 1");
    assertThat(target.param("c")).isNull();
  }

  @ParameterizedTest
  @CsvSource({"http://h:1/b/k?x=1, /b/k", "http://h, /", "/, /", "'?x=1', /"})
  void absoluteFormIsReducedToItsPath(String raw, String path) {
    assertThat(RawTarget.parse(raw).path()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a%", "/a%2", "/a%zz", "/k?a=%4", "/k?%gg=1"})
  void brokenEncodingIsRefused(String raw) {
    assertThatThrownBy(() -> RawTarget.parse(raw))
        .isInstanceOfSatisfying(
            S3Error.class, error -> assertThat(error.code()).isEqualTo("InvalidURI"));
  }
}
