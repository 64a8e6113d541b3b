package io.expressway;

/**
 * Which checksum goes with the bytes of a write: computed here, verified by the service, stored
 * with the object (S3 User Guide, "Checking object integrity", read on 2026-11-22).
 */
public enum Crc {
  /** The default: one instruction on today's processors. */
  CRC32C("crc32c"),
  /** Of Ethernet and ZIP. */
  CRC32("crc32"),
  /** What the AWS SDKs store when nothing is chosen. */
  CRC64NVME("crc64nvme");

  private final String headerName;

  Crc(String suffix) {
    this.headerName = "x-amz-checksum-" + suffix;
  }

  /** The header that carries its value in base 64. */
  public String headerName() {
    return headerName;
  }

  /** The XML element that carries it. */
  public String elementName() {
    return "Checksum" + name();
  }
}
