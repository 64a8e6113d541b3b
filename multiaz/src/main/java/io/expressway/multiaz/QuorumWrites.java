package io.expressway.multiaz;

import io.expressway.ExpressException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import io.expressway.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes that are done when most replicas have them.
 *
 * <pre>
 *   look at the key in all replicas ─► most answered ─► a stamp greater than all seen
 *     ─► in each replica: store it unless a newer one is there ─► most have it: done
 *                                                              └► the others go on
 * </pre>
 *
 * <p>Source: the register of Attiya, Bar-Noy and Dolev, "Sharing Memory Robustly in Message-Passing
 * Systems" (JACM 1995), for several writers as Lynch and Shvartsman have it (FTCS 1997); replicas
 * compare stamps by conditional writes.
 *
 * <p>A condition of the caller is decided by one replica, the first in the order given that
 * answers, so that of several writers under the same condition all but one are refused before they
 * changed anything.
 *
 * <p>Zones that are down are asked only when too few of the others answer.
 *
 * <p>Thread: safe for many; holds nothing of a write.
 */
final class QuorumWrites {
  /** Each try of a delete but the first was overtaken by a writer, or its answer was lost. */
  private static final int MOST_DELETES = 5;

  private final Kit kit;

  QuorumWrites(Kit kit) {
    this.kit = kit;
  }

  /** A content once its stamp is known. */
  interface Stamped extends Function<Stamp, Content> {}

  /** A change under way, and the end of all that it does. */
  record UnderWay(CompletableFuture<ObjectInfo> done, CompletableFuture<?> settled) {
    CompletableFuture<ObjectInfo> settledThen(Runnable release) {
      settled.whenComplete((nothing, why) -> release.run());
      return done;
    }
  }

  /**
   * Stores a content under the caller's conditions.
   *
   * @param isEarly whether the caller hears of it as soon as most have it
   */
  UnderWay put(String key, WriteOptions how, boolean isEarly, Stamped stamped) {
    Looks looks = Looks.withMarkers(kit.fleet(), kit.asked(), key);
    CompletableFuture<List<Seen>> most = looks.atLeast(kit.acks());
    CompletableFuture<Void> settled = new CompletableFuture<>();
    CompletableFuture<ObjectInfo> done =
        most.thenCompose(
            heard -> {
              Picture picture = new Picture(heard);
              picture.teach(kit.clock());
              Content content = stamped.apply(kit.clock().next());
              Tally<ObjectInfo> tally =
                  new Tally<ObjectInfo>(
                          kit.fleet(),
                          Operation.WRITE,
                          key,
                          kit.acks(),
                          isEarly,
                          most.newIncompleteFuture())
                      .lettingGo(content::letGo);
              kit.owe(tally, key, false);
              tally.settled().thenRun(() -> settled.complete(null));
              return how.isConditional()
                  ? decide(content, how, picture, looks, tally)
                  : tally
                      .askFirst(Replica::isUp, replica -> store(content, looks, replica, null))
                      .done();
            });
    done.whenComplete(
        (info, why) -> {
          if (why != null) {
            settled.complete(null); // it failed before any replica was asked, or all have answered
          }
        });
    return new UnderWay(done, settled);
  }

  private static CompletableFuture<ObjectInfo> store(
      Content content, Looks looks, Replica replica, @Nullable Stamp after) {
    return looks.of(replica).thenCompose(seen -> NewerOnly.put(content, replica, seen, after));
  }

  // Under a condition.

  private CompletableFuture<ObjectInfo> decide(
      Content content, WriteOptions how, Picture picture, Looks looks, Tally<ObjectInfo> tally) {
    ExpressException refused = refusal(how, picture, content.key(), kit.primary());
    if (refused != null) {
      return CompletableFuture.failedFuture(refused);
    }
    Seen newest = picture.newest();
    Stamp after = newest == null ? picture.gone() : newest.stamp();
    Stamp floor = after == null ? new Stamp(0, 0) : after;
    List<Seen> deciders =
        picture.seen().stream().filter(each -> newest == null || isSame(each, newest)).toList();
    return first(content, deciders, 0)
        .thenCompose(
            decider ->
                tally
                    .askFirst(
                        replica -> replica == decider.replica() || replica.isUp(),
                        replica ->
                            replica == decider.replica()
                                ? CompletableFuture.completedFuture(
                                    content.known(decider.storedAt()))
                                : store(content, looks, replica, floor))
                    .done())
        .exceptionallyCompose(why -> takeBack(content, how, tally, Fleet.cause(why)));
  }

