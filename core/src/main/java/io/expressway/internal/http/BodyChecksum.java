package io.expressway.internal.http;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * CRCs of whole objects, as {@code x-amz-checksum-*} carries them: the big-endian value in base 64
 * (S3 User Guide, "Checking object integrity", read on 2026-11-22). Composite checksums of uploads
 * in parts say nothing of the bytes in one piece and are passed over.
 */
final class BodyChecksum {
  private BodyChecksum() {}

  /** The CRC32C of a body, for {@code x-amz-checksum-crc32c}. Reads at memory speed. */
  static String crc32c(ByteBuffer body) {
    return encoded(new CRC32C(), body);
  }

  /** What does not fit, or null when the body fits every CRC the head names. */
  static @Nullable String mismatch(ResponseHead head, ByteBuffer body) {
    if ("COMPOSITE".equals(head.header("x-amz-checksum-type"))) {
      return null;
    }
    String problem = mismatch(head, "x-amz-checksum-crc32c", new CRC32C(), body);
    if (problem == null) {
      problem = mismatch(head, "x-amz-checksum-crc32", new CRC32(), body);
    }
    return problem != null ? problem : crc64Mismatch(head, body);
  }

  private static @Nullable String mismatch(
      ResponseHead head, String header, Checksum algorithm, ByteBuffer body) {
    String stored = head.header(header);
    if (stored == null || stored.contains("-")) {
      return null;
    }
    String computed = encoded(algorithm, body);
    return stored.equals(computed) ? null : describe(header, stored, computed);
  }

  private static @Nullable String crc64Mismatch(ResponseHead head, ByteBuffer body) {
    String stored = head.header("x-amz-checksum-crc64nvme");
    if (stored == null) {
      return null;
    }
    String computed = base64(ByteBuffer.allocate(8).putLong(Crc64Nvme.of(body)).array());
    return stored.equals(computed) ? null : describe("x-amz-checksum-crc64nvme", stored, computed);
  }

  private static String encoded(Checksum algorithm, ByteBuffer body) {
    algorithm.update(body.duplicate());
    return base64(ByteBuffer.allocate(4).putInt((int) algorithm.getValue()).array());
  }

  private static String base64(byte[] binary) {
    return Base64.getEncoder().encodeToString(binary);
  }

  private static String describe(String header, String stored, String computed) {
    return "the body's "
        + header.substring(15)
        + " is "
        + computed
        + ", but the object's is "
        + stored;
  }
}
