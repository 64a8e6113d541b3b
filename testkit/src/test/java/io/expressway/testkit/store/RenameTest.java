package io.expressway.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RenameTest extends StoreTest {
  private String etag = "";

  @BeforeEach
  void writeSource() {
    etag = Call.header(Call.put("from me", "bytes").on(store), "etag");
  }

  @Test
  void movesTheObjectAsItIs() {
    Call.rename("from%20me", "dir/to").on(store);
    S3Response moved = Call.get("dir/to").on(store);
    assertThat(Call.text(moved)).isEqualTo("bytes");
    assertThat(moved.headers()).containsEntry("etag", etag);
    refused(404, "NoSuchKey", () -> Call.get("from me").on(store));
    assertThat(Call.elements(Call.list().on(store), "Key")).containsExactly("dir/to");
  }

  @Test
  void theSourceMayNameItsBucket() {
    Call.rename("/" + Call.BUCKET + "/from%20me", "to").on(store);
    assertThat(Call.text(Call.get("to").on(store))).isEqualTo("bytes");
  }

  @Test
  void overwritesUnlessToldNotTo() {
    Call.put("to", "old").on(store);
    refused(
        412,
        "PreconditionFailed",
        () -> Call.rename("from%20me", "to").header("if-none-match", "*").on(store));
    assertThat(Call.text(Call.get("from me").on(store))).isEqualTo("bytes");
    Call.rename("from%20me", "to").on(store);
    assertThat(Call.text(Call.get("to").on(store))).isEqualTo("bytes");
  }

  @Test
  void sourceConditionsMustHold() {
    refused(
        412,
        "PreconditionFailed",
        () ->
            Call.rename("from%20me", "to")
                .header("x-amz-rename-source-if-match", "\"x\"")
                .on(store));
    refused(
        412,
        "PreconditionFailed",
        () ->
            Call.rename("from%20me", "to")
                .header("x-amz-rename-source-if-none-match", "*")
                .on(store));
    Call.rename("from%20me", "to").header("x-amz-rename-source-if-match", etag).on(store);
    assertThat(Call.get("to").on(store).status()).isEqualTo(200);
  }

  @Test
  void targetConditionsMustHold() {
    refused(
        404,
        "NoSuchKey",
        () -> Call.rename("from%20me", "to").header("if-match", "\"x\"").on(store));
    Call.put("to", "old").on(store);
    refused(
        412,
        "PreconditionFailed",
        () -> Call.rename("from%20me", "to").header("if-match", "\"x\"").on(store));
    refused(
        412,
        "PreconditionFailed",
        () ->
            Call.rename("from%20me", "to")
                .header("if-modified-since", "Sun, 22 Nov 2026 10:00:00 GMT")
                .on(store));
  }

  @Test
  void repeatedWithItsTokenItSucceedsWithoutDoingAnything() {
    Call.rename("from%20me", "to").header("x-amz-client-token", "t1").on(store);
    Call.put("from me", "newer").on(store);
    S3Response again = Call.rename("from%20me", "to").header("x-amz-client-token", "t1").on(store);
    assertThat(again.status()).isEqualTo(200);
    assertThat(Call.text(Call.get("from me").on(store))).isEqualTo("newer");
    assertThat(Call.text(Call.get("to").on(store))).isEqualTo("bytes");
  }

  @Test
  void aTokenIsGoodForOneSetOfParameters() {
    Call.rename("from%20me", "to").header("x-amz-client-token", "t1").on(store);
    refused(
        400,
        "IdempotencyParameterMismatch",
        () -> Call.rename("to", "elsewhere").header("x-amz-client-token", "t1").on(store));
    refused(404, "NoSuchKey", () -> Call.rename("from%20me", "to").on(store));
  }

  @Test
  void tokensAreShortAscii() {
    refused(
        400,
        "InvalidArgument",
        () -> Call.rename("from%20me", "to").header("x-amz-client-token", "a b").on(store));
    refused(
        400,
        "InvalidArgument",
        () ->
            Call.rename("from%20me", "to").header("x-amz-client-token", "t".repeat(65)).on(store));
  }

  @Test
  void directoriesAreNotRenamed() {
    refused(400, "InvalidRequest", () -> Call.rename("from%20me", "dir/").on(store));
    refused(400, "InvalidRequest", () -> Call.rename("dir/", "to").on(store));
    refused(400, "InvalidRequest", () -> Call.rename("from%20me", "from me").on(store));
  }
}