  private static boolean isSame(Seen each, Seen newest) {
    return each.size() == newest.size() && Objects.equals(each.stamp(), newest.stamp());
  }

  /** Why the caller's condition does not hold of what most replicas have; null when it does. */
  static @Nullable ExpressException refusal(
      WriteOptions how, Picture picture, String key, Replica primary) {
    Seen newest = picture.newest();
    RequestSite site = RequestSite.of(Operation.WRITE, primary.bucket().name(), key, null);
    if (how.requiresAbsent()) {
      return newest == null
          ? null
          : new PreconditionFailedException("an object is there", site, null);
    }
    ObjectVersion required = how.version().orElse(null);
    if (required == null || isNewest(picture, required)) {
      return null;
    }
    return new PreconditionFailedException(
        newest == null ? "no object is there" : "the object is not of version " + required,
        site,
        null);
  }

  /** Whether the version is the newest, by whatever name the caller knows it. */
  static boolean isNewest(Picture picture, ObjectVersion required) {
    Seen newest = picture.newest();
    return newest != null
        && picture.seen().stream().anyMatch(each -> isSame(each, newest) && each.isOf(required));
  }

  /** Who decided. */
  private record Decision(Replica replica, java.time.Instant storedAt) {}

  /** Asks one replica after the other until one decides. */
  private CompletableFuture<Decision> first(Content content, List<Seen> deciders, int at) {
    Seen decider = deciders.get(at);
    return content
        .sendOnce(decider.replica(), content.over(decider.raw()))
        .thenApply(info -> new Decision(decider.replica(), info.lastModified()))
        .exceptionallyCompose(
            why -> {
              Throwable cause = Fleet.cause(why);
              boolean isFault = Fleet.isFault(cause);
              return isFault && at + 1 < deciders.size()
                  ? first(content, deciders, at + 1)
                  : CompletableFuture.failedFuture(cause == null ? why : cause);
            });
  }

  /**
   * A write of a free key that others were quicker with is taken back where it was stored, so that
   * it is refused without a trace; one over a version cannot be, and its outcome stays unknown.
   */
  private CompletableFuture<ObjectInfo> takeBack(
      Content content, WriteOptions how, Tally<ObjectInfo> tally, @Nullable Throwable why) {
    CompletableFuture<ObjectInfo> failed =
        CompletableFuture.failedFuture(why == null ? new IllegalStateException() : why);
    PreconditionFailedException overtaken = tally.overtaken();
    if (!how.requiresAbsent() || overtaken == null || tally.isUnclear()) {
      return failed;
    }
    List<CompletableFuture<Boolean>> taken = new ArrayList<>();
    for (Replica replica : tally.took()) {
      taken.add(remove(content, replica));
      kit.owed().add(replica, content.key(), false);
    }
    CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
    for (CompletableFuture<Boolean> each : taken) {
      all = all.thenCombine(each, (one, other) -> one && other);
    }
    return all.exceptionally(unknown -> false)
        .thenCompose(isClean -> isClean ? CompletableFuture.failedFuture(overtaken) : failed);
  }

  private static CompletableFuture<Boolean> remove(Content content, Replica replica) {
    return Seen.at(replica, content.key())
        .thenCompose(
            seen ->
                seen.raw() != null && content.stamp().equals(seen.stamp())
                    ? replica
                        .bucket()
                        .delete(content.key(), seen.raw().version())
                        .thenApply(done -> true)
                    : CompletableFuture.completedFuture(seen.isAbsent())); // else it was seen
  }

  // Deleting.

