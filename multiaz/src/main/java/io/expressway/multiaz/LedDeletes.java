package io.expressway.multiaz;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Many deletes where the primary decides, in the batches of the buckets. Used once. */
final class LedDeletes {
  private final Kit kit;
  private final LedWrites led;

  LedDeletes(Kit kit, LedWrites led) {
    this.kit = kit;
    this.led = led;
  }

  /** One future for each key, in their order. */
  List<CompletableFuture<Void>> all(List<String> keys) {
    List<CompletableFuture<Void>> first = kit.primary().bucket().deleteAll(keys);
    List<CompletableFuture<Void>> outcomes = new ArrayList<>();
    Map<Replica, List<CompletableFuture<Void>>> batches = new HashMap<>();
    if (led.isAll()) {
      kit.replicas()
          .forEach(
              each ->
                  batches.put(each, each == kit.primary() ? first : each.bucket().deleteAll(keys)));
    }
    for (int i = 0; i < keys.size(); i++) {
      int place = i;
      outcomes.add(
          led.isAll()
              ? led.removed(
                  keys.get(i),
                  replica ->
                      java.util.Objects.requireNonNull(batches.get(replica))
                          .get(place)
                          .thenApply(done -> true))
              : first.get(i));
    }
    return led.isAll() ? outcomes : followed(keys, first);
  }

  /** The others get those keys in one batch that the primary has deleted. */
  private List<CompletableFuture<Void>> followed(
      List<String> keys, List<CompletableFuture<Void>> first) {
    CompletableFuture<Void> decided =
        CompletableFuture.allOf(first.toArray(CompletableFuture[]::new));
    decided.whenComplete((done, why) -> follow(keys, first));
    return first;
  }

  private void follow(List<String> keys, List<CompletableFuture<Void>> first) {
    List<String> gone = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (first.get(i).isCompletedExceptionally()) {
        first.get(i).whenComplete(unclear(keys.get(i)));
      } else {
        gone.add(keys.get(i));
      }
    }
    Map<Replica, List<CompletableFuture<Void>>> batches = new HashMap<>();
    AtomicBoolean isBatch = new AtomicBoolean(true);
    for (int i = 0; i < gone.size(); i++) {
      int place = i;
      String key = gone.get(i);
      Function<Replica, CompletableFuture<?>> change =
          replica ->
              isBatch.get()
                  ? batches
                      .computeIfAbsent(replica, each -> each.bucket().deleteAll(gone))
                      .get(place)
                  : replica.bucket().delete(key); // it had to wait for a write of this key
      led.led(key, CompletableFuture.completedFuture(null), change);
    }
    isBatch.set(false);
  }

  private java.util.function.BiConsumer<Object, Throwable> unclear(String key) {
    return (done, why) -> led.oweIfUnclear(key, Fleet.cause(why));
  }
}
