package io.expressway.multiaz;

import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Whether two replicas hold the same bytes at one key: both are read side by side. Only for
 * contents without a stamp, of which nothing else tells whether they are alike: ETags are random in
 * each bucket, and what a bucket says of an object has no checksum.
 *
 * <p>Ends at the first difference. Holds no more than two pieces of {@link #PIECE} bytes at a time,
 * and gives them back before it asks for the next.
 *
 * <p>Thread: used once; one piece follows another, on event loops and on the pace's thread.
 */
final class SameBytes {
  /** As large as keeps what 16 keys hold at once to that of their copies: 128 MiB. */
  static final int PIECE = 4 << 20;

  private static final int REQUESTS_OF_A_PIECE = 2;

  /** Lets requests be sent when it is time; fails when none are to be sent any more. */
  @FunctionalInterface
  interface Pace {
    /** At once. */
    Pace FREE = requests -> CompletableFuture.completedFuture(true);

    /** Completes when that many may be sent. */
    CompletableFuture<Boolean> paced(int requests);
  }

  private final Seen one;
  private final Seen other;
  private final long size;
  private final Pace pace;
  private final CompletableFuture<Boolean> answer = new CompletableFuture<>();

  private SameBytes(Seen one, Seen other, Pace pace) {
    this.one = one;
    this.other = other;
    this.size = one.size();
    this.pace = pace;
  }

  /**
   * Compares two contents that are as long.
   *
   * <p>Fails with a precondition, or because there is no object, when either changed meanwhile.
   */
  static CompletableFuture<Boolean> of(Seen one, Seen other, Pace pace) {
    SameBytes comparison = new SameBytes(one, other, pace);
    comparison.from(0);
    return comparison.answer;
  }

  private void from(long at) {
    if (at >= size) {
      answer.complete(true);
      return;
    }
    long length = Math.min(PIECE, size - at);
    // All of it is held against the checksum that its bucket keeps.
    ByteRange range = length == size ? ByteRange.all() : ByteRange.of(at, length);
    pace.paced(REQUESTS_OF_A_PIECE)
        .thenCompose(go -> piece(range))
        .whenComplete(
            (isSame, why) -> {
              if (isSame == null) {
                answer.completeExceptionally(Objects.requireNonNull(Fleet.cause(why)));
              } else if (isSame) {
                from(at + length);
              } else {
                answer.complete(false);
              }
            });
  }

  /** Gives both back, whichever failed. */
  private CompletableFuture<Boolean> piece(ByteRange range) {
    CompletableFuture<Slice> ours = read(one, range);
    CompletableFuture<Slice> theirs = read(other, range);
    return ours.thenCombine(theirs, SameBytes::isSame)
        .whenComplete(
            (isSame, why) -> {
              close(ours);
              close(theirs);
            });
  }

  private static CompletableFuture<Slice> read(Seen seen, ByteRange range) {
    ObjectInfo object = Objects.requireNonNull(seen.raw());
    try {
      return seen.replica()
          .bucket()
          .read(ReadRequest.of(object.key(), range).ifVersion(object.version()));
    } catch (RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private static void close(CompletableFuture<Slice> read) {
    if (!read.isCompletedExceptionally()) {
      read.join().close();
    }
  }

  /** Their buffers may be cut elsewhere. */
  private static boolean isSame(Slice one, Slice other) {
    if (one.length() != other.length()) {
      return false;
    }
    Iterator<ByteBuffer> theirs = other.buffers().iterator();
    ByteBuffer there = ByteBuffer.allocate(0);
    List<ByteBuffer> ours = one.buffers();
    for (ByteBuffer here : ours) {
      while (here.hasRemaining()) {
        if (!there.hasRemaining()) {
          there = theirs.next();
          continue;
        }
        int length = Math.min(here.remaining(), there.remaining());
        if (!next(here, length).equals(next(there, length))) {
          return false;
        }
      }
    }
    return true;
  }

  /** The next bytes, which are gone through with that. */
  private static ByteBuffer next(ByteBuffer from, int length) {
    ByteBuffer next = from.slice(from.position(), length);
    from.position(from.position() + length);
    return next;
  }
}
