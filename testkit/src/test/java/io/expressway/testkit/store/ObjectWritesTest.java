package io.expressway.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectWritesTest extends StoreTest {
  private static final Identity SESSION = new Identity("ASIA", true, "ReadWrite", Map.of());

  @Test
  void ifNoneMatchKeepsWhatIsThere() {
    assertThat(Call.put("k", "a").header("if-none-match", "*").on(store).status()).isEqualTo(200);
    refused(
        412, "PreconditionFailed", () -> Call.put("k", "b").header("if-none-match", "*").on(store));
    assertThat(Call.text(Call.get("k").on(store))).isEqualTo("a");
    refused(
        501, "NotImplemented", () -> Call.put("k", "b").header("if-none-match", "\"e\"").on(store));
  }

  @Test
  void ifMatchReplacesOnlyWhatWasRead() {
    refused(404, "NoSuchKey", () -> Call.put("k", "a").header("if-match", "\"e\"").on(store));
    String etag = Call.header(Call.put("k", "a").on(store), "etag");
    Call.put("k", "b").header("if-match", etag).on(store);
    refused(412, "PreconditionFailed", () -> Call.put("k", "c").header("if-match", etag).on(store));
  }

  @Test
  void chunkedIsNotPartOfTheContentEncoding() {
    Call.put("k", "a").header("content-encoding", "aws-chunked").on(store);
    Call.put("z", "a").header("content-encoding", "gzip,aws-chunked").on(store);
    assertThat(Call.get("k").on(store).headers()).doesNotContainKey("content-encoding");
    assertThat(Call.get("z").on(store).headers()).containsEntry("content-encoding", "gzip");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-amz-acl",
        "x-amz-grant-read",
        "x-amz-tagging",
        "x-amz-object-lock-mode",
        "x-amz-website-redirect-location",
        "x-amz-server-side-encryption-customer-algorithm",
        "x-amz-request-payer"
      })
  void headersOfGeneralPurposeBucketsAreRefused(String header) {
    S3Error error =
        refused(501, "NotImplemented", () -> Call.put("k", "a").header(header, "x").on(store));
    assertThat(error.elements()).containsEntry("Header", header);
  }

  @Test
  void presignedHeadersAreNotDropped() {
    refused(
        501, "NotImplemented", () -> Call.put("k", "a").query("x-amz-acl", "private").on(store));
    Call.put("k", "a").query("x-amz-meta-colour", "red").on(store);
    assertThat(Call.get("k").on(store).headers()).containsEntry("x-amz-meta-colour", "red");
  }

  @Test
  void otherStorageClassesAreRefused() {
    refused(
        400,
        "InvalidStorageClass",
        () -> Call.put("k", "a").header("x-amz-storage-class", "STANDARD").on(store));
  }

  @Test
  void keysHaveAtMost1024Bytes() {
    assertThat(Call.put("k".repeat(1024), "a").on(store).status()).isEqualTo(200);
    assertThat(Call.put("é".repeat(512), "a").on(store).status()).isEqualTo(200);
    refused(400, "KeyTooLongError", () -> Call.put("k".repeat(1025), "a").on(store));
    refused(400, "KeyTooLongError", () -> Call.put("é".repeat(513), "a").on(store));
  }

  @Test
  void metadataHasAtMostTwoKibibytes() {
    refused(
        400,
        "MetadataTooLarge",
        () -> Call.put("k", "a").header("x-amz-meta-a", "v".repeat(2048)).on(store));
  }

  @Test
  void encryptionIsTheSessions() {
    Identity kms =
        new Identity("ASIA", true, "ReadWrite", Map.of("x-amz-server-side-encryption", "aws:kms"));
    Call.put("k", "a").as(kms).on(store);
    assertThat(Call.get("k").on(store).headers())
        .containsEntry("x-amz-server-side-encryption", "aws:kms");
    refused(
        400,
        "InvalidRequest",
        () ->
            Call.put("k", "a")
                .as(SESSION)
                .header("x-amz-server-side-encryption", "aws:kms")
                .on(store));
  }

  @Test
  void appendGrowsTheObjectUnderANewEntityTag() {
    String first = Call.header(append("log", 0, "one").on(store), "etag");
    S3Response second = append("log", 3, "two").on(store);
    assertThat(second.headers())
        .containsEntry("x-amz-object-size", "6")
        .doesNotContainEntry("etag", first);
    assertThat(Call.text(Call.get("log").on(store))).isEqualTo("onetwo");
  }

  @ParameterizedTest
  @CsvSource({"0", "2", "4", "99"})
  void appendElsewhereThanAtTheEndIsRefused(long offset) {
    Call.put("log", "one").on(store);
    S3Error error = refused(400, "InvalidWriteOffset", () -> append("log", offset, "x").on(store));
    assertThat(error.elements()).containsEntry("ActualObjectSize", "3");
    assertThat(Call.text(Call.get("log").on(store))).isEqualTo("one");
  }

  @Test
  void appendRefusesWhatItCannotKeep() {
    Call.put("log", "123456789").header("x-amz-checksum-crc32", "y/Q5Jg==").on(store);
    refused(400, "InvalidRequest", () -> append("log", 9, "").on(store));
    refused(
        400, "InvalidRequest", () -> append("log", 9, "x").header("x-amz-meta-a", "b").on(store));
    S3Error mixed =
        refused(
            400,
            "InvalidRequest",
            () ->
                append("log", 9, "123456789")
                    .header("x-amz-checksum-crc32c", "4waSgw==")
                    .on(store));
    assertThat(mixed.message())
        .isEqualTo(
            "Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type:"
                + " crc32c.");
    refused(
        400,
        "EncryptionTypeMismatch",
        () -> append("log", 9, "x").header("x-amz-server-side-encryption", "aws:kms").on(store));
  }

  @Test
  void appendedCrcCoversTheFullObject() {
    Call.put("log", "1234").header("x-amz-checksum-crc32", crc("1234")).on(store);
    append("log", 4, "56789").header("x-amz-checksum-crc32", crc("56789")).on(store);
    assertThat(Call.get("log").header("x-amz-checksum-mode", "ENABLED").on(store).headers())
        .containsEntry("x-amz-checksum-crc32", "y/Q5Jg==")
        .containsEntry("x-amz-checksum-type", "FULL_OBJECT");
  }

  @Test
  void appendStopsAtTenThousandParts() {
    for (int i = 0; i < 10_000; i++) {
      append("log", i, "x").on(store);
    }
    refused(400, "TooManyParts", () -> append("log", 10_000, "x").on(store));
    copy("log", "fresh").on(store);
    assertThat(append("fresh", 10_000, "x").on(store).status()).isEqualTo(200);
  }

  @Test
  void appendsNeverShowInAReadersBytesNorInACopy() {
    append("log", 0, "one").on(store);
    append("log", 3, "two").on(store);
    ByteBuffer reader = store.bytes(Call.BUCKET, "log");
    copy("log", "copy").on(store);
    append("copy", 6, "COPY").on(store);
    append("log", 6, "three").on(store);
    assertThat(StandardCharsets.UTF_8.decode(reader).toString()).isEqualTo("onetwo");
    assertThat(Call.text(Call.get("log").on(store))).isEqualTo("onetwothree");
    assertThat(Call.text(Call.get("copy").on(store))).isEqualTo("onetwoCOPY");
  }

  @Test
  void copyKeepsOrReplacesTheMetadata() {
    Call.put("a", "bytes").header("x-amz-meta-n", "1").header("content-type", "text/a").on(store);
    S3Response copied = copy("a", "b").on(store);
    copy("a", "c")
        .header("x-amz-metadata-directive", "REPLACE")
        .header("x-amz-meta-n", "2")
        .on(store);
    assertThat(Call.element(copied, "ETag")).startsWith("&quot;");
    assertThat(Call.get("b").on(store).headers())
        .containsEntry("x-amz-meta-n", "1")
        .containsEntry("content-type", "text/a");
    assertThat(Call.get("c").on(store).headers())
        .containsEntry("x-amz-meta-n", "2")
        .containsEntry("content-type", "binary/octet-stream");
  }

  @Test
  void copyNeedsItsConditionsAndIamCredentials() {
    Call.put("a b", "bytes").on(store);
    assertThat(copy("a%20b", "b").on(store).status()).isEqualTo(200);
    refused(
        412,
        "PreconditionFailed",
        () -> copy("a%20b", "b").header("x-amz-copy-source-if-match", "\"x\"").on(store));
    refused(
        412, "PreconditionFailed", () -> copy("a%20b", "b").header("if-none-match", "*").on(store));
    refused(400, "InvalidRequest", () -> copy("a%20b", "b").as(SESSION).on(store));
    refused(400, "InvalidRequest", () -> copy("b", "b").on(store));
    refused(404, "NoSuchKey", () -> copy("nothing", "b").on(store));
    refused(501, "NotImplemented", () -> copy("b", "c").header("x-amz-tagging", "a=b").on(store));
  }

  @Test
  void readOnlySessionsDoNotWrite() {
    Identity reader = new Identity("ASIA", true, "ReadOnly", Map.of());
    refused(403, "AccessDenied", () -> Call.put("k", "a").as(reader).on(store));
    refused(403, "AccessDenied", () -> Call.delete("k").as(reader).on(store));
    assertThat(Call.list().as(reader).on(store).status()).isEqualTo(200);
  }

  private static Call append(String key, long offset, String body) {
    return Call.put(key, body).header("x-amz-write-offset-bytes", Long.toString(offset));
  }

  private static Call copy(String from, String to) {
    return Call.put(to, "").header("x-amz-copy-source", "/" + Call.BUCKET + "/" + from);
  }

  private static String crc(String text) {
    return ChecksumAlgorithm.CRC32.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }
}
