package io.expressway.internal.http;

import io.expressway.Crc;
import io.expressway.internal.checksum.RunningCrc;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares CRCs of whole objects, as {@code x-amz-checksum-*} carries them, with the bytes (S3 User
 * Guide, "Checking object integrity", read on 2026-11-22). Composite checksums of uploads in parts
 * say nothing of the bytes in one piece and are passed over.
 */
final class BodyChecksum {
  private BodyChecksum() {}

  /** The CRC32C of a body, for {@code x-amz-checksum-crc32c}. Reads at memory speed. */
  static String crc32c(ByteBuffer body) {
    return RunningCrc.text(Crc.CRC32C, body);
  }

  /**
   * What does not fit, or null when the body fits every CRC the head names.
   *
   * @param body the body's pieces, in order
   */
  static @Nullable String mismatch(ResponseHead head, List<ByteBuffer> body) {
    if ("COMPOSITE".equals(head.header("x-amz-checksum-type"))) {
      return null;
    }
    String problem = mismatch(head, Crc.CRC32C, body);
    if (problem == null) {
      problem = mismatch(head, Crc.CRC32, body);
    }
    return problem != null ? problem : mismatch(head, Crc.CRC64NVME, body);
  }

  private static @Nullable String mismatch(
      ResponseHead head, Crc algorithm, List<ByteBuffer> body) {
    String stored = head.header(algorithm.headerName());
    if (stored == null || stored.contains("-")) {
      return null;
    }
    RunningCrc crc = RunningCrc.of(algorithm);
    body.forEach(crc::update);
    String computed = crc.text();
    return stored.equals(computed)
        ? null
        : "the body's "
            + algorithm.headerName().substring(15)
            + " is "
            + computed
            + ", but the object's is "
            + stored;
  }
}
