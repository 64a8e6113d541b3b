package io.expressway.testkit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.testkit.store.S3Error;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The frames of aws-chunked, without signatures unless said. */
class AwsChunksTest {
  private static final byte[] SIGNING_KEY = "a key".getBytes(StandardCharsets.US_ASCII);
  private static final Scope SCOPE = new Scope("20261122", "us-west-2", "s3express");

  private static AwsChunks chunks(
      String framed, @Nullable ChunkSignatures signatures, boolean withTrailer) {
    ByteBuffer received = ByteBuffer.wrap(framed.getBytes(StandardCharsets.ISO_8859_1));
    return new AwsChunks(received, signatures, withTrailer);
  }

  private static String decode(AwsChunks chunks, long bytes) {
    return StandardCharsets.ISO_8859_1.decode(chunks.decode(bytes)).toString();
  }

  private static void assertRefused(String code, AwsChunks chunks, long bytes) {
    assertThatThrownBy(() -> chunks.decode(bytes))
        .isInstanceOfSatisfying(S3Error.class, error -> assertThat(error.code()).isEqualTo(code));
  }

  private static ChunkSignatures signatures() {
    return new ChunkSignatures(SIGNING_KEY, "20261122T120000Z", SCOPE, "5eed");
  }

  private static String signedFrame(ChunkSignatures signer, String data) {
    ByteBuffer bytes = ByteBuffer.wrap(data.getBytes(StandardCharsets.ISO_8859_1));
    String signature = signer.ofChunk(bytes);
    signer.checkChunk(bytes, signature);
    return Integer.toHexString(data.length()) + ";chunk-signature=" + signature + "\r\n" + data;
  }

  @Test
  void framesAreJoined() {
    AwsChunks chunks = chunks("5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", null, true);

    assertThat(decode(chunks, 11)).isEqualTo("hello world");
    assertThat(chunks.trailers()).isEmpty();
  }

  @Test
  void emptyPayloadIsOneFrame() {
    assertThat(decode(chunks("0\r\n\r\n", null, true), 0)).isEmpty();
  }

  @Test
  void dataMayLookLikeFrames() {
    assertThat(decode(chunks("7\r\n0\r\n\r\n0\r\r\n0\r\n\r\n", null, true), 7))
        .isEqualTo("0\r\n\r\n0\r");
  }

  @Test
  void trailersAreKeptWithLowerCaseNames() {
    AwsChunks chunks = chunks("0\r\nX-Amz-Meta-A: 1 \r\nb:2\r\n\r\n", null, true);

    assertThat(decode(chunks, 0)).isEmpty();
    assertThat(chunks.trailers()).isEqualTo(Map.of("x-amz-meta-a", "1", "b", "2"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 4, 6, 5_000_000_000L})
  void anotherLengthThanAnnouncedIsRefused(long announced) {
    assertRefused("IncompleteBody", chunks("5\r\nhello\r\n0\r\n\r\n", null, true), announced);
  }

  @ParameterizedTest
  @CsvSource({
    "'',IncompleteBody",
    "'5',IncompleteBody",
    "'5|hel',IncompleteBody",
    "'5|hello',IncompleteBody",
    "'5|hello|0|',IncompleteBody",
    "'5|helloX|0||',InvalidRequest",
    "'g|hello|0||',InvalidRequest",
    "'-5|hello|0||',InvalidRequest",
    "'+5|hello|0||',InvalidRequest",
    "'80000000|hello|0||',InvalidRequest",
    "'7fffffff|hello|0||',IncompleteBody",
    "'|5|hello|0||',InvalidRequest",
    "'5|hello|0||more',InvalidRequest",
    "'5|hello|0|no colon||',MalformedTrailerError",
    "'5|hello|0|:no name||',MalformedTrailerError",
  })
  void brokenFramesAreRefused(String frames, String code) {
    assertRefused(code, chunks(frames.replace("|", "\r\n"), null, true), 5);
  }

  @Test
  void lineWithoutEndIsRefused() {
    assertRefused("IncompleteBody", chunks("0".repeat(5_000), null, true), 0);
  }

  @Test
  void unannouncedTrailersAreRefused() {
    assertRefused("MalformedTrailerError", chunks("0\r\na:1\r\n\r\n", null, false), 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r", "\n", "\f", "\0"})
  void controlCharactersInTrailersAreRefused(String control) {
    assertRefused(
        "MalformedTrailerError", chunks("0\r\na:1" + control + "b:2\r\n\r\n", null, true), 0);
  }

  @Test
  void signedChunksMayBeSmallOnlyAtTheEnd() {
    ChunkSignatures signer = signatures();
    String big = "x".repeat(8_192);
    String framed =
        signedFrame(signer, big)
            + "\r\n"
            + signedFrame(signer, "small")
            + "\r\n"
            + signedFrame(signer, "")
            + "\r\n";

    assertThat(decode(chunks(framed, signatures(), false), 8_197)).isEqualTo(big + "small");
  }

  @Test
  void smallSignedChunkInTheMiddleIsRefused() {
    ChunkSignatures signer = signatures();
    String framed =
        signedFrame(signer, "small")
            + "\r\n"
            + signedFrame(signer, "x".repeat(8_192))
            + "\r\n"
            + signedFrame(signer, "")
            + "\r\n";

    assertRefused("InvalidChunkSizeError", chunks(framed, signatures(), false), 8_197);
  }

  @Test
  void signedChunksInAnotherOrderAreRefused() {
    ChunkSignatures signer = signatures();
    String first = signedFrame(signer, "a".repeat(8_192)) + "\r\n";
    String second = signedFrame(signer, "b".repeat(8_192)) + "\r\n";
    String last = signedFrame(signer, "") + "\r\n";

    assertRefused(
        "SignatureDoesNotMatch", chunks(second + first + last, signatures(), false), 16_384);
  }

  @Test
  void chunkWithoutItsSignatureIsRefused() {
    assertRefused("SignatureDoesNotMatch", chunks("0\r\n\r\n", signatures(), false), 0);
  }

  @Test
  void trailersWithoutTheirSignatureAreRefused() {
    ChunkSignatures signer = signatures();
    String framed = signedFrame(signer, "") + "a:1\r\n\r\n";

    assertRefused("SignatureDoesNotMatch", chunks(framed, signatures(), true), 0);
  }
}
