package io.expressway.testkit.store;

import java.util.regex.Pattern;

/**
 * The names of directory buckets: {@code base--zone--x-s3}.
 *
 * <p>Source: User Guide, directory-bucket-naming-rules (3 to 63 characters with the suffix,
 * lower-case letters, digits and hyphens, first and last a letter or digit), read on 2026-11-22.
 */
final class BucketNames {
  private static final Pattern BASE = Pattern.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?");

  private BucketNames() {}

  /**
   * Checks a name for a bucket of this zone.
   *
   * @throws S3Error 400 InvalidBucketName
   */
  static void require(String name, String zone) {
    String suffix = "--" + zone + "--x-s3";
    if (!name.endsWith(suffix)) {
      throw invalid(name, "it must end in " + suffix + " in this zone");
    }
    String base = name.substring(0, name.length() - suffix.length());
    if (name.length() > 63) {
      throw invalid(name, "it has " + name.length() + " characters, 63 are allowed");
    }
    if (!BASE.matcher(base).matches() || base.startsWith("xn--")) {
      throw invalid(name, "its base name must be lower-case letters, digits and hyphens");
    }
  }

  private static S3Error invalid(String name, String why) {
    return new S3Error(400, "InvalidBucketName", "The specified bucket is not valid: " + why + ".")
        .with("BucketName", name);
  }
}
