package io.expressway.multiaz;

import io.expressway.ExpressException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.Operation;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Stores a content in one replica unless a newer one is there, so that no replica ever goes back.
 *
 * <pre>
 *   look ─► newer, or this very one ─► has it
 *     ▲  └► older, or none ─► PUT under If-Match of what was seen, or If-None-Match
 *     │                          ├─► stored ─► has it
 *     └── changed meanwhile, or the answer was lost
 * </pre>
 *
 * <p>A content that is superseded counts as stored, unless a condition was held against what was
 * there before: whoever reads finds it or a newer one, as if it had been there for a moment.
 * Thread: safe for many; holds nothing.
 */
final class NewerOnly {
  /** Each try but the first was overtaken by another writer of the same key. */
  private static final int MOST_TRIES = 20;

  /**
   * Each answer lost counts for several: a zone that loses all of them must not be asked forever.
   */
  private static final int LOST_TRIES = 6;

  private final Content content;
  private final Replica replica;
  private final @Nullable Stamp after;

  private NewerOnly(Content content, Replica replica, @Nullable Stamp after) {
    this.content = content;
    this.replica = replica;
    this.after = after;
  }

  /**
   * Stores it.
   *
   * @param seen what the replica had a moment ago; null to look
   * @param after only over contents up to this stamp: where another is newer than that it is
   *     refused with {@link PreconditionFailedException}; null for over any
   */
  static CompletableFuture<ObjectInfo> put(
      Content content, Replica replica, @Nullable Seen seen, @Nullable Stamp after) {
    NewerOnly put = new NewerOnly(content, replica, after);
    return seen == null ? put.look(0) : put.over(seen, 0);
  }

  private CompletableFuture<ObjectInfo> look(int tries) {
    return Seen.at(replica, content.key()).thenCompose(seen -> over(seen, tries));
  }

  private CompletableFuture<ObjectInfo> over(Seen seen, int tries) {
    Stamp stamp = seen.stamp();
    if (after != null && stamp != null && isAnother(stamp, after)) {
      return CompletableFuture.failedFuture(overtaken());
    }
    if (after != null && content.stamp().equals(stamp)) {
      return CompletableFuture.failedFuture(foundHere());
    }
    if (seen.isAtLeast(content.stamp(), content.size())) {
      ObjectInfo there = seen.raw();
      Instant storedAt = there == null ? Instant.now() : there.lastModified();
      return CompletableFuture.completedFuture(content.known(storedAt));
    }
    return content.sendOver(seen).exceptionallyCompose(why -> again(Fleet.cause(why), tries));
  }

  /**
   * Whether somebody else wrote it after what the condition was held against, be it newer than the
   * content or older: if that one's condition was the same, only one of both may go through.
   */
  private boolean isAnother(Stamp stamp, Stamp after) {
    return stamp.compareTo(after) > 0 && !stamp.equals(content.stamp());
  }

  private CompletableFuture<ObjectInfo> again(@Nullable Throwable why, int tries) {
    boolean isRace =
        why instanceof PreconditionFailedException
            || why instanceof ObjectNotFoundException
            || why instanceof OutcomeUnknownException;
    if (!isRace || tries >= MOST_TRIES) {
      return CompletableFuture.failedFuture(
          why == null ? new IllegalStateException("failed without a cause") : why);
    }
    CompletableFuture<ObjectInfo> looked =
        look(tries + (why instanceof OutcomeUnknownException ? LOST_TRIES : 1));
    return why instanceof OutcomeUnknownException unknown
        ? looked.exceptionallyCompose(
            blind -> CompletableFuture.failedFuture(withCause(unknown, Fleet.cause(blind))))
        : looked;
  }

  /** Nobody could look whether the lost answer was a good one. */
  private static ExpressException withCause(
      OutcomeUnknownException unknown, @Nullable Throwable blind) {
    if (blind != null && blind != unknown) {
      unknown.addSuppressed(blind);
    }
    return unknown;
  }

  /**
   * It is there, but not known to have been put over what the condition was held against: a reader
   * may have brought it, over another writer's content under the same condition, whom this replica
   * was counted for.
   */
  private OutcomeUnknownException foundHere() {
    return new OutcomeUnknownException(
        "the object is there, but over what it was put is not known", site(), null);
  }

  private PreconditionFailedException overtaken() {
    return new PreconditionFailedException(
        "another writer stored the object meanwhile", site(), null);
  }

  private RequestSite site() {
    return RequestSite.of(Operation.WRITE, replica.bucket().name(), content.key(), null);
  }
}
