package io.expressway.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ChecksumsTest extends StoreTest {
  /** The check values of the catalogue of parametrised CRC algorithms, and of FIPS 180. */
  @ParameterizedTest
  @CsvSource({
    "CRC32,     123456789, y/Q5Jg==",
    "CRC32C,    123456789, 4waSgw==",
    "CRC64NVME, 123456789, rosUhgp5mIg=",
    "SHA1,      abc,       qZk+NkcGgWq6PiVxeFDCbJzQ2J0=",
    "SHA256,    abc,       ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
  })
  void knownAnswers(ChecksumAlgorithm algorithm, String text, String base64) {
    assertThat(algorithm.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(base64);
  }

  @Test
  void crc64IsTheSameByteByByteAndInSteps() {
    long seed = 7;
    byte[] bytes = new byte[1003];
    new Random(seed).nextBytes(bytes);
    Crc64Nvme whole = new Crc64Nvme();
    whole.update(bytes);
    Crc64Nvme single = new Crc64Nvme();
    for (byte b : bytes) {
      single.update(b);
    }
    assertThat(whole.getValue()).as("seed %d", seed).isEqualTo(single.getValue());
  }

  @ParameterizedTest
  @EnumSource
  void aWrongValueIsRefusedAndNothingIsStored(ChecksumAlgorithm algorithm) {
    String wrong = algorithm.of(ByteBuffer.wrap(new byte[] {1}));
    refused(
        400, "BadDigest", () -> Call.put("k", "abc").header(algorithm.header(), wrong).on(store));
    refused(404, "NoSuchKey", () -> Call.get("k").on(store));
  }

  @ParameterizedTest
  @EnumSource
  void aTrailerCountsLikeAHeader(ChecksumAlgorithm algorithm) {
    String right = algorithm.of(ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII)));
    S3Response put = Call.put("k", "abc").trailer(algorithm.header(), right).on(store);
    assertThat(put.headers()).containsEntry(algorithm.header(), right);
    refused(
        400, "BadDigest", () -> Call.put("k", "abd").trailer(algorithm.header(), right).on(store));
  }

  @Test
  void malformedAndManifoldValuesAreRefused() {
    refused(
        400,
        "InvalidRequest",
        () -> Call.put("k", "abc").header("x-amz-checksum-crc32", "xx").on(store));
    refused(
        400,
        "InvalidRequest",
        () ->
            Call.put("k", "123456789")
                .header("x-amz-checksum-crc32", "y/Q5Jg==")
                .header("x-amz-checksum-crc32c", "4waSgw==")
                .on(store));
  }

  @Test
  void anUnknownAlgorithmIsNotTakenAsNone() {
    refused(
        501,
        "NotImplemented",
        () -> Call.put("k", "abc").header("x-amz-checksum-xxhash64", "AAAAAAAAAAA=").on(store));
  }

  @Test
  void md5IsRefusedWithTheMessageOfTheService() {
    S3Error error =
        refused(
            400, "InvalidRequest", () -> Call.put("k", "").header("content-md5", "x").on(store));
    assertThat(error.message()).isEqualTo("This bucket does not support Content Md5 header.");
  }
}
