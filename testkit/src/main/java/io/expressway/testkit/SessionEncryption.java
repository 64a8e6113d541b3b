package io.expressway.testkit;

import io.expressway.testkit.store.S3Error;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The server-side-encryption headers that a session pins (API_CreateSession page: AES256 or
 * aws:kms; later writes of the session must agree).
 */
final class SessionEncryption {
  private static final String PREFIX = "x-amz-server-side-encryption";

  private SessionEncryption() {}

  static Map<String, String> of(Map<String, String> headers) {
    Map<String, String> pinned = new LinkedHashMap<>();
    headers.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            pinned.put(name, value);
          }
        });
    check(pinned);
    return pinned;
  }

  private static void check(Map<String, String> pinned) {
    String algorithm = pinned.get(PREFIX);
    boolean good =
        algorithm == null
            ? pinned.isEmpty()
            : algorithm.equals("AES256") || algorithm.equals("aws:kms");
    if (!good) {
      throw new S3Error(400, "InvalidArgument", "The encryption method specified is not supported.")
          .with("ArgumentName", PREFIX)
          .with("ArgumentValue", String.valueOf(algorithm));
    }
  }
}
