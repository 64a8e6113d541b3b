package io.expressway.multiaz;

import io.expressway.ObjectNotFoundException;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import io.expressway.ZoneUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Brings a replica up to what a key should hold: a copy of the newest content, or nothing when that
 * was deleted. Changes only what it saw, so it is safe beside writers. Thread: safe for many.
 */
final class Mending {
  /** Each try but the first was overtaken by a writer, who brings something newer anyway. */
  private static final int MOST_TRIES = 5;

  /** What became of a key in one replica. */
  enum Outcome {
    EQUAL,
    COPIED,
    DELETED,
    /** It is level with all who answered, but one that did not may have something newer. */
    UNSURE,
    /** Nobody can tell which content is the newest. */
    CONFLICT
  }

  private final Fleet fleet;
  private final SameBytes.Pace pace;

  Mending(Fleet fleet) {
    this(fleet, SameBytes.Pace.FREE);
  }

  /**
   * Mends.
   *
   * @param pace of the requests that compare bytes
   */
  Mending(Fleet fleet, SameBytes.Pace pace) {
    this.fleet = fleet;
    this.pace = pace;
  }

  /**
   * Mends one replica.
   *
   * @param isLikePrimary whether the primary decides, absence included, instead of stamps
   */
  CompletableFuture<Outcome> mend(Replica target, String key, boolean isLikePrimary) {
    return mend(target, key, isLikePrimary, 0);
  }

  private CompletableFuture<Outcome> mend(
      Replica target, String key, boolean isLikePrimary, int tries) {
    CompletableFuture<Outcome> once =
        isLikePrimary ? likePrimary(target, key) : likeNewest(target, key);
    return once.exceptionallyCompose(
        why -> {
          Throwable cause = Fleet.cause(why);
          return isRace(cause) && tries < MOST_TRIES
              ? mend(target, key, isLikePrimary, tries + 1)
              : CompletableFuture.failedFuture(cause == null ? why : cause);
        });
  }

  /** Whether somebody changed what was seen. */
  static boolean isRace(@Nullable Throwable why) {
    return why instanceof PreconditionFailedException || why instanceof ObjectNotFoundException;
  }

  private CompletableFuture<Outcome> likePrimary(Replica target, String key) {
    return Seen.at(fleet.primary(), key)
        .thenCombine(
            Seen.at(target, key),
            (primary, there) -> {
              if (primary.isAbsent()) {
                return there.isAbsent() ? equal() : delete(there, key);
              }
              return isSame(primary, there) ? compared(primary, there) : copy(primary, there);
            })
        .thenCompose(mended -> mended);
  }

  private CompletableFuture<Outcome> compared(Seen primary, Seen there) {
    return differing(new Picture(List.of(primary, there)), primary)
        .thenCompose(others -> others.isEmpty() ? equal() : copy(primary, there));
  }

  /** Whether stamp and size are alike; without stamps the bytes may differ. */
  static boolean isSame(Seen one, Seen other) {
    return other.raw() != null
        && one.size() == other.size()
        && Objects.equals(one.stamp(), other.stamp());
  }

  private CompletableFuture<Outcome> likeNewest(Replica target, String key) {
    return picture(key)
        .thenCompose(
            picture ->
                differing(picture, picture.newest())
                    .thenCompose(
                        others ->
                            others.isEmpty()
                                ? mend(picture, target, key)
                                : CompletableFuture.completedFuture(Outcome.CONFLICT))
                    .thenApply(
                        done ->
                            done == Outcome.EQUAL && picture.seen().size() < fleet.size()
                                ? Outcome.UNSURE
                                : done));
  }

  /**
   * Those that are as long as one of them, have no stamp as it has none, and hold other bytes. One
   * after another is read, and compared. Fails when one changed meanwhile: see {@link #isRace}.
   */
  CompletableFuture<List<Seen>> differing(Picture picture, @Nullable Seen one) {
    CompletableFuture<List<Seen>> found = CompletableFuture.completedFuture(new ArrayList<>());
    if (one == null || one.stamp() != null) {
      return found;
    }
    for (Seen each : picture.seen()) {
      if (one.isOnlyAsLongAs(each)) {
        found =
            found.thenCompose(
                some ->
                    SameBytes.of(one, each, pace)
                        .thenApply(isSame -> isSame ? some : with(some, each)));
      }
    }
    return found;
  }

  /** What all who answer have: a majority at least, and where they differ, their markers. */
  CompletableFuture<Picture> picture(String key) {
    int majority = fleet.size() / 2 + 1;
    return Looks.at(fleet, key)
        .everyone()
        .thenCompose(
            heard ->
                heard.size() < majority
                    ? CompletableFuture.failedFuture(tooFew(key, heard.size()))
                    : settled(new Picture(heard), key));
  }

  private ZoneUnavailableException tooFew(String key, int heard) {
    return new ZoneUnavailableException(
        "only " + heard + " of " + fleet.size() + " zones tell what they have",
        RequestSite.of(Operation.STAT, fleet.primary().bucket().name(), key, null),
        null);
  }

  /** The same with the markers, where they count. */
  static CompletableFuture<Picture> settled(Picture picture, String key) {
    if (!picture.isDisputed()) {
      return CompletableFuture.completedFuture(picture);
    }
    List<CompletableFuture<Seen>> asked =
        picture.seen().stream().map(each -> each.askMarker(key)).toList();
    CompletableFuture<List<Seen>> all = asked.get(0).thenApply(first -> new ArrayList<>());
    for (CompletableFuture<Seen> each : asked) {
      all = all.thenCombine(each, Mending::with);
    }
    return all.thenApply(Picture::new);
  }

  private static List<Seen> with(List<Seen> some, Seen another) {
    some.add(another);
    return some;
  }

  /**
   * Brings one replica to what the picture says; fails when it is not in it. Takes contents without
   * a stamp that are as long for alike: see {@link #differing}.
   */
  CompletableFuture<Outcome> mend(Picture picture, Replica target, String key) {
    Seen there = of(picture, target);
    if (there == null) {
      return CompletableFuture.failedFuture(
          new ZoneUnavailableException(
              "the zone does not tell what it has",
              RequestSite.of(Operation.STAT, target.bucket().name(), key, null),
              null));
    }
    Seen newest = picture.newest();
    if (newest == null) {
      return there.isAbsent() ? equal() : delete(there, key);
    }
    boolean isUndecided = newest.stamp() == null && picture.gone() != null;
    if (Picture.isForeign(there, newest) || (isUndecided && !picture.isCurrent(there))) {
      return CompletableFuture.completedFuture(Outcome.CONFLICT);
    }
    return picture.isCurrent(there) ? equal() : copy(newest, there);
  }

  private static @Nullable Seen of(Picture picture, Replica target) {
    return picture.seen().stream()
        .filter(each -> each.replica() == target)
        .findFirst()
        .orElse(null);
  }

  private static CompletableFuture<Outcome> equal() {
    return CompletableFuture.completedFuture(Outcome.EQUAL);
  }

  /** Fails when either changed meanwhile. */
  static CompletableFuture<Outcome> copy(Seen source, Seen target) {
    return Carry.copy(source, target).thenApply(done -> Outcome.COPIED);
  }

  /** Only what was seen, so that a writer who comes in between loses nothing. */
  private static CompletableFuture<Outcome> delete(Seen there, String key) {
    return there
        .replica()
        .bucket()
        .delete(key, Objects.requireNonNull(there.raw()).version())
        .thenApply(done -> Outcome.DELETED);
  }
}
