package io.expressway.multiaz;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Brings what the primary has to the other replicas in the background, the changes of a key in
 * their order; of several that wait only the last is made. Thread: safe for many.
 */
final class Followers {
  private final Kit kit;
  private final List<Turns> turns = new ArrayList<>();

  Followers(Kit kit) {
    this.kit = kit;
    kit.replicas().forEach(each -> turns.add(new Turns()));
  }

  /**
   * Makes the change in each replica but the primary; what fails is owed.
   *
   * @return completes, never failing, when each was made, replaced or failed
   */
  CompletableFuture<Boolean> follow(String key, Function<Replica, CompletableFuture<?>> change) {
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (Replica replica : kit.replicas()) {
      if (replica != kit.primary()) {
        all.add(follow(replica, key, change));
      }
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .thenApply(nothing -> all.stream().allMatch(CompletableFuture::join));
  }

  private CompletableFuture<Boolean> follow(
      Replica replica, String key, Function<Replica, CompletableFuture<?>> change) {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    turns
        .get(replica.index())
        .replace(
            key,
            () -> {
              CompletableFuture<?> asked;
              try {
                asked = change.apply(replica);
              } catch (RuntimeException refused) {
                asked = CompletableFuture.failedFuture(refused);
              }
              return asked.whenComplete(
                  (value, why) -> {
                    if (why != null) {
                      kit.owed().add(replica, key, true);
                    }
                    over.complete(why == null);
                  });
            },
            () -> over.complete(true));
    return over;
  }
}
