package io.expressway.testkit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.store.S3Error;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What others signed is accepted, and is refused when one byte of it is another. */
class PublishedExamplesTest {
  /** A prime, so that the data bytes flipped do not fall into step with anything. */
  private static final int DATA_STRIDE = 1_009;

  private static List<SignedExample> examples() {
    return PublishedExamples.all();
  }

  private static void assertRefused(String what, ThrowingCallable attempt) {
    assertThatThrownBy(attempt, what).isInstanceOf(S3Error.class);
  }

  private static String flipped(String text, int at) {
    return text.substring(0, at) + (char) (text.charAt(at) ^ 1) + text.substring(at + 1);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isAccepted(SignedExample example) {
    Verified verified = example.verify();

    assertThat(verified.identity().accessKeyId()).isEqualTo(example.keys().accessKeyId());
    assertThat(verified.session() != null).isEqualTo(example.sessionBucket() != null);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anotherMethodIsRefused(SignedExample example) {
    for (int i = 0; i < example.method().length(); i++) {
      SignedExample other = example.withMethod(flipped(example.method(), i));
      assertRefused(other.method(), other::verify);
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyByteOfTheTargetCounts(SignedExample example) {
    for (int i = 0; i < example.target().length(); i++) {
      String target = flipped(example.target(), i);
      assertRefused(target, () -> example.withTarget(target).verify());
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyByteOfEverySignedHeaderCounts(SignedExample example) {
    example
        .headers()
        .forEach(
            (name, value) -> {
              for (int i = 0; i < value.length(); i++) {
                SignedExample other = example.withHeader(name, flipped(value, i));
                assertRefused(name + " byte " + i, other::verify);
              }
            });
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everySignedHeaderIsNeeded(SignedExample example) {
    for (String name : example.headers().keySet()) {
      assertRefused("without " + name, example.withHeader(name, null)::verify);
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anUnsignedServiceHeaderIsRefused(SignedExample example) {
    assertThatThrownBy(example.withHeader("x-amz-meta-added", "1")::verify)
        .isInstanceOfSatisfying(
            S3Error.class, error -> assertThat(error.code()).isEqualTo("AccessDenied"));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anUnsignedHeaderOfTheTransportIsFree(SignedExample example) {
    assertThat(example.withHeader("connection", "keep-alive").verify()).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isRefusedAWeekLater(SignedExample example) {
    assertRefused("late", example.at(example.now().plus(Duration.ofDays(8)))::verify);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isRefusedTwentyMinutesEarlier(SignedExample example) {
    assertRefused("early", example.at(example.now().minus(Duration.ofMinutes(20)))::verify);
  }

  @Test
  void everyByteOfASignedPayloadCounts() {
    byte[] payload = "Welcome to Amazon S3.".getBytes(StandardCharsets.US_ASCII);

    assertThat(decode(PublishedExamples.putObject(), payload.clone())).isEqualTo(payload);
    for (int i = 0; i < payload.length; i++) {
      byte[] other = payload.clone();
      other[i] ^= 1;
      assertRefused("byte " + i, () -> decode(PublishedExamples.putObject(), other));
    }
  }

  @Test
  void chunksAreDecoded() {
    byte[] decoded = decode(PublishedExamples.chunked(), PublishedExamples.chunkedBody());

    assertThat(decoded).hasSize(66_560).containsOnly('a');
  }

  @Test
  void documentedLengthOfTheChunksIsRight() {
    assertThat(PublishedExamples.chunkedBody()).hasSize(66_824);
  }

  @Test
  void chunksWithTrailerAreDecoded() {
    Map<String, String> trailers = new LinkedHashMap<>();
    byte[] decoded =
        decode(
            PublishedExamples.chunkedWithTrailer(),
            PublishedExamples.chunkedWithTrailerBody(),
            trailers);

    assertThat(decoded).hasSize(66_560).containsOnly('a');
    assertThat(trailers).containsExactly(Map.entry("x-amz-checksum-crc32c", "sOO8/Q=="));
  }

  @Test
  void everyByteOfTheFramesCounts() {
    assertNoByteIsFree(PublishedExamples.chunked(), PublishedExamples.chunkedBody());
  }

  @Test
  void everyByteOfTheFramesAndTrailersCounts() {
    assertNoByteIsFree(
        PublishedExamples.chunkedWithTrailer(), PublishedExamples.chunkedWithTrailerBody());
  }

  /** Flips every byte of the framing, and a sample of the data, which is all the letter a. */
  private static void assertNoByteIsFree(SignedExample example, byte[] body) {
    for (int i = 0; i < body.length; i++) {
      if (isFraming(body, i) || i % DATA_STRIDE == 0) {
        byte[] other = body.clone();
        other[i] ^= 1;
        assertRefused("byte " + i, () -> decode(example, other));
      }
    }
  }

  private static boolean isFraming(byte[] body, int at) {
    boolean amongLetters =
        at > 0 && at + 1 < body.length && body[at - 1] == 'a' && body[at + 1] == 'a';
    return !amongLetters || body[at] != 'a';
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] body = PublishedExamples.chunkedWithTrailerBody();
    for (int cut = 3; cut < 700; cut++) {
      byte[] shorter = java.util.Arrays.copyOf(body, body.length - cut);
      assertRefused(
          cut + " bytes short", () -> decode(PublishedExamples.chunkedWithTrailer(), shorter));
    }
  }

  private static byte[] decode(SignedExample example, byte[] body) {
    return decode(example, body, new LinkedHashMap<>());
  }

  private static byte[] decode(SignedExample example, byte[] body, Map<String, String> trailers) {
    ByteBuffer decoded =
        example.verify().payload().decode(ByteBuffer.wrap(body), example.headers(), trailers);
    byte[] bytes = new byte[decoded.remaining()];
    decoded.get(bytes);
    return bytes;
  }
}
