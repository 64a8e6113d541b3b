package io.expressway.multiaz;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings what the primary has to the other replicas in the background, the changes of a key in
 * their order; of several that wait only the last is made. A replica that is down is owed it at
 * once. Thread: safe for many.
 */
final class Followers {
  private final Kit kit;
  private final List<Turns> turns = new ArrayList<>();

  Followers(Kit kit) {
    this.kit = kit;
    kit.replicas().forEach(each -> turns.add(new Turns()));
  }

  /** As {@link #follow(List, Function, Consumer)}, of one key, and waiting to its end. */
  CompletableFuture<Boolean> follow(String key, Function<Replica, CompletableFuture<?>> change) {
    return follow(List.of(key), change, null);
  }

  /**
   * Makes the change in each replica but the primary; what fails is owed.
   *
   * @param keys what it changes: the first has its turns, all are owed
   * @param letGo what to do when a replica that was asked goes down, and is waited for no more;
   *     null when the next change of the key must not begin while this one may still be made
   * @return completes, never failing, when each was made, replaced or failed
   */
  CompletableFuture<Boolean> follow(
      List<String> keys,
      Function<Replica, CompletableFuture<?>> change,
      @Nullable Consumer<Replica> letGo) {
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (Replica replica : kit.replicas()) {
      if (replica != kit.primary()) {
        Following one = new Following(replica, keys, change, letGo);
        replica.lagging.add(one);
        turns.get(replica.index()).replace(keys.get(0), one::begin, one::replaced);
        all.add(one.over);
      }
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(nothing -> all.stream().allMatch(CompletableFuture::join));
  }

  /** One change on its way to one replica. */
  private final class Following implements Lagging.Lag {
    private final Replica replica;
    private final List<String> keys;
    private final Function<Replica, CompletableFuture<?>> change;
    private final @Nullable Consumer<Replica> letGo;
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();
    private final AtomicBoolean isOver = new AtomicBoolean();

    /** Of both only one comes to be. Guarded by this. */
    private boolean isAsked;

    private boolean isDropped;

    Following(
        Replica replica,
        List<String> keys,
        Function<Replica, CompletableFuture<?>> change,
        @Nullable Consumer<Replica> letGo) {
      this.replica = replica;
      this.keys = keys;
      this.change = change;
      this.letGo = letGo;
    }

    /** Its turn has come. */
    CompletableFuture<?> begin() {
      if (!replica.isUp()) {
        end(false, keys);
      } else if (tryAsk()) {
        ask();
      }
      return over;
    }

    private synchronized boolean tryAsk() {
      isAsked = !isDropped;
      return isAsked;
    }

    private synchronized boolean tryDrop() {
      isDropped = !isAsked;
      return isDropped;
    }

    private void ask() {
      replica
          .change(each -> change.apply(each).thenApply(Object.class::cast))
          .whenComplete((value, why) -> end(why == null, keys));
    }

    /** A later change of the key is made instead: it brings nothing of the other keys. */
    void replaced() {
      keys.subList(1, keys.size()).forEach(other -> kit.owed().add(replica, other, true));
      end(true, List.of());
    }

    @Override
    public void letGo(Replica down) {
      Consumer<Replica> how = letGo;
      boolean isUnasked = tryDrop();
      if (how != null) {
        how.accept(down);
      }
      if (isUnasked || how != null) {
        end(false, keys);
      }
    }

    private void end(boolean isMade, List<String> owed) {
      if (isOver.compareAndSet(false, true)) {
        if (!isMade) {
          owed.forEach(key -> kit.owed().add(replica, key, true));
        }
        replica.lagging.remove(this);
        over.complete(isMade);
      }
    }
  }
}
