package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import io.expressway.WriteOptions;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes where the primary decides: alone, with the others following, or together with all others.
 * A caller's condition is decided there before any other replica is asked.
 *
 * <p>Thread: safe for many. Changes of one key by this process take turns, so that all replicas see
 * them in one order; those of other processes are told apart by their stamps.
 */
final class LedWrites {
  private final Kit kit;
  private final boolean isAll;
  private final Turns turns = new Turns();
  private final Followers followers;

  LedWrites(Kit kit) {
    this.kit = kit;
    this.isAll = !kit.fleet().options().writes().isPrimary();
    this.followers = new Followers(kit);
  }

  boolean isAll() {
    return isAll;
  }

  Turns turns() {
    return turns;
  }

  Followers followers() {
    return followers;
  }

  /** A content that the primary has. */
  private record Led(Content content, ObjectInfo info) {}

  /** What the caller hears, and when nobody reads the body any more. */
  private record Done(ObjectInfo info, CompletableFuture<?> followed) {}

  /**
   * Stores a content under the caller's conditions.
   *
   * @param isEarly whether the caller hears of it before those who follow have it
   * @param release runs when no replica reads the content any more
   */
  CompletableFuture<ObjectInfo> put(
      String key,
      WriteOptions how,
      boolean isEarly,
      QuorumWrites.Stamped stamped,
      Runnable release) {
    CompletableFuture<Done> done =
        turns.take(
            key,
            () ->
                isAll && !how.isConditional()
                    ? together(key, stamped.apply(kit.clock().next()))
                    : decide(key, how, stamped).thenCompose(led -> spread(key, led)));
    done.whenComplete(
        (all, why) -> {
          if (all == null) {
            release.run();
          } else {
            all.followed().whenComplete((nothing, unused) -> release.run());
          }
        });
    return done.thenCompose(
        all ->
            isEarly
                ? CompletableFuture.completedFuture(all.info())
                : all.followed().thenApply(nothing -> all.info()));
  }

  /** Every replica at once. */
  private CompletableFuture<Done> together(String key, Content content) {
    return everywhere(Operation.WRITE, key, content::send).thenApply(LedWrites::followed);
  }

  private static Done followed(ObjectInfo info) {
    return new Done(info, CompletableFuture.completedFuture(null));
  }

  /** Asks all and is done when all have it. */
  <T> CompletableFuture<T> everywhere(
      Operation operation, String key, Function<Replica, CompletableFuture<T>> change) {
    CompletableFuture<T> first = change.apply(kit.primary());
    Tally<T> tally = tally(operation, key, first);
    kit.owe(tally, key, false);
    return tally.ask(replica -> replica == kit.primary() ? first : change.apply(replica)).done();
  }

  <T> Tally<T> tally(Operation operation, String key, CompletableFuture<?> like) {
    return new Tally<>(
        kit.fleet(), operation, key, kit.fleet().size(), false, like.newIncompleteFuture());
  }

  /** The others, once the primary has it. */
  private CompletableFuture<Done> spread(String key, Led led) {
    Content content = led.content();
    if (!isAll) {
      CompletableFuture<Boolean> followed =
          followers.follow(
              List.of(key), replica -> NewerOnly.put(content, replica, null, null), content::letGo);
      return CompletableFuture.completedFuture(new Done(led.info(), followed));
    }
    CompletableFuture<ObjectInfo> first = CompletableFuture.completedFuture(led.info());
    return everywhere(
            Operation.WRITE,
            key,
            replica ->
                replica == kit.primary() ? first : NewerOnly.put(content, replica, null, null))
        .thenApply(LedWrites::followed);
  }

  /** Stores it in the primary under the caller's condition. */
  private CompletableFuture<Led> decide(
      String key, WriteOptions how, QuorumWrites.Stamped stamped) {
    ObjectVersion required = how.version().orElse(null);
    CompletableFuture<Led> led;
    if (required != null) {
      led =
          atVersion(Operation.WRITE, key, required)
              .thenCompose(
                  seen -> {
                    new Picture(List.of(seen)).teach(kit.clock());
                    Content content = stamped.apply(kit.clock().next());
                    return content
                        .sendOnce(kit.primary(), content.over(seen.raw()))
                        .thenApply(info -> new Led(content, info));
                  });
    } else {
      Content content = stamped.apply(kit.clock().next());
      WriteOptions conditioned = how.requiresAbsent() ? content.how().ifAbsent() : content.how();
      led = content.sendOnce(kit.primary(), conditioned).thenApply(info -> new Led(content, info));
    }
    return led.whenComplete(
        (value, why) -> {
          kit.primary().changed(Fleet.cause(why));
          oweIfUnclear(key, Fleet.cause(why));
        });
  }

  /** A change that the primary may have made nonetheless is owed to the others. */
  void oweIfUnclear(String key, @Nullable Throwable why) {
    boolean isUnclear = why instanceof OutcomeUnknownException || Fleet.isFault(why);
    if (isUnclear) {
      oweFollowers(key);
    }
  }

