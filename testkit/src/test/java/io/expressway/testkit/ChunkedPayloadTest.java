package io.expressway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.testkit.TestSigner.Answer;
import io.expressway.testkit.store.S3Error;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The payload forms of x-amz-content-sha256. A payload that is refused stores nothing. */
class ChunkedPayloadTest {
  private static final String KEY = "new.bin";
  private static final String MISMATCH = "403 SignatureDoesNotMatch";
  private static final String UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  private static final String BIG = "0123456789abcdef".repeat(1_024);

  private final Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private final ZonalServer server = ZonalServer.builder().clock(ManualClock.at(now)).start();
  private final Zone zone = server.zones().get(0);
  private final TestSigner owner = TestSigner.owner(server, now);

  @AfterEach
  void close() {
    server.close();
  }

  private TestSigner.Request put() {
    return owner.key("PUT", KEY);
  }

  private String stored() {
    return new String(zone.bytes(zone.bucket(), KEY), java.nio.charset.StandardCharsets.US_ASCII);
  }

  private void assertStored(TestSigner.Request request, String content) throws Exception {
    assertThat(request.send().verdict()).isEqualTo("200");
    assertThat(stored()).isEqualTo(content);
  }

  private void assertRefused(TestSigner.Request request, String verdict) throws Exception {
    assertThat(request.send().verdict()).isEqualTo(verdict);
    Assertions.assertThatThrownBy(this::stored)
        .isInstanceOfSatisfying(
            S3Error.class, error -> assertThat(error.code()).isEqualTo("NoSuchKey"));
  }

  private static String crc32(String text) {
    CRC32 crc = new CRC32();
    crc.update(TestSigner.bytes(text));
    byte[] sum = ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
    return Base64.getEncoder().encodeToString(sum);
  }

  private TestSigner.Request unsignedFrames(String trailerLines) {
    return put()
        .header("x-amz-trailer", "x-amz-checksum-crc32")
        .framed(UNSIGNED_TRAILER, 5, "5\r\nhello\r\n0\r\n" + trailerLines + "\r\n");
  }

  @Test
  void hashOfThePayloadIsChecked() throws Exception {
    assertStored(put().body("hello"), "hello");
  }

  @Test
  void hashOfAnotherPayloadIsRefused() throws Exception {
    String other = TestSigner.sha256(TestSigner.bytes("other"));

    assertRefused(put().body("hello").payloadHash(other), "400 XAmzContentSHA256Mismatch");
  }

  @Test
  void hashOfNoPayloadIsCheckedToo() throws Exception {
    String other = TestSigner.sha256(TestSigner.bytes("other"));

    assertThat(owner.key("GET", "").query("list-type=2").payloadHash(other).send().verdict())
        .isEqualTo("400 XAmzContentSHA256Mismatch");
  }

  @Test
  void missingHashIsRefused() throws Exception {
    assertRefused(put().body("hello").payloadHash(null), "400 InvalidRequest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unsigned-payload",
        "STREAMING-UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
        "e3b0c442",
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"
      })
  void otherFormsAreRefused(String form) throws Exception {
    assertRefused(put().body("").payloadHash(form), "400 InvalidArgument");
  }

  @Test
  void otherFormsAreRefusedInAUrlToo() throws Exception {
    Answer answer =
        put().sendTo(put().query("X-Amz-Content-Sha256=STREAMING-UNSIGNED-PAYLOAD").presign(60));

    assertThat(answer.verdict()).isEqualTo("400 InvalidArgument");
  }

  @Test
  void unsignedPayloadIsTaken() throws Exception {
    assertStored(put().body("hello").payloadHash("UNSIGNED-PAYLOAD"), "hello");
  }

  @Test
  void unsignedPayloadIsCheckedByItsChecksum() throws Exception {
    assertRefused(
        put()
            .body("hello")
            .payloadHash("UNSIGNED-PAYLOAD")
            .header("x-amz-checksum-crc32", crc32("hallo")),
        "400 BadDigest");
  }

  @Test
  void trailingChecksumIsChecked() throws Exception {
    assertStored(unsignedFrames("x-amz-checksum-crc32:" + crc32("hello") + "\r\n"), "hello");
  }

  @Test
  void wrongTrailingChecksumIsRefused() throws Exception {
    assertRefused(
        unsignedFrames("x-amz-checksum-crc32:" + crc32("hallo") + "\r\n"), "400 BadDigest");
  }

