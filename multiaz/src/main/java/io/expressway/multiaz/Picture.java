package io.expressway.multiaz;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What several replicas have at one key, taken together: which content is the newest, and whether
 * it was deleted. Immutable.
 *
 * <p>Stamps decide. A content without one counts as older than a stamped one when it was stored
 * before the stamp was given; otherwise, and between two without, nobody can tell.
 *
 * <p>Two without a stamp that are as long count as alike here: whoever must know compares their
 * bytes, as {@link Mending#differing} does.
 */
final class Picture {
  private static final Comparator<Seen> NEWER =
      Comparator.comparing(Picture::stampOf).thenComparingLong(Seen::size);
  private static final int COUNT_BITS = 16;

  /** The service tells when a content was stored to the second. */
  private static final long RESOLUTION_MILLIS = 1000;

  private final List<Seen> seen;
  private final @Nullable Stamp gone;
  private final @Nullable Seen newest;

  Picture(List<Seen> answers) {
    this.seen =
        answers.stream().sorted(Comparator.comparingInt(each -> each.replica().index())).toList();
    this.gone =
        seen.stream()
            .map(Seen::gone)
            .filter(each -> each != null)
            .max(Stamp::compareTo)
            .orElse(null);
    this.newest = pick();
  }

  private @Nullable Seen pick() {
    Seen best = null;
    for (Seen each : seen) {
      if (isLive(each) && (best == null || isNewer(each, best))) {
        best = each;
      }
    }
    return best;
  }

  /** The first of equals stays, so that the primary goes before the others. */
  private static boolean isNewer(Seen each, Seen best) {
    if (each.stamp() == null) {
      return false;
    }
    return best.stamp() == null || NEWER.compare(each, best) > 0;
  }

  private static Stamp stampOf(Seen stamped) {
    Stamp stamp = stamped.stamp();
    return stamp == null ? new Stamp(0, 0) : stamp;
  }

  private boolean isLive(Seen each) {
    Stamp stamp = each.stamp();
    return !each.isAbsent() && (gone == null || stamp == null || stamp.compareTo(gone) > 0);
  }

  List<Seen> seen() {
    return seen;
  }

  /** The same, with what a replica has now. */
  Picture with(Seen fresh) {
    List<Seen> all = new ArrayList<>(seen);
    all.removeIf(each -> each.replica() == fresh.replica() && !each.equals(newest));
    all.add(fresh);
    return new Picture(all);
  }

  /** By which stamp the key was deleted last, as far as the replicas were asked. */
  @Nullable Stamp gone() {
    return gone;
  }

  /** The newest content that is not deleted; null when there is none. */
  @Nullable Seen newest() {
    return newest;
  }

  /** Whether some of them have an object and others none: only markers tell why. */
  boolean isDisputed() {
    return seen.stream().anyMatch(Seen::isAbsent) && !seen.stream().allMatch(Seen::isAbsent);
  }

  /** Whether a replica has what it should: the newest content, or nothing when that is gone. */
  boolean isCurrent(Seen each) {
    if (newest == null) {
      return each.isAbsent();
    }
    Stamp stamp = newest.stamp();
    return stamp == null
        ? !each.isAbsent() && each.stamp() == null && each.size() == newest.size()
        : each.isAtLeast(stamp, newest.size());
  }

  /** Whether each of them has nothing, and knows by which stamp the key was deleted. */
  boolean isKnownGone() {
    return seen.stream().allMatch(each -> each.isAbsent() && Objects.equals(each.gone(), gone));
  }

  /** Whether nobody can tell which content is the newest. */
  boolean isConflict() {
    return newest != null && seen.stream().anyMatch(each -> isForeign(each, newest));
  }

  /** Others wrote it, it is not what the newest is, and it may be newer still. */
  static boolean isForeign(Seen each, Seen newest) {
    if (each.isAbsent() || each.stamp() != null) {
      return false;
    }
    Stamp stamp = newest.stamp();
    return stamp == null ? each.size() != newest.size() : !isBefore(each, stamp);
  }

  /** Whether an unstamped content was stored before the stamp was given. */
  private static boolean isBefore(Seen each, Stamp stamp) {
    return each.raw() != null
        && each.raw().lastModified().toEpochMilli() + RESOLUTION_MILLIS
            <= stamp.time() >>> COUNT_BITS;
  }

  /** Every stamp among them, for the clock. */
  void teach(StampClock clock) {
    for (Seen each : seen) {
      Stamp stamp = each.stamp();
      if (stamp != null) {
        clock.saw(stamp);
      }
    }
    if (gone != null) {
      clock.saw(gone);
    }
  }
}
