package io.expressway.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MultipartUploadsTest extends StoreTest {
  @BeforeEach
  void allowSmallParts() {
    store.minimumPartBytes(4);
  }

  @Test
  void partsAreJoinedInTheirOrder() {
    String id = begin("big");
    String second = Call.header(part("big", id, 2, "tail").on(store), "etag");
    String first = Call.header(part("big", id, 1, "head").on(store), "etag");
    S3Response done = complete("big", id, listed(1, first) + listed(2, second)).on(store);
    assertThat(done.status()).isEqualTo(200);
    assertThat(Call.text(Call.get("big").on(store))).isEqualTo("headtail");
    assertThat(Call.element(done, "ETag")).doesNotContain("-2");
    refused(404, "NoSuchUpload", () -> part("big", id, 3, "more").on(store));
  }

  @Test
  void partsAreReadByTheirNumber() {
    String id = begin("big");
    String one = Call.header(part("big", id, 1, "head").on(store), "etag");
    String two = Call.header(part("big", id, 2, "tl").on(store), "etag");
    complete("big", id, listed(1, one) + listed(2, two)).on(store);
    S3Response part = Call.get("big").query("partNumber", "2").on(store);
    assertThat(Call.text(part)).isEqualTo("tl");
    assertThat(part.headers())
        .containsEntry("content-range", "bytes 4-5/6")
        .containsEntry("x-amz-mp-parts-count", "2");
  }

  @Test
  void numbersStartAtOneAndAreConsecutive() {
    String id = begin("big");
    String one = Call.header(part("big", id, 1, "head").on(store), "etag");
    String three = Call.header(part("big", id, 3, "tail").on(store), "etag");
    refused(
        400,
        "InvalidPartOrder",
        () -> complete("big", id, listed(1, one) + listed(3, three)).on(store));
    refused(400, "InvalidPartOrder", () -> complete("big", id, listed(3, three)).on(store));
    refused(
        400, "InvalidPart", () -> complete("big", id, listed(1, one) + listed(2, one)).on(store));
    refused(400, "InvalidPart", () -> complete("big", id, listed(1, "\"x\"")).on(store));
    refused(400, "MalformedXML", () -> complete("big", id, "").on(store));
  }

  @Test
  void onlyTheLastPartMayBeSmall() {
    String id = begin("big");
    String one = Call.header(part("big", id, 1, "abc").on(store), "etag");
    String two = Call.header(part("big", id, 2, "d").on(store), "etag");
    refused(
        400,
        "EntityTooSmall",
        () -> complete("big", id, listed(1, one) + listed(2, two)).on(store));
    assertThat(complete("big", id, listed(1, one)).on(store).status()).isEqualTo(200);
  }

  @Test
  void theSizeAndTheConditionsAreChecked() {
    Call.put("big", "old").on(store);
    String id = begin("big");
    String one = Call.header(part("big", id, 1, "abcd").on(store), "etag");
    refused(
        400,
        "InvalidRequest",
        () -> complete("big", id, listed(1, one)).header("x-amz-mp-object-size", "5").on(store));
    refused(
        412,
        "PreconditionFailed",
        () -> complete("big", id, listed(1, one)).header("if-none-match", "*").on(store));
    complete("big", id, listed(1, one)).header("x-amz-mp-object-size", "4").on(store);
    assertThat(Call.text(Call.get("big").on(store))).isEqualTo("abcd");
  }

  @Test
  void aCompositeChecksumIsOfThePartsChecksums() {
    String id =
        Call.element(
            Call.post("big")
                .query("uploads", "")
                .header("x-amz-checksum-algorithm", "CRC32")
                .on(store),
            "UploadId");
    String crc1 = crc("head");
    String crc2 = crc("tail");
    String one = Call.header(sent(part("big", id, 1, "head"), crc1).on(store), "etag");
    String two = Call.header(sent(part("big", id, 2, "tail"), crc2).on(store), "etag");
    refused(
        400,
        "InvalidRequest",
        () -> complete("big", id, listed(1, one) + listed(2, two)).on(store));
    S3Response done = complete("big", id, listed(1, one, crc1) + listed(2, two, crc2)).on(store);
    assertThat(Call.element(done, "ChecksumType")).isEqualTo("COMPOSITE");
    assertThat(Call.element(done, "ChecksumCRC32")).endsWith("==-2");
  }

  @Test
  void aFullObjectChecksumIsOfTheBytes() {
    S3Response begun =
        Call.post("big")
            .query("uploads", "")
            .header("x-amz-checksum-algorithm", "CRC32")
            .header("x-amz-checksum-type", "FULL_OBJECT")
            .on(store);
    assertThat(begun.headers()).containsEntry("x-amz-checksum-type", "FULL_OBJECT");
    String id = Call.element(begun, "UploadId");
    String one = Call.header(part("big", id, 1, "1234").on(store), "etag");
    String two = Call.header(part("big", id, 2, "56789").on(store), "etag");
    Call done = complete("big", id, listed(1, one) + listed(2, two));
    refused(400, "BadDigest", () -> done.header("x-amz-checksum-crc32", crc("other")).on(store));
    assertThat(
            Call.element(
                done.header("x-amz-checksum-crc32", "y/Q5Jg==").on(store), "ChecksumCRC32"))
        .isEqualTo("y/Q5Jg==");
  }

  @Test
  void impossibleChecksumsAreRefused() {
    refused(
        400,
        "InvalidRequest",
        () ->
            Call.post("big")
                .query("uploads", "")
                .header("x-amz-checksum-algorithm", "SHA256")
                .header("x-amz-checksum-type", "FULL_OBJECT")
                .on(store));
    String id = begin("big");
    refused(400, "BadDigest", () -> sent(part("big", id, 1, "head"), crc("tail")).on(store));
    refused(
        400,
        "InvalidRequest",
        () -> part("big", id, 1, "head").header("content-md5", "x").on(store));
    refused(400, "InvalidArgument", () -> part("big", id, 0, "head").on(store));
    refused(400, "InvalidArgument", () -> part("big", id, 10_001, "head").on(store));
  }

  @Test
  void partsCanBeCopied() {
    Call.put("source", "0123456789").on(store);
    String id = begin("big");
    S3Response copied =
        part("big", id, 1, "")
            .header("x-amz-copy-source", Call.BUCKET + "/source")
            .header("x-amz-copy-source-range", "bytes=2-6")
            .on(store);
    String etag = Call.element(copied, "ETag").replace("&quot;", "\"");
    refused(
        400,
        "InvalidArgument",
        () ->
            part("big", id, 1, "")
                .header("x-amz-copy-source", Call.BUCKET + "/source")
                .header("x-amz-copy-source-range", "bytes=2-10")
                .on(store));
    complete("big", id, listed(1, etag)).on(store);
    assertThat(Call.text(Call.get("big").on(store))).isEqualTo("23456");
  }

  @Test
  void partsAndUploadsAreListed() {
    String id = begin("dir/big");
    part("dir/big", id, 1, "head").on(store);
    part("dir/big", id, 2, "tail").on(store);
    S3Response page = Call.get("dir/big").query("uploadId", id).query("max-parts", "1").on(store);
    assertThat(Call.elements(page, "PartNumber")).containsExactly("1");
    assertThat(Call.element(page, "IsTruncated")).isEqualTo("true");
    S3Response rest =
        Call.get("dir/big").query("uploadId", id).query("part-number-marker", "1").on(store);
    assertThat(Call.elements(rest, "PartNumber")).containsExactly("2");
    S3Response uploads = Call.onBucket("GET").query("uploads", "").on(store);
    assertThat(Call.elements(uploads, "UploadId")).containsExactly(id);
    refused(
        501,
        "NotImplemented",
        () -> Call.onBucket("GET").query("uploads", "").query("upload-id-marker", "x").on(store));
  }

  @Test
  void uploadsArePaged() {
    begin("a");
    begin("b");
    S3Response first =
        Call.onBucket("GET").query("uploads", "").query("max-uploads", "1").on(store);
    S3Response second =
        Call.onBucket("GET")
            .query("uploads", "")
            .query("key-marker", Call.element(first, "NextKeyMarker"))
            .on(store);
    assertThat(Call.element(first, "IsTruncated")).isEqualTo("true");
    assertThat(Call.element(second, "IsTruncated")).isEqualTo("false");
    assertThat(Call.element(first, "Key") + Call.element(second, "Key")).isIn("ab", "ba");
  }

  @Test
  void abortForgetsTheUpload() {
    String id = begin("big");
    refused(
        412,
        "PreconditionFailed",
        () ->
            Call.delete("big")
                .query("uploadId", id)
                .header("x-amz-if-match-initiated-time", "Sun, 22 Nov 2026 09:00:00 GMT")
                .on(store));
    Call.delete("big")
        .query("uploadId", id)
        .header("x-amz-if-match-initiated-time", "Sun, 22 Nov 2026 10:00:00 GMT")
        .on(store);
    refused(404, "NoSuchUpload", () -> Call.delete("big").query("uploadId", id).on(store));
  }

  @Test
  void attributesTellTheParts() {
    String id = begin("big");
    String one = Call.header(part("big", id, 1, "head").on(store), "etag");
    String two = Call.header(part("big", id, 2, "t").on(store), "etag");
    complete("big", id, listed(1, one) + listed(2, two)).on(store);
    S3Response got =
        Call.get("big")
            .query("attributes", "")
            .header("x-amz-object-attributes", "ETag,ObjectParts,ObjectSize,StorageClass,Checksum")
            .on(store);
    assertThat(Call.element(got, "ObjectSize")).isEqualTo("5");
    assertThat(Call.element(got, "PartsCount")).isEqualTo("2");
    assertThat(Call.element(got, "ETag")).matches("[0-9a-z]{32}");
    refused(
        400,
        "InvalidArgument",
        () ->
            Call.get("big")
                .query("attributes", "")
                .header("x-amz-object-attributes", "Colour")
                .on(store));
  }

  private String begin(String key) {
    return Call.element(Call.post(key).query("uploads", "").on(store), "UploadId");
  }

  private static Call part(String key, String id, int number, String body) {
    return Call.put(key, body).query("partNumber", Integer.toString(number)).query("uploadId", id);
  }

  private static Call sent(Call part, String crc) {
    return part.header("x-amz-checksum-crc32", crc);
  }

  private static Call complete(String key, String id, String parts) {
    return Call.post(key)
        .query("uploadId", id)
        .body("<CompleteMultipartUpload>" + parts + "</CompleteMultipartUpload>");
  }

  private static String listed(int number, String etag) {
    return "<Part><ETag>" + etag + "</ETag><PartNumber>" + number + "</PartNumber></Part>";
  }

  private static String listed(int number, String etag, String crc) {
    return listed(number, etag)
        .replace("</Part>", "<ChecksumCRC32>" + crc + "</ChecksumCRC32></Part>");
  }

  private static String crc(String text) {
    return ChecksumAlgorithm.CRC32.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void aSessionCannotCopyParts() {
    String id = begin("big");
    refused(
        400,
        "InvalidRequest",
        () ->
            part("big", id, 1, "")
                .header("x-amz-copy-source", Call.BUCKET + "/x")
                .as(new Identity("ASIA", true, "ReadWrite", Map.of()))
                .on(store));
  }
}
