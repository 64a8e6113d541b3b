package io.expressway.testkit.store;

import java.util.Map;

/**
 * A checksum as it is stored and returned.
 *
 * @param algorithm how it was computed
 * @param value base64; a composite one ends in {@code -parts}
 * @param fullObject whether it covers the bytes of the object rather than the checksums of its
 *     parts
 */
record ObjectChecksum(ChecksumAlgorithm algorithm, String value, boolean fullObject) {
  /** {@code FULL_OBJECT} or {@code COMPOSITE}. */
  String type() {
    return fullObject ? "FULL_OBJECT" : "COMPOSITE";
  }

  /** Adds the response headers. */
  void describe(Map<String, String> headers) {
    headers.put(algorithm.header(), value);
    headers.put("x-amz-checksum-type", type());
  }
}
