package io.expressway.testkit.store;

import java.util.SplittableRandom;

/**
 * Names that say nothing: entity tags and upload ids. Seeded, so that a failing test can be
 * repeated. Safe for many threads.
 *
 * <p>Source: User Guide, s3-express-differences ("the ETag ... is a random alphanumeric string
 * unique to the object"), read on 2026-11-22. A letter past {@code f} comes first, so that no tag
 * can be taken for an MD5.
 */
final class Entropy {
  private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

  private final SplittableRandom random;

  Entropy(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A quoted entity tag. */
  String etag() {
    return '"' + text(32) + '"';
  }

  /** An upload id. */
  String uploadId() {
    return text(64);
  }

  private synchronized String text(int length) {
    StringBuilder text = new StringBuilder(length + 2);
    text.append((char) ('g' + random.nextInt(20)));
    while (text.length() < length) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }
}