  /**
   * Deletes the key: first most replicas are told that it is gone, then the object is deleted in
   * each.
   *
   * @param required the version that must be the newest; null for whatever is there
   */
  CompletableFuture<Void> delete(String key, @Nullable ObjectVersion required) {
    Looks looks = Looks.withMarkers(kit.fleet(), kit.asked(), key);
    CompletableFuture<List<Seen>> most = looks.atLeast(kit.acks());
    return most.thenCompose(heard -> delete(key, required, new Picture(heard), looks, most));
  }

  private CompletableFuture<Void> delete(
      String key,
      @Nullable ObjectVersion required,
      Picture picture,
      Looks looks,
      CompletableFuture<?> like) {
    Seen newest = picture.newest();
    if (required == null) {
      picture.teach(kit.clock());
      return erase(key, kit.clock().next(), looks, like);
    }
    if (newest == null) {
      return CompletableFuture.completedFuture(null);
    }
    if (!isNewest(picture, required)) {
      return CompletableFuture.failedFuture(
          new PreconditionFailedException(
              "the object is not of version " + required,
              RequestSite.of(Operation.DELETE, kit.primary().bucket().name(), key, null),
              null));
    }
    picture.teach(kit.clock());
    Stamp until = newest.stamp() == null ? kit.clock().next() : newest.stamp();
    Seen decider =
        picture.seen().stream().filter(each -> isSame(each, newest)).findFirst().orElse(newest);
    return decider
        .replica()
        .bucket()
        .delete(key, Objects.requireNonNull(decider.raw()).version())
        .thenCompose(nothing -> erase(key, until, looks, like));
  }

  /** Everything at the key up to the stamp is gone. */
  CompletableFuture<Void> erase(String key, Stamp until, Looks looks, CompletableFuture<?> like) {
    Tally<ObjectInfo> marks =
        new Tally<>(
            kit.fleet(), Operation.DELETE, key, kit.acks(), true, like.newIncompleteFuture());
    Tally<Boolean> deletes =
        new Tally<>(
            kit.fleet(),
            Operation.DELETE,
            key,
            kit.acks(),
            kit.isEarly(),
            like.newIncompleteFuture());
    kit.owe(deletes, key, false);
    return marks
        .askFirst(Replica::isUp, replica -> Gone.mark(replica, key, until))
        .done()
        .thenCompose(
            marked ->
                deletes
                    .askFirst(Replica::isUp, replica -> deleteSeen(looks, replica, key, until))
                    .done())
        .thenApply(deleted -> null);
  }

  /** Deletes what was seen a moment ago, or what is there now. */
  private static CompletableFuture<Boolean> deleteSeen(
      Looks looks, Replica replica, String key, Stamp until) {
    return looks
        .of(replica)
        .thenCompose(
            seen ->
                seen.isAbsent()
                    ? deleteUpTo(replica, key, until, 0)
                    : deleteUpTo(seen, key, until, 0));
  }

  /** Deletes what is there unless it is newer; what is overtaken by a writer is looked at again. */
  static CompletableFuture<Boolean> deleteUpTo(
      Replica replica, String key, Stamp until, int tries) {
    return Seen.at(replica, key).thenCompose(seen -> deleteUpTo(seen, key, until, tries));
  }

  private static CompletableFuture<Boolean> deleteUpTo(
      Seen seen, String key, Stamp until, int tries) {
    ObjectInfo raw = seen.raw();
    Stamp stamp = seen.stamp();
    if (raw == null || (stamp != null && stamp.compareTo(until) > 0)) {
      return CompletableFuture.completedFuture(true);
    }
    return seen.replica()
        .bucket()
        .delete(key, raw.version())
        .thenApply(done -> true)
        .exceptionallyCompose(
            why -> {
              Throwable cause = Objects.requireNonNull(Fleet.cause(why));
              boolean isRace =
                  cause instanceof PreconditionFailedException
                      || cause instanceof OutcomeUnknownException;
              return isRace && tries < MOST_DELETES
                  ? deleteUpTo(seen.replica(), key, until, tries + 1)
                  : CompletableFuture.failedFuture(cause);
            });
  }
}
