package io.expressway.multiaz;

import io.expressway.ExpressException;
import io.expressway.multiaz.RepairCounts.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One key of a repair.
 *
 * <pre>
 *   look in every zone ─► judge ─► compare the bytes that no stamp tells apart ─► heal
 *         ▲                              │
 *         └──── replaced meanwhile ──────┘
 * </pre>
 *
 * <p>Thread: used once; its steps follow one another, on event loops as a rule.
 */
final class KeyRepair {
  /** Each try but the first was overtaken by a writer. */
  private static final int MOST_TRIES = 5;

  /** It is read and written. */
  private static final int REQUESTS_OF_A_COPY = 2;

  /** What the replicas have, who of them not what it should, and whether nobody can tell. */
  private record Judged(Picture picture, List<Seen> wrong, boolean isConflict) {}

  private final Kit kit;
  private final String key;
  private final boolean isHealing;
  private final RequestRate rate;
  private final RepairCounts counts;
  private final Mending mending;

  KeyRepair(Kit kit, String key, boolean isHealing, RequestRate rate, RepairCounts counts) {
    this.kit = kit;
    this.key = key;
    this.isHealing = isHealing;
    this.rate = rate;
    this.counts = counts;
    this.mending = new Mending(kit.fleet(), rate);
  }

  /** Gives what became of the key; what failed is among the counts by then. */
  CompletableFuture<Verdict> start() {
    try {
      return look(0);
    } catch (RuntimeException refused) {
      return CompletableFuture.completedFuture(failed("", refused));
    }
  }

  private CompletableFuture<Verdict> look(int tries) {
    Looks looks = Looks.at(kit.fleet(), key);
    return looks
        .everyone()
        .thenCompose(
            heard ->
                isEnough(heard)
                    ? settle(heard, looks)
                    : CompletableFuture.completedFuture(unheard(looks)))
        .exceptionallyCompose(why -> again(Objects.requireNonNull(Fleet.cause(why)), looks, tries));
  }

  private CompletableFuture<Verdict> settle(List<Seen> heard, Looks looks) {
    return Mending.settled(new Picture(heard), key)
        .thenCompose(this::judge)
        .thenCompose(judged -> act(judged, looks));
  }

  private CompletableFuture<Verdict> again(Throwable why, Looks looks, int tries) {
    if (Mending.isRace(why) && tries < MOST_TRIES) {
      rate.charge(kit.fleet().size());
      return look(tries + 1);
    }
    Verdict others = unheard(looks);
    boolean isTold = looks.failures().containsValue(why);
    return CompletableFuture.completedFuture(isTold ? others : failed(zoneOf(why), why));
  }

  // What it should hold.

  private boolean isLed() {
    return kit.fleet().options().writes().isPrimary();
  }

  private boolean isEnough(List<Seen> heard) {
    return heard.size() > kit.fleet().size() / 2
        && (!isLed() || heard.stream().anyMatch(each -> each.replica() == kit.primary()));
  }

  private CompletableFuture<Judged> judge(Picture picture) {
    rate.charge(picture.isDisputed() ? picture.seen().size() : 0); // their markers
    Seen leader = leader(picture);
    List<Seen> wrong = wrong(picture, leader);
    if (isUndecided(picture, wrong)) {
      return CompletableFuture.completedFuture(new Judged(picture, wrong, true));
    }
    return mending
        .differing(picture, leader == null ? picture.newest() : leader)
        .thenApply(
            others ->
                leader == null
                    ? new Judged(picture, wrong, !others.isEmpty())
                    : new Judged(picture, joined(wrong, others), false));
  }

  /** What goes to all because the primary has it; null when stamps decide, or markers. */
  private @Nullable Seen leader(Picture picture) {
    return isLed()
        ? picture.seen().stream()
            .filter(each -> each.replica() == kit.primary() && !each.isAbsent())
            .findFirst()
            .orElse(null)
        : null;
  }

