package io.expressway.multiaz;

import io.expressway.ExpressException;
import io.expressway.Operation;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who has a change and who has not: says when it is done, and whom it is owed to.
 *
 * <p>When so many have it that it is done, it succeeds, at once or when the last has answered. When
 * too few have it, it fails once all have answered: with the first failure when nobody has it, else
 * with {@link OutcomeUnknownException}, which names those who have it and those who have not.
 *
 * <pre>
 *   asked ──┬─► has it ──────────────────────────► enough have it: done
 *           ├─► failed ──► too few can have it: those left out are asked after all
 *           └─► silent ──► enough have it, and its zone goes down: missed
 *   left out (down) ─────► enough have it: missed
 * </pre>
 *
 * <p>To leave a replica out, or to wait for it no more, is for all others as if its answer came
 * ever so late: no majority of answers is different for it.
 *
 * <p>Thread: safe for many; fields are guarded by this, futures complete outside.
 *
 * @param <T> what the change gives
 */
final class Tally<T> implements Lagging.Lag {
  private final Fleet fleet;
  private final Operation operation;
  private final String key;
  private final int needed;
  private final boolean isEarly;
  private final CompletableFuture<T> done;
  private final CompletableFuture<Tally<T>> settled = new CompletableFuture<>();
  private final TreeMap<Integer, T> took = new TreeMap<>();
  private final TreeMap<Integer, Throwable> missed = new TreeMap<>();
  private @Nullable Throwable first;
  private List<Replica> leftOut = List.of();
  private Runnable askLeftOut = () -> {};

  /** Set before anybody is asked. */
  private Consumer<Replica> letGo = replica -> {};

  /**
   * Nobody has answered yet.
   *
   * @param needed how many must have it
   * @param isEarly whether it is done without waiting for the others
   * @param done completes when it is
   */
  Tally(
      Fleet fleet,
      Operation operation,
      String key,
      int needed,
      boolean isEarly,
      CompletableFuture<T> done) {
    this.fleet = fleet;
    this.operation = operation;
    this.key = key;
    this.needed = needed;
    this.isEarly = isEarly;
    this.done = done;
  }

  /** What to do when a replica that was asked is waited for no more; said before any is asked. */
  Tally<T> lettingGo(Consumer<Replica> how) {
    letGo = how;
    return this;
  }

  /** Asks every replica; a refusal thrown counts as a failure. */
  Tally<T> ask(Function<Replica, CompletableFuture<T>> change) {
    return askFirst(replica -> true, change);
  }

  /** Asks those of whom this is so, if they are enough, and all others once they are no more. */
  Tally<T> askFirst(Predicate<Replica> isAsked, Function<Replica, CompletableFuture<T>> change) {
    List<Replica> asked = fleet.enough(needed, isAsked);
    if (asked.size() < fleet.size()) {
      List<Replica> others =
          fleet.replicas().stream().filter(each -> !asked.contains(each)).toList();
      synchronized (this) {
        leftOut = others;
        askLeftOut = () -> others.forEach(each -> ask(each, change));
      }
    }
    asked.forEach(each -> ask(each, change));
    return this;
  }

  private void ask(Replica replica, Function<Replica, CompletableFuture<T>> change) {
    replica.change(change).whenComplete((value, why) -> heard(replica, value, why));
  }

  /** Waits for the replica no more, where enough others have it. */
  @Override
  public void letGo(Replica replica) {
    if (mayLetGo(replica)) {
      letGo.accept(replica); // first, as nobody may keep what it reads once all have answered
      heard(replica, null, replica.down(operation, key));
    }
  }

  private synchronized boolean mayLetGo(Replica replica) {
    return took.size() >= needed && !isAnswered(replica);
  }

  private synchronized boolean isAnswered(Replica replica) {
    return took.containsKey(replica.index()) || missed.containsKey(replica.index());
  }

  /** Completes when the change is done, or fails. */
  CompletableFuture<T> done() {
    return done;
  }

  /** Completes when every replica has answered; never fails. */
  CompletableFuture<Tally<T>> settled() {
    return settled;
  }