  @Test
  void malformedTrailingChecksumIsRefused() throws Exception {
    Answer answer = unsignedFrames("x-amz-checksum-crc32:!\r\n").send();

    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void announcedTrailerMustCome() throws Exception {
    assertRefused(unsignedFrames(""), "400 MalformedTrailerError");
  }

  @Test
  void onlyAnnouncedTrailersMayCome() throws Exception {
    assertRefused(
        put().framed(UNSIGNED_TRAILER, 5, "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\n"),
        "400 MalformedTrailerError");
  }

  @Test
  void decodedLengthMustBeTrue() throws Exception {
    assertRefused(
        put().framed(UNSIGNED_TRAILER, 6, "5\r\nhello\r\n0\r\n\r\n"), "400 IncompleteBody");
  }

  @Test
  void decodedLengthIsNeeded() throws Exception {
    assertRefused(
        put().body("5\r\nhello\r\n0\r\n\r\n").payloadHash(UNSIGNED_TRAILER),
        "411 MissingContentLength");
  }

  @Test
  void framesMayTravelInHttpChunks() throws Exception {
    assertStored(put().framed(UNSIGNED_TRAILER, 5, "5\r\nhello\r\n0\r\n\r\n").streamed(), "hello");
  }

  @Test
  void httpChunksNeedTheDecodedLength() throws Exception {
    assertRefused(put().body("hello").streamed(), "411 MissingContentLength");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-100000", "9223372036854775807", "99999999999999999999", "five"})
  void absurdDecodedLengthsAreRefused(String length) throws Exception {
    for (boolean streamed : new boolean[] {false, true}) {
      TestSigner.Request request =
          put()
              .framed(UNSIGNED_TRAILER, 5, "5\r\nhello\r\n0\r\n\r\n")
              .header("x-amz-decoded-content-length", length);
      Answer answer = (streamed ? request.streamed() : request).send();

      assertThat(answer.verdict())
          .isIn("400 IncompleteBody", "411 MissingContentLength", "400 EntityTooLarge");
    }
  }

  @Test
  void framesNeedNotBeNamedInContentEncoding() throws Exception {
    assertStored(
        put()
            .body("5\r\nhello\r\n0\r\n\r\n")
            .payloadHash(UNSIGNED_TRAILER)
            .header("x-amz-decoded-content-length", "5"),
        "hello");
  }

  @Test
  void cutFramesAreRefused() throws Exception {
    assertRefused(put().framed(UNSIGNED_TRAILER, 5, "5\r\nhello\r\n"), "400 IncompleteBody");
  }

  @Test
  void signedChunksAreTaken() throws Exception {
    assertStored(put().signedChunks(List.of(BIG, BIG, "end"), ""), BIG + BIG + "end");
  }

  @Test
  void signedChunksOfNothingAreTaken() throws Exception {
    assertStored(put().signedChunks(List.of(), ""), "");
  }

  @Test
  void signedChunksOfASessionAreTaken() throws Exception {
    TestSigner session = owner.session("ReadWrite");

    assertStored(session.key("PUT", KEY).signedChunks(List.of(BIG, "end"), ""), BIG + "end");
  }

  @Test
  void smallChunkInTheMiddleIsRefused() throws Exception {
    assertRefused(put().signedChunks(List.of("small", BIG), ""), "403 InvalidChunkSizeError");
  }

  @Test
  void signedTrailerIsTaken() throws Exception {
    String content = BIG + "end";

    assertStored(
        put()
            .header("x-amz-trailer", "x-amz-checksum-crc32")
            .signedChunks(List.of(BIG, "end"), "x-amz-checksum-crc32:" + crc32(content) + "\n"),
        content);
  }

  @Test
  void signedTrailerWithAWrongChecksumIsRefused() throws Exception {
    assertRefused(
        put()
            .header("x-amz-trailer", "x-amz-checksum-crc32")
            .signedChunks(List.of("end"), "x-amz-checksum-crc32:" + crc32("and") + "\n"),
        "400 BadDigest");
  }

  @Test
  void chunksWithoutSignaturesAreAMismatch() throws Exception {
    assertRefused(
        put().framed("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", 5, "5\r\nhello\r\n0\r\n\r\n"), MISMATCH);
  }

  @Test
  void chunksOfAnotherSecretAreAMismatch() throws Exception {
    String foreign = ";chunk-signature=" + "0".repeat(64) + "\r\n";

    assertRefused(
        put()
            .framed(
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                5,
                "5" + foreign + "hello\r\n0" + foreign + "\r\n"),
        MISMATCH);
  }

  @Test
  void refusalOfAPayloadLeavesTheOldObject() throws Exception {
    assertStored(put().body("old"), "old");

    assertThat(unsignedFrames("x-amz-checksum-crc32:" + crc32("x") + "\r\n").send().status())
        .isEqualTo(400);
    assertThat(stored()).isEqualTo("old");
  }
}
