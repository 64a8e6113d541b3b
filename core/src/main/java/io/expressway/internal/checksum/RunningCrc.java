package io.expressway.internal.checksum;

import io.expressway.Crc;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * A CRC that grows with the bytes it is shown, in the form that {@code x-amz-checksum-*} carries:
 * the big-endian value in base 64 (S3 User Guide, "Checking object integrity", 2026-11-22).
 * Confined to one thread at a time.
 */
public final class RunningCrc {
  private final Crc algorithm;
  private final Checksum checksum;

  private RunningCrc(Crc algorithm, Checksum checksum) {
    this.algorithm = algorithm;
    this.checksum = checksum;
  }

  /** The checksum of no bytes. */
  public static RunningCrc of(Crc algorithm) {
    return new RunningCrc(
        algorithm,
        switch (algorithm) {
          case CRC32C -> new CRC32C();
          case CRC32 -> new CRC32();
          case CRC64NVME -> new Crc64Nvme();
        });
  }

  /** The checksum of {@code bytes} from position to limit, as text; moves neither. */
  public static String text(Crc algorithm, ByteBuffer bytes) {
    return of(algorithm).update(bytes).text();
  }

  /** Adds the bytes from position to limit; moves neither, but for a moment. */
  public RunningCrc update(ByteBuffer bytes) {
    int position = bytes.position();
    checksum.update(bytes);
    bytes.position(position);
    return this;
  }

  /** The checksum of all bytes so far. */
  public long value() {
    return checksum.getValue();
  }

  /** The checksum of all bytes so far, as a header carries it. */
  public String text() {
    return text(algorithm, value());
  }

  /** A value as a header carries it. */
  public static String text(Crc algorithm, long value) {
    byte[] binary = new byte[algorithm == Crc.CRC64NVME ? Long.BYTES : Integer.BYTES];
    for (int i = 0; i < binary.length; i++) {
      binary[i] = (byte) (value >>> (Byte.SIZE * (binary.length - 1 - i)));
    }
    return Base64.getEncoder().encodeToString(binary);
  }

  /**
   * The value that a header carries.
   *
   * @throws IllegalArgumentException when the text is no such value
   */
  public static long value(Crc algorithm, String text) {
    byte[] binary = Base64.getDecoder().decode(text);
    int expected = algorithm == Crc.CRC64NVME ? 8 : 4;
    if (binary.length != expected) {
      throw new IllegalArgumentException(text + " is no " + algorithm);
    }
    ByteBuffer bytes = ByteBuffer.wrap(binary);
    return expected == 8 ? bytes.getLong() : Integer.toUnsignedLong(bytes.getInt());
  }
}
