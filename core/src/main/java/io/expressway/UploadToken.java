package io.expressway;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * What it takes to resume an upload: where it is and how it was cut. No secret. Its text, by {@link
 * #toString}, is for keeping; {@link #parse} reads it back.
 *
 * @param bucket the bucket's full name
 * @param key where the object will be
 * @param id the service's id of the upload
 * @param checksum the CRC of parts and whole
 * @param firstPartBytes size of the first parts
 * @param largestPartBytes what parts grow to
 */
public record UploadToken(
    BucketName bucket,
    String key,
    String id,
    Crc checksum,
    long firstPartBytes,
    long largestPartBytes) {
  private static final String FORM = "expressway-upload-1";

  /** Checks the sizes. */
  public UploadToken {
    if (firstPartBytes < 1 || largestPartBytes < firstPartBytes) {
      throw new IllegalArgumentException(
          "part sizes must be positive and not shrink, but are "
              + firstPartBytes
              + " to "
              + largestPartBytes);
    }
  }

  /**
   * Reads a token's text.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static UploadToken parse(String text) {
    String[] words = text.strip().split(" ", -1);
    if (words.length != 7 || !words[0].equals(FORM)) {
      throw new IllegalArgumentException(
          "an upload token is \"" + FORM + "\" and six words, but this has " + words.length);
    }
    return new UploadToken(
        BucketName.parse(words[1]),
        URLDecoder.decode(words[2], StandardCharsets.UTF_8),
        URLDecoder.decode(words[3], StandardCharsets.UTF_8),
        Crc.valueOf(words[4]),
        Long.parseLong(words[5]),
        Long.parseLong(words[6]));
  }

  /** One line, without spaces at its ends. */
  @Override
  public String toString() {
    return String.join(
        " ",
        FORM,
        bucket.toString(),
        URLEncoder.encode(key, StandardCharsets.UTF_8),
        URLEncoder.encode(id, StandardCharsets.UTF_8),
        checksum.name(),
        Long.toString(firstPartBytes),
        Long.toString(largestPartBytes));
  }
}
