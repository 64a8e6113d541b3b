package io.expressway.testkit.store;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * The checksum algorithms that the server knows.
 *
 * <p>Source: User Guide, s3-express-optimizing-performance and checking-object-integrity (CRC32,
 * CRC32C, SHA-1, SHA-256; CRC64NVME from the API reference of PutObject), read on 2026-11-22.
 */
enum ChecksumAlgorithm {
  CRC32(4),
  CRC32C(4),
  CRC64NVME(8),
  SHA1(20),
  SHA256(32);

  static final String HEADER_PREFIX = "x-amz-checksum-";

  private final int length;
  private final String header;

  ChecksumAlgorithm(int length) {
    this.length = length;
    this.header = HEADER_PREFIX + name().toLowerCase(Locale.ROOT);
  }

  /** The lower-case header or trailer that carries a value. */
  String header() {
    return header;
  }

  /** The XML element that carries a value. */
  String element() {
    return "Checksum" + name();
  }

  /** Only CRCs can be joined, so only they have a checksum of the whole object after parts. */
  boolean crc() {
    return this == CRC32 || this == CRC32C || this == CRC64NVME;
  }

  /** The base64 value of the remaining bytes; the position stays. */
  String of(ByteBuffer bytes) {
    return Base64.getEncoder().encodeToString(raw(bytes));
  }

  /** The raw value, big endian. */
  byte[] raw(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate();
    return switch (this) {
      case CRC32 -> sum(new CRC32(), in);
      case CRC32C -> sum(new CRC32C(), in);
      case CRC64NVME -> sum(new Crc64Nvme(), in);
      case SHA1 -> digest("SHA-1", in);
      case SHA256 -> digest("SHA-256", in);
    };
  }

  /** Whether the text is base64 of the right number of bytes. */
  boolean wellFormed(String value) {
    try {
      return Base64.getDecoder().decode(value).length == length;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The algorithm named in {@code x-amz-checksum-algorithm}, any case; null when unknown. */
  static @Nullable ChecksumAlgorithm named(String name) {
    for (ChecksumAlgorithm each : values()) {
      if (each.name().equalsIgnoreCase(name)) {
        return each;
      }
    }
    return null;
  }

  private byte[] sum(Checksum checksum, ByteBuffer in) {
    checksum.update(in);
    byte[] eight = ByteBuffer.allocate(8).putLong(checksum.getValue()).array();
    return Arrays.copyOfRange(eight, 8 - length, 8);
  }

  private static byte[] digest(String name, ByteBuffer in) {
    try {
      MessageDigest digest = MessageDigest.getInstance(name);
      digest.update(in);
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + name, e);
    }
  }
}
