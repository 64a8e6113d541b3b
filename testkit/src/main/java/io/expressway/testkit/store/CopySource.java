package io.expressway.testkit.store;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The source of a copy: {@code [/]bucket/key}, URL-encoded, perhaps with {@code ?versionId=null}.
 *
 * <p>Source: API reference, CopyObject ({@code x-amz-copy-source}), read on 2026-11-22.
 */
record CopySource(String bucket, String key) {
  private static final String HEADER = "x-amz-copy-source";

  /**
   * Reads the header.
   *
   * @throws S3Error 400 InvalidArgument
   */
  static CopySource of(S3Request request) {
    String header = String.valueOf(request.header(HEADER));
    String path = header.startsWith("/") ? header.substring(1) : header;
    int version = path.indexOf("?versionId=");
    if (version >= 0) {
      requireNull(path.substring(version + "?versionId=".length()));
      path = path.substring(0, version);
    }
    String decoded = decode(path, HEADER);
    int slash = decoded.indexOf('/');
    if (slash < 1 || slash == decoded.length() - 1) {
      throw Refusals.invalidArgument(
          HEADER,
          header,
          "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
    }
    return new CopySource(decoded.substring(0, slash), decoded.substring(slash + 1));
  }

  /** Decodes percent-encoding only; a plus sign is a plus sign. */
  static String decode(String text, String header) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusals.invalidArgument(header, text, "The header is not URL-encoded");
    }
  }

  private static void requireNull(String version) {
    if (!version.equals("null")) {
      throw Refusals.invalidArgument("versionId", version, "Invalid version id specified");
    }
  }
}
