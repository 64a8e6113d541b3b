package io.expressway.multiaz;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a repair is: keys are gone through in the order of their hashes, which spreads what is
 * held in memory evenly. Immutable.
 *
 * @param after the last hash that is done; less than any when none is
 */
record RepairToken(long after) {
  /** Hashes are below. */
  static final long END = 1L << 56;

  static final RepairToken START = new RepairToken(-1);
  private static final Pattern FORM = Pattern.compile("repair-1:(-1|[0-9]{1,17})");

  static RepairToken parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is no token of a repair");
    }
    return new RepairToken(Long.parseLong(matcher.group(1)));
  }

  /** Where the key comes: FNV-1a, 64 bits, mixed once more. */
  static long hash(String key) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
    }
    hash ^= hash >>> 32;
    return (hash * 0x9e3779b97f4a7c15L) >>> 8;
  }

  @Override
  public String toString() {
    return "repair-1:" + after;
  }
}
