package io.expressway;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Decides, of several attempts at one read in different buckets, which of them goes on. Given with
 * {@link ReadRequest#claimedBy}.
 *
 * <p>Thread: called on whatever thread the answer arrives, an event loop as a rule: must be fast,
 * must not block and must not throw.
 */
@FunctionalInterface
public interface ReadClaim {
  /**
   * The head of a good answer came and no byte of its body was placed. Asked once for each read,
   * however often the bucket tries.
   *
   * @param found what the answer is of
   * @return what the bytes are to be described as, {@code found} itself as a rule; null to give the
   *     read up: it ends cancelled, and places nothing
   */
  @Nullable ObjectInfo tryClaim(ObjectInfo found);

  /**
   * The read fails after {@link #tryClaim}, and these bytes of it had come, from the range's first
   * on. Called before the read's future fails, by buckets that can tell; the bytes of a {@code
   * readInto} lie where they were to go.
   *
   * <p>Owner: whoever is told closes the slice.
   */
  default void onPartial(Slice bytes) {
    bytes.close();
  }

  /** Claims a read whose bytes are in memory already, when they come: for decorators. */
  default CompletableFuture<Slice> over(CompletableFuture<Slice> whole) {
    return ClaimedRead.of(whole, this);
  }
}
