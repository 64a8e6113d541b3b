package io.expressway.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ObjectDeletesTest extends StoreTest {
  @Test
  void deletingNothingSucceeds() {
    assertThat(Call.delete("nothing").on(store).status()).isEqualTo(204);
    assertThat(Call.delete("nothing").header("if-match", "\"e\"").on(store).status())
        .isEqualTo(204);
  }

  @Test
  void conditionsProtectAnObject() {
    String etag = Call.header(Call.put("k", "abc").on(store), "etag");
    for (String[] wrong :
        new String[][] {
          {"if-match", "\"e\""},
          {"x-amz-if-match-size", "4"},
          {"x-amz-if-match-last-modified-time", "Sun, 22 Nov 2026 09:00:00 GMT"}
        }) {
      refused(
          412, "PreconditionFailed", () -> Call.delete("k").header(wrong[0], wrong[1]).on(store));
    }
    Call.delete("k")
        .header("if-match", etag)
        .header("x-amz-if-match-size", "3")
        .header("x-amz-if-match-last-modified-time", "Sun, 22 Nov 2026 10:00:00 GMT")
        .on(store);
    refused(404, "NoSuchKey", () -> Call.get("k").on(store));
  }

  @Test
  void manyKeysHaveEachTheirResult() {
    Call.put("a&b", "1").on(store);
    Call.put("kept", "2").on(store);
    S3Response done =
        many("<Object><Key>a&amp;b</Key></Object><Object><Key>absent</Key></Object>"
                + "<Object><Key>kept</Key><ETag>\"e\"</ETag></Object>"
                + "<Object><Key> </Key></Object>")
            .on(store);
    assertThat(Call.elements(done, "Key")).containsExactly("a&amp;b", "absent", "kept", " ");
    assertThat(Call.elements(done, "Code"))
        .containsExactly("PreconditionFailed", "InvalidArgument");
    refused(404, "NoSuchKey", () -> Call.get("a&b").on(store));
    assertThat(Call.get("kept").on(store).status()).isEqualTo(200);
  }

  @Test
  void quietTellsFailuresOnly() {
    Call.put("kept", "2").on(store);
    S3Response done =
        many("<Quiet>true</Quiet><Object><Key>absent</Key></Object>"
                + "<Object><Key>kept</Key><Size>9</Size></Object>")
            .on(store);
    assertThat(Call.elements(done, "Key")).containsExactly("kept");
  }

  @Test
  void theDocumentNeedsAChecksumThatFits() {
    String document = "<Delete><Object><Key>k</Key></Object></Delete>";
    refused(
        400,
        "InvalidRequest",
        () -> Call.onBucket("POST").query("delete", "").body(document).on(store));
    refused(
        400,
        "BadDigest",
        () ->
            Call.onBucket("POST")
                .query("delete", "")
                .body(document)
                .header("x-amz-checksum-crc32", "y/Q5Jg==")
                .on(store));
    refused(
        400,
        "BadDigest",
        () ->
            Call.onBucket("POST")
                .query("delete", "")
                .body(document)
                .header("content-md5", "CY9rzUYh03PK3k6DJie09g==")
                .on(store));
    refused(400, "MalformedXML", () -> many("").on(store));
  }

  private static Call many(String objects) {
    String document = "<Delete>" + objects + "</Delete>";
    ByteBuffer bytes = ByteBuffer.wrap(document.getBytes(StandardCharsets.UTF_8));
    return Call.onBucket("POST")
        .query("delete", "")
        .body(document)
        .header("x-amz-checksum-crc32", ChecksumAlgorithm.CRC32.of(bytes));
  }
}