  private static List<Seen> wrong(Picture picture, @Nullable Seen leader) {
    return picture.seen().stream()
        .filter(each -> leader == null ? !picture.isCurrent(each) : !Mending.isSame(leader, each))
        .toList();
  }

  /**
   * Whether nobody can tell what the key should hold. Under primary() what the primary has not, and
   * nobody says was deleted, may be missed by the others or lost by the primary.
   */
  private boolean isUndecided(Picture picture, List<Seen> wrong) {
    Seen newest = picture.newest();
    if (isLed()) {
      return leader(picture) == null && newest != null;
    }
    boolean isForeign = newest != null && newest.stamp() == null && picture.gone() != null;
    return picture.isConflict() || (isForeign && !wrong.isEmpty());
  }

  private static List<Seen> joined(List<Seen> some, List<Seen> others) {
    List<Seen> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  // Bringing it there.

  private CompletableFuture<Verdict> act(Judged judged, Looks looks) {
    if (judged.isConflict()) {
      List<Seen> seen = judged.picture().seen();
      return CompletableFuture.completedFuture(conflict(seen));
    }
    counts.behind(judged.wrong());
    CompletableFuture<Verdict> done =
        isHealing
            ? heal(judged)
            : CompletableFuture.completedFuture(
                judged.wrong().isEmpty() ? Verdict.EQUAL : Verdict.HEALED);
    return done.thenApply(verdict -> Verdict.worse(verdict, unheard(looks)));
  }

  private CompletableFuture<Verdict> heal(Judged judged) {
    rate.charge(judged.wrong().size() * REQUESTS_OF_A_COPY);
    CompletableFuture<Verdict> all = CompletableFuture.completedFuture(Verdict.EQUAL);
    for (Seen each : judged.wrong()) {
      CompletableFuture<Verdict> one =
          mend(judged.picture(), each)
              .handle(
                  (outcome, why) ->
                      outcome == null
                          ? failed(each.replica().zone(), Objects.requireNonNull(Fleet.cause(why)))
                          : mended(outcome, each));
      all = all.thenCombine(one, Verdict::worse);
    }
    return all;
  }

  /** By what was seen; by what is there now when that is overtaken. */
  private CompletableFuture<Mending.Outcome> mend(Picture picture, Seen each) {
    Seen leader = leader(picture);
    Replica target = each.replica();
    CompletableFuture<Mending.Outcome> once =
        leader == null ? mending.mend(picture, target, key) : Mending.copy(leader, each);
    return once.exceptionallyCompose(why -> mending.mend(target, key, leader != null));
  }

  private Verdict mended(Mending.Outcome outcome, Seen each) {
    return switch (outcome) {
      case EQUAL, COPIED, DELETED -> {
        counts.healed(each.replica());
        yield Verdict.HEALED;
      }
      case CONFLICT -> conflict(List.of(each));
      case UNSURE ->
          failed(
              each.replica().zone(),
              new IllegalStateException("a zone that does not answer may have something newer"));
    };
  }

  // Telling of it.

  private Verdict conflict(List<Seen> seen) {
    kit.fleet()
        .listener()
        .onConflict(key, seen.stream().map(each -> each.replica().zone()).toList());
    return Verdict.CONFLICT;
  }

  /** Tells of those who do not say what they have. */
  private Verdict unheard(Looks looks) {
    Map<Replica, Throwable> failures = looks.failures();
    failures.forEach((replica, why) -> counts.failed(key, replica.zone(), why));
    return failures.isEmpty() ? Verdict.EQUAL : Verdict.FAILED;
  }

  private Verdict failed(String zone, Throwable why) {
    counts.failed(key, zone, why);
    return Verdict.FAILED;
  }

  private String zoneOf(Throwable why) {
    String bucket = why instanceof ExpressException known ? known.site().bucket() : null;
    return kit.replicas().stream()
        .filter(each -> each.bucket().name().toString().equals(bucket))
        .map(Replica::zone)
        .findFirst()
        .orElse("");
  }
}