  private void heard(Replica replica, @Nullable T value, @Nullable Throwable why) {
    T decided = null;
    boolean isLast;
    List<Replica> lagging = List.of();
    Runnable more = () -> {};
    synchronized (this) {
      if (isAnswered(replica)) {
        return; // it was let go of
      }
      if (value != null) {
        took.put(replica.index(), value);
        decided = took.size() >= needed ? took.firstEntry().getValue() : null;
      } else {
        Throwable cause = Fleet.cause(why);
        missed.put(replica.index(), cause == null ? new IllegalStateException() : cause);
        first = first == null ? cause : first;
      }
      if (decided != null) {
        leftOut.forEach(each -> missed.put(each.index(), each.down(operation, key)));
        leftOut = List.of();
        lagging = took.size() == needed ? pending() : lagging;
      } else if (fleet.size() - missed.size() - leftOut.size() < needed) {
        more = askLeftOut;
        askLeftOut = () -> {};
        leftOut = List.of();
      }
      isLast = took.size() + missed.size() == fleet.size();
    }
    more.run();
    lagging.forEach(this::lags);
    if (isLast) {
      settled.complete(this); // first, so that what is owed is known to whoever hears of the end
    }
    if (decided != null && (isEarly || isLast)) {
      done.complete(decided);
    } else if (isLast && !done.isDone()) {
      end();
    }
    replica.lagging.remove(this); // last, so that who waits for that finds the rest done
  }

  /** Those who were asked and have not answered. Holds the lock. */
  private List<Replica> pending() {
    return fleet.replicas().stream().filter(each -> !isAnswered(each)).toList();
  }

  /** Enough others have it: this one may be let go of. */
  private void lags(Replica replica) {
    replica.lagging.add(this);
    if (isAnswered(replica)) {
      replica.lagging.remove(this);
    } else if (!replica.isUp()) {
      letGo(replica);
    }
  }

  private void end() {
    T value;
    synchronized (this) {
      value = took.size() >= needed ? took.firstEntry().getValue() : null;
    }
    if (value != null) {
      done.complete(value);
    } else {
      done.completeExceptionally(failure());
    }
  }

  /** Those who have it. */
  synchronized List<Replica> took() {
    return took.keySet().stream().map(fleet.replicas()::get).toList();
  }

  /** Those who have not, or may not have it. */
  synchronized List<Replica> missed() {
    return missed.keySet().stream().map(fleet.replicas()::get).toList();
  }

  synchronized boolean isDone() {
    return took.size() >= needed;
  }

  /** Whether the change is in some replicas and not, or perhaps not, in others. */
  synchronized boolean isPartial() {
    return !missed.isEmpty() && (!took.isEmpty() || isUnclear());
  }

  /** The refusal of a replica where another writer was quicker; null when there was none. */
  synchronized @Nullable PreconditionFailedException overtaken() {
    return missed.values().stream()
        .filter(PreconditionFailedException.class::isInstance)
        .map(PreconditionFailedException.class::cast)
        .findFirst()
        .orElse(null);
  }

  /** Whether some replica may have it although nothing says so. */
  synchronized boolean isUnclear() {
    return missed.values().stream().anyMatch(OutcomeUnknownException.class::isInstance);
  }

  /** Why it is not done. */
  synchronized Throwable failure() {
    Throwable told = took.isEmpty() && !isUnclear() ? first : unclear();
    if (told == null) {
      told = new IllegalStateException("failed without a cause");
    }
    for (Throwable each : missed.values()) {
      if (each != told && each != told.getCause()) {
        told.addSuppressed(each);
      }
    }
    return told;
  }

  private ExpressException unclear() {
    List<String> unknown = new ArrayList<>();
    List<String> without = new ArrayList<>();
    missed.forEach(
        (index, why) ->
            (why instanceof OutcomeUnknownException ? unknown : without)
                .add(fleet.replicas().get(index).zone()));
    return new OutcomeUnknownException(
        "the change needs "
            + needed
            + " zones: "
            + (took.isEmpty() ? "none" : names(took()))
            + (took.size() > 1 ? " have it" : " has it")
            + (without.isEmpty() ? "" : ", not in " + String.join(", ", without))
            + (unknown.isEmpty() ? "" : ", not known of " + String.join(", ", unknown))
            + "; look at the object, then decide",
        RequestSite.of(operation, fleet.primary().bucket().name(), key, null),
        first);
  }

  private static String names(List<Replica> replicas) {
    return String.join(", ", replicas.stream().map(Replica::zone).toList());
  }
}
