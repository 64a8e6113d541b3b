package io.expressway;

/**
 * Is shown the first bytes of a read while the others are still on their way. Given with {@link
 * ReadRequest#watchedBy}.
 *
 * <p>Buckets that receive the body themselves tell, of reads that lend memory: {@link
 * Bucket#read(ReadRequest)}. Others, and answers that come at once, tell nothing; whoever watches
 * waits for the read's future as well.
 *
 * <p>Thread: called on whatever thread the bytes arrive, an event loop as a rule: must be fast,
 * must not block and must not throw. Never by two threads at once.
 */
@FunctionalInterface
public interface ReadProgress {
  /**
   * More of the range is there: all of it from its first byte on, what was shown before included.
   * The same memory is lent when the read completes. Of a whole object the checksum was not looked
   * at yet: if it is wrong the read fails.
   *
   * <p>Owner: whoever is told closes the slice, which stays valid whatever becomes of the read.
   */
  void onArrived(Slice soFar);
}
