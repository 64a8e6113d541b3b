package io.expressway.multiaz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A key asked for in every replica at once, or in the primary alone. Safe for many threads. */
final class Looks {
  private final List<Replica> replicas;
  private final List<CompletableFuture<Seen>> asked = new ArrayList<>();

  private Looks(
      List<Replica> replicas,
      String key,
      BiFunction<Replica, String, CompletableFuture<Seen>> question) {
    this.replicas = replicas;
    for (Replica replica : replicas) {
      asked.add(question.apply(replica, key));
    }
  }

  /** Asks for the object; throws at once what no bucket takes for a key. */
  static Looks at(Fleet fleet, String key) {
    return new Looks(fleet.replicas(), key, Seen::at);
  }

  /** Asks the primary alone. */
  static Looks atPrimary(Fleet fleet, String key) {
    return new Looks(List.of(fleet.primary()), key, Seen::at);
  }

  /** Asks for the object and for the marker of its deletion. */
  static Looks withMarkers(Fleet fleet, String key) {
    return new Looks(fleet.replicas(), key, Seen::withMarker);
  }

  /** What one replica answers. */
  CompletableFuture<Seen> of(Replica replica) {
    return asked.get(replica.index());
  }

  /** How many are asked. */
  int size() {
    return replicas.size();
  }

  /** The zones that have not said what they have. */
  List<String> unheard() {
    List<String> zones = new ArrayList<>();
    for (Replica replica : replicas) {
      CompletableFuture<Seen> answer = of(replica);
      if (!answer.isDone() || answer.isCompletedExceptionally()) {
        zones.add(replica.zone());
      }
    }
    return zones;
  }

  /** Completes as soon as so many answered, with all who did; fails when they can no more. */
  CompletableFuture<List<Seen>> atLeast(int count) {
    Gathering gathering = new Gathering(count, asked.get(0).newIncompleteFuture());
    asked.forEach(each -> each.whenComplete(gathering::heard));
    return gathering.answer;
  }

  /** Completes when each has answered or failed, with those who answered: one, at least. */
  CompletableFuture<List<Seen>> everyone() {
    CompletableFuture<List<Seen>> answer = asked.get(0).newIncompleteFuture();
    CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .whenComplete(
            (nothing, unused) -> atLeast(1).whenComplete((some, why) -> tell(answer, why)));
    return answer;
  }

  private void tell(CompletableFuture<List<Seen>> answer, @Nullable Throwable why) {
    if (why != null) {
      answer.completeExceptionally(why);
      return;
    }
    List<Seen> heard = new ArrayList<>();
    for (CompletableFuture<Seen> each : asked) {
      if (!each.isCompletedExceptionally()) {
        heard.add(each.join());
      }
    }
    answer.complete(heard);
  }

  /** Who failed so far, and why. */
  Map<Replica, Throwable> failures() {
    Map<Replica, Throwable> failed = new LinkedHashMap<>();
    for (Replica replica : replicas) {
      CompletableFuture<Seen> answer = of(replica);
      if (answer.isCompletedExceptionally()) {
        answer.whenComplete(
            (seen, why) -> failed.put(replica, Objects.requireNonNull(Fleet.cause(why))));
      }
    }
    return failed;
  }

  /** Waits for a number of answers. Guarded by itself, but for the answer. */
  private final class Gathering {
    private final int wanted;
    private final CompletableFuture<List<Seen>> answer;
    private final List<Seen> heard = new ArrayList<>();
    private @Nullable Throwable first;
    private int failed;

    Gathering(int wanted, CompletableFuture<List<Seen>> answer) {
      this.wanted = wanted;
      this.answer = answer;
    }

    void heard(@Nullable Seen seen, @Nullable Throwable why) {
      List<Seen> enough = null;
      Throwable tooFew = null;
      synchronized (this) {
        if (seen != null) {
          heard.add(seen);
          enough = heard.size() == wanted ? List.copyOf(heard) : null;
        } else {
          note(Fleet.cause(why));
          tooFew = ++failed == replicas.size() - wanted + 1 ? first : null;
        }
      }
      if (enough != null) {
        answer.complete(enough);
      } else if (tooFew != null) {
        answer.completeExceptionally(tooFew);
      }
    }

    private void note(@Nullable Throwable why) {
      if (first == null) {
        first = why;
      } else if (why != null && why != first) {
        first.addSuppressed(why);
      }
    }
  }
}
