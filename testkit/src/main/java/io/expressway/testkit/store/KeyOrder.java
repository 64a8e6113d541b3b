package io.expressway.testkit.store;

import java.util.Comparator;

/**
 * The order of a listing: depth first by directory, siblings in an order that is stable but looks
 * random, so that no client comes to rely on sorted keys.
 *
 * <p>Keys are compared by their first segment that differs; a segment ends with its slash. The
 * order keeps all keys of a directory together. A client that is to be found out must see
 * neighbours out of lexicographic order, hence the seeded hash.
 *
 * <p>Source: API reference, ListObjectsV2 ("For directory buckets, ListObjectsV2 response doesn't
 * return objects in lexicographical order"); User Guide,
 * s3-express-optimizing-performance-design-patterns (example of a depth-first listing), read on
 * 2026-11-22.
 */
final class KeyOrder implements Comparator<String> {
  private final long seed;

  KeyOrder(long seed) {
    this.seed = seed;
  }

  @Override
  public int compare(String a, String b) {
    int differ = firstDifference(a, b);
    if (differ < 0) {
      return 0;
    }
    int start = a.lastIndexOf('/', differ - 1) + 1;
    int endA = segmentEnd(a, differ);
    int endB = segmentEnd(b, differ);
    if (start == endA || start == endB) {
      return Integer.compare(endA - start, endB - start);
    }
    int byHash = Long.compare(hash(a, start, endA), hash(b, start, endB));
    return byHash != 0 ? byHash : a.compareTo(b);
  }

  private static int firstDifference(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      if (a.charAt(i) != b.charAt(i)) {
        return i;
      }
    }
    return a.length() == b.length() ? -1 : shorter;
  }

  private static int segmentEnd(String key, int from) {
    int slash = key.indexOf('/', from);
    return slash < 0 ? key.length() : slash + 1;
  }

  private long hash(String key, int from, int to) {
    long h = seed;
    for (int i = from; i < to; i++) {
      h = (h ^ key.charAt(i)) * 0x9E3779B97F4A7C15L;
      h ^= h >>> 29;
    }
    return h * 0xBF58476D1CE4E5B9L;
  }
}
