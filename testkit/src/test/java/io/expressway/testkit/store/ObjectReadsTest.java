package io.expressway.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectReadsTest extends StoreTest {
  private static final String WRITTEN = "Sun, 22 Nov 2026 10:00:00 GMT";
  private static final String BEFORE = "Sun, 22 Nov 2026 09:59:59 GMT";

  @BeforeEach
  void writeDigits() {
    Call.put("digits", "0123456789").header("x-amz-meta-owner", "me").on(store);
  }

  @Test
  void wholeObjectComesWithItsHeaders() {
    S3Response got = Call.get("digits").on(store);
    assertThat(got.status()).isEqualTo(200);
    assertThat(Call.text(got)).isEqualTo("0123456789");
    assertThat(got.headers())
        .containsEntry("x-amz-meta-owner", "me")
        .containsEntry("last-modified", WRITTEN)
        .containsEntry("accept-ranges", "bytes")
        .containsEntry("content-type", "binary/octet-stream")
        .containsEntry("x-amz-storage-class", "EXPRESS_ONEZONE")
        .containsEntry("x-amz-server-side-encryption", "AES256")
        .doesNotContainKey("content-range");
  }

  @Test
  void bodyIsTheStoredMemory() {
    ByteBuffer body = Call.get("digits").on(store).body();
    assertThat(body).matches(bytes -> bytes.isDirect() && bytes.isReadOnly());
  }

  @Test
  void entityTagIsQuotedAndCannotBeAnMd5() {
    String etag = Call.header(Call.get("digits").on(store), "etag");
    assertThat(etag).matches("\"[g-z][0-9a-z]{31}\"");
  }

  @Test
  void rewritingTheSameBytesMakesAnotherEntityTag() {
    String before = Call.header(Call.get("digits").on(store), "etag");
    Call.put("digits", "0123456789").on(store);
    assertThat(Call.header(Call.get("digits").on(store), "etag")).isNotEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0,     0,          bytes 0-0/10",
    "bytes=3-5,     345,        bytes 3-5/10",
    "bytes=7-,      789,        bytes 7-9/10",
    "bytes=-4,      6789,       bytes 6-9/10",
    "bytes=-99,     0123456789, bytes 0-9/10",
    "bytes=8-99,    89,         bytes 8-9/10",
    "bytes=9-99999999999999999999, 9, bytes 9-9/10"
  })
  void aSingleRangeIsAnswered(String range, String bytes, String contentRange) {
    S3Response got = Call.get("digits").header("range", range).on(store);
    assertThat(got.status()).isEqualTo(206);
    assertThat(Call.text(got)).isEqualTo(bytes);
    assertThat(got.headers()).containsEntry("content-range", contentRange);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-"})
  void aRangePastTheEndIsRefusedWithTheSize(String range) {
    S3Error error =
        refused(416, "InvalidRange", () -> Call.get("digits").header("range", range).on(store));
    assertThat(error.headers()).containsEntry("content-range", "bytes */10");
    assertThat(error.elements())
        .containsEntry("ActualObjectSize", "10")
        .containsEntry("RangeRequested", range);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bytes=5-3", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=0-1,4-5", "bytes=1", ""})
  void aRangeThatIsNotOneRangeIsIgnored(String range) {
    S3Response got = Call.get("digits").header("range", range).on(store);
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.contentLength()).isEqualTo(10);
  }

  @Test
  void anEmptyObjectHasNoRange() {
    Call.put("empty", "").on(store);
    refused(416, "InvalidRange", () -> Call.get("empty").header("range", "bytes=0-").on(store));
    assertThat(Call.get("empty").on(store).status()).isEqualTo(200);
  }

  @Test
  void headTellsTheLengthWithoutABody() {
    S3Response got = Call.head("digits").header("range", "bytes=2-3").on(store);
    assertThat(got.body()).isNull();
    assertThat(got.contentLength()).isEqualTo(2);
    assertThat(got.status()).isEqualTo(206);
  }

  @Test
  void ifMatchNeedsTheEntityTag() {
    String etag = Call.header(Call.get("digits").on(store), "etag");
    assertThat(Call.get("digits").header("if-match", etag).on(store).status()).isEqualTo(200);
    assertThat(Call.get("digits").header("if-match", "*").on(store).status()).isEqualTo(200);
    refused(
        412, "PreconditionFailed", () -> Call.get("digits").header("if-match", "\"x\"").on(store));
  }

  @Test
  void ifNoneMatchAnswersNotModifiedWithTheValidators() {
    String etag = Call.header(Call.get("digits").on(store), "etag");
    S3Response got = Call.get("digits").header("if-none-match", etag).on(store);
    assertThat(got.status()).isEqualTo(304);
    assertThat(got.body()).isNull();
    assertThat(got.headers()).containsEntry("etag", etag);
  }

  @Test
  void entityTagsOutweighDates() {
    String etag = Call.header(Call.get("digits").on(store), "etag");
    S3Response matched =
        Call.get("digits").header("if-match", etag).header("if-unmodified-since", BEFORE).on(store);
    S3Response other =
        Call.get("digits")
            .header("if-none-match", "\"x\"")
            .header("if-modified-since", WRITTEN)
            .on(store);
    assertThat(matched.status()).isEqualTo(200);
    assertThat(other.status()).isEqualTo(200);
  }

  @Test
  void datesCountToTheSecond() {
    assertThat(Call.get("digits").header("if-modified-since", WRITTEN).on(store).status())
        .isEqualTo(304);
    assertThat(Call.get("digits").header("if-modified-since", BEFORE).on(store).status())
        .isEqualTo(200);
    assertThat(Call.get("digits").header("if-unmodified-since", WRITTEN).on(store).status())
        .isEqualTo(200);
    refused(
        412,
        "PreconditionFailed",
        () -> Call.get("digits").header("if-unmodified-since", BEFORE).on(store));
  }

  @Test
  void checksumIsReturnedOnRequestForTheWholeObjectOnly() {
    String crc = ChecksumAlgorithm.CRC32C.of(bytes("abc"));
    Call.put("summed", "abc").header("x-amz-checksum-crc32c", crc).on(store);
    S3Response whole = Call.get("summed").header("x-amz-checksum-mode", "ENABLED").on(store);
    S3Response range =
        Call.get("summed")
            .header("x-amz-checksum-mode", "ENABLED")
            .header("range", "bytes=0-1")
            .on(store);
    assertThat(whole.headers())
        .containsEntry("x-amz-checksum-crc32c", crc)
        .containsEntry("x-amz-checksum-type", "FULL_OBJECT");
    assertThat(range.headers()).doesNotContainKey("x-amz-checksum-crc32c");
    assertThat(Call.get("summed").on(store).headers()).doesNotContainKey("x-amz-checksum-crc32c");
  }

  @Test
  void responseOverridesReplaceHeaders() {
    S3Response got =
        Call.get("digits")
            .query("response-content-type", "text/csv")
            .query("response-cache-control", "no-cache")
            .on(store);
    assertThat(got.headers())
        .containsEntry("content-type", "text/csv")
        .containsEntry("cache-control", "no-cache");
  }

  @Test
  void partOneOfAWholeObjectIsTheObject() {
    S3Response got = Call.get("digits").query("partNumber", "1").on(store);
    assertThat(got.status()).isEqualTo(206);
    assertThat(got.headers()).containsEntry("content-range", "bytes 0-9/10");
    refused(416, "InvalidPartNumber", () -> Call.get("digits").query("partNumber", "2").on(store));
    refused(
        400,
        "InvalidRequest",
        () -> Call.get("digits").query("partNumber", "1").header("range", "bytes=0-1").on(store));
  }

  @Test
  void onlyTheNullVersionExists() {
    assertThat(Call.get("digits").query("versionId", "null").on(store).status()).isEqualTo(200);
    refused(400, "InvalidArgument", () -> Call.get("digits").query("versionId", "3").on(store));
  }

  @Test
  void absentThingsAreNotFound() {
    S3Error key = refused(404, "NoSuchKey", () -> Call.get("nothing").on(store));
    assertThat(key.elements()).containsEntry("Key", "nothing");
    refused(404, "NoSuchBucket", () -> Call.get("k").bucket("other--usw2-az1--x-s3").on(store));
  }

  @Test
  void aReaderKeepsItsBytesWhileTheObjectIsReplaced() {
    ByteBuffer before = Call.get("digits").on(store).body();
    Call.put("digits", "abcdefghij").on(store);
    assertThat(before).isEqualTo(bytes("0123456789"));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
