package io.expressway;

/**
 * Is told of the first bytes of a read while the others are still on their way. Given with {@link
 * ReadRequest#watchedBy}.
 *
 * <p>Buckets that receive the body themselves tell, and those that pass it on from them. Others,
 * and answers that come at once, tell nothing; whoever watches waits for the read's future as well.
 *
 * <p>Thread: called on whatever thread the bytes arrive, an event loop as a rule: must be fast,
 * must not block and must not throw. Never by two threads at once.
 */
@FunctionalInterface
public interface ReadProgress {
  /**
   * Of a read that lends memory more is there: all of the range from its first byte on, what was
   * shown before included. The same memory is lent when the read completes. Of a whole object the
   * checksum was not looked at yet: if it is wrong the read fails.
   *
   * <p>Owner: whoever is told closes the slice, which stays valid whatever becomes of the read.
   */
  void onArrived(Slice soFar);

  /**
   * Of a read to where the caller wants the bytes, the range's first ones are in their place. What
   * broke off and is asked for again may be written once more: with the same bytes, where the
   * request names the version. Of a whole object the checksum was not looked at yet. Does nothing
   * unless it is overridden.
   *
   * @param info the object that they are of
   * @param bytes how many, those told before included; fewer than the range has
   */
  default void onPlaced(ObjectInfo info, long bytes) {}
}