  /** All but the primary are to be brought to what the primary has. */
  void oweFollowers(String key) {
    for (Replica replica : kit.replicas()) {
      if (replica != kit.primary()) {
        kit.owed().add(replica, key, true);
      }
    }
  }

  /** What the primary has, if that is the version required. */
  CompletableFuture<Seen> atVersion(Operation operation, String key, ObjectVersion required) {
    return Seen.at(kit.primary(), key)
        .thenCompose(
            seen ->
                seen.isOf(required)
                    ? CompletableFuture.completedFuture(seen)
                    : CompletableFuture.failedFuture(otherVersion(operation, seen, key, required)));
  }

  private PreconditionFailedException otherVersion(
      Operation operation, Seen seen, String key, ObjectVersion required) {
    return new PreconditionFailedException(
        seen.isAbsent() ? "no object is there" : "the object is not of version " + required,
        RequestSite.of(operation, kit.primary().bucket().name(), key, null),
        null);
  }

  // Deleting.

  /** Removes what is at the key. */
  CompletableFuture<Void> delete(String key) {
    return turns.take(
        key,
        () ->
            isAll
                ? removed(key, replica -> removal(replica.bucket().delete(key)))
                : led(key, kit.primary().bucket().delete(key), removing(key)));
  }

  private static Function<Replica, CompletableFuture<?>> removing(String key) {
    return replica -> replica.bucket().delete(key);
  }

  private static CompletableFuture<Boolean> removal(CompletableFuture<Void> deleted) {
    return deleted.thenApply(nothing -> true);
  }

  /** Removes one version, by the primary's word. */
  CompletableFuture<Void> delete(String key, ObjectVersion required) {
    return turns.take(
        key,
        () ->
            Seen.at(kit.primary(), key)
                .thenCompose(
                    seen -> {
                      if (seen.raw() == null) {
                        return isAll
                            ? alsoElsewhere(key, required)
                            : CompletableFuture.completedFuture(null);
                      }
                      return seen.isOf(required)
                          ? delete(key, seen)
                          : CompletableFuture.failedFuture(
                              otherVersion(Operation.DELETE, seen, key, required));
                    }));
  }

  private CompletableFuture<Void> delete(String key, Seen primary) {
    Stamp stamp = primary.stamp();
    Stamp until = stamp == null ? kit.clock().next() : stamp;
    CompletableFuture<Void> first =
        kit.primary().bucket().delete(key, Objects.requireNonNull(primary.raw()).version());
    Function<Replica, CompletableFuture<?>> others =
        replica -> QuorumWrites.deleteUpTo(replica, key, until, 0);
    return isAll
        ? first.thenCompose(nothing -> removedElsewhere(key, until))
        : led(key, first, others);
  }

  /** Nothing is in the primary any more; a delete that reached some only left it in others. */
  private CompletableFuture<Void> alsoElsewhere(String key, ObjectVersion required) {
    return Naming.stampIn(required)
        .map(until -> removedElsewhere(key, until))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** Contents up to the stamp, in all but the primary: newer ones are another writer's. */
  private CompletableFuture<Void> removedElsewhere(String key, Stamp until) {
    return removed(
        key,
        replica ->
            replica == kit.primary()
                ? CompletableFuture.completedFuture(true)
                : QuorumWrites.deleteUpTo(replica, key, until, 0),
        () -> until);
  }

  /** The primary decides, the others follow. */
  CompletableFuture<Void> led(
      String key, CompletableFuture<Void> first, Function<Replica, CompletableFuture<?>> others) {
    return first
        .thenRun(
            () -> {
              followers
                  .follow(key, others)
                  .thenAccept(
                      isWhole -> {
                        if (!isWhole) {
                          Gone.mark(kit.primary(), key, kit.clock().next()); // for Repair
                        }
                      });
            })
        .whenComplete((nothing, why) -> oweIfUnclear(key, Fleet.cause(why)));
  }

  /** Removed everywhere; those who did it keep a marker for those who did not. */
  CompletableFuture<Void> removed(
      String key, Function<Replica, CompletableFuture<Boolean>> change) {
    return removed(key, change, kit.clock()::next);
  }

  private CompletableFuture<Void> removed(
      String key, Function<Replica, CompletableFuture<Boolean>> change, Supplier<Stamp> until) {
    CompletableFuture<Boolean> first = change.apply(kit.primary());
    Tally<Boolean> tally = tally(Operation.DELETE, key, first);
    tally.settled().thenAccept(known -> remember(known, key, until));
    return tally
        .ask(replica -> replica == kit.primary() ? first : change.apply(replica))
        .done()
        .thenApply(done -> null);
  }

  private void remember(Tally<Boolean> tally, String key, Supplier<Stamp> until) {
    if (!tally.isPartial()) {
      return;
    }
    kit.partial().increment();
    Stamp stamp = until.get();
    CompletableFuture<?>[] marks =
        tally.took().stream()
            .map(replica -> Gone.mark(replica, key, stamp))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(marks)
        .whenComplete(
            (nothing, why) ->
                tally.missed().forEach(replica -> kit.owed().add(replica, key, false)));
  }
}
