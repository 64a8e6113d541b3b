package io.expressway;

import java.util.List;
import java.util.Optional;

/**
 * One page of a listing. In a directory bucket the order is stable but not lexicographic, and
 * prefixes of uploads in progress appear too.
 *
 * @param objects the objects of this page
 * @param prefixes common prefixes, each ending in {@code /}; empty unless the request was grouped
 * @param nextToken where the next page begins; absent on the last
 */
public record ObjectListing(
    List<ObjectInfo> objects, List<String> prefixes, Optional<String> nextToken) {
  /** Copies both lists. */
  public ObjectListing {
    objects = List.copyOf(objects);
    prefixes = List.copyOf(prefixes);
  }
}
