package io.expressway.multiaz;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A key asked for in every replica at once, or first in some: the others are asked when too few of
 * those answer, or when somebody wants their answer; or in the primary alone. Safe for many
 * threads.
 */
final class Looks {
  private final List<Replica> replicas;
  private final String key;
  private final BiFunction<Replica, String, CompletableFuture<Seen>> question;
  private final CompletableFuture<Seen> first;

  /** Guarded by this. */
  private final Map<Replica, CompletableFuture<Seen>> asked = new HashMap<>();

  private Looks(
      List<Replica> replicas,
      List<Replica> some,
      String key,
      BiFunction<Replica, String, CompletableFuture<Seen>> question) {
    this.replicas = replicas;
    this.key = key;
    this.question = question;
    this.first = question.apply(some.get(0), key);
    asked.put(some.get(0), first);
    for (Replica replica : some.subList(1, some.size())) {
      asked.put(replica, question.apply(replica, key));
    }
  }

  /** Asks for the object; throws at once what no bucket takes for a key. */
  static Looks at(Fleet fleet, String key) {
    return new Looks(fleet.replicas(), fleet.replicas(), key, Seen::at);
  }

  /** Asks the primary alone. */
  static Looks atPrimary(Fleet fleet, String key) {
    List<Replica> alone = List.of(fleet.primary());
    return new Looks(alone, alone, key, Seen::at);
  }

  /**
   * Asks for the object and for the marker of its deletion.
   *
   * @param some who is asked at first; not empty
   */
  static Looks withMarkers(Fleet fleet, List<Replica> some, String key) {
    return new Looks(fleet.replicas(), some, key, Seen::withMarker);
  }

  /** What one replica answers. */
  CompletableFuture<Seen> of(Replica replica) {
    CompletableFuture<Seen> answer;
    synchronized (this) {
      CompletableFuture<Seen> known = asked.get(replica);
      if (known != null) {
        return known;
      }
      answer = first.newIncompleteFuture();
      asked.put(replica, answer);
    }
    question
        .apply(replica, key)
        .whenComplete(
            (seen, why) -> {
              if (seen != null) {
                answer.complete(seen);
              } else {
                answer.completeExceptionally(Objects.requireNonNull(Fleet.cause(why)));
              }
            });
    return answer;
  }

  private synchronized List<Replica> askedSoFar() {
    return replicas.stream().filter(asked::containsKey).toList();
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
    Gathering gathering = new Gathering(count, first.newIncompleteFuture());
    List<Replica> some = askedSoFar();
    gathering.expect(some);
    gathering.listenTo(some);
    return gathering.answer;
  }

  /** Completes when each has answered or failed, with those who answered: one, at least. */
  CompletableFuture<List<Seen>> everyone() {
    List<CompletableFuture<Seen>> all = replicas.stream().map(this::of).toList();
    CompletableFuture<List<Seen>> answer = first.newIncompleteFuture();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
        .whenComplete(
            (nothing, unused) -> atLeast(1).whenComplete((some, why) -> tell(answer, all, why)));
    return answer;
  }

  private static void tell(
      CompletableFuture<List<Seen>> answer,
      List<CompletableFuture<Seen>> all,
      @Nullable Throwable why) {
    if (why != null) {
      answer.completeExceptionally(why);
      return;
    }
    List<Seen> heard = new ArrayList<>();
    for (CompletableFuture<Seen> each : all) {
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
    private final List<Replica> expected = new ArrayList<>();
    private @Nullable Throwable first;
    private int pending;

    Gathering(int wanted, CompletableFuture<List<Seen>> answer) {
      this.wanted = wanted;
      this.answer = answer;
    }

    synchronized void expect(List<Replica> some) {
      expected.addAll(some);
      pending += some.size();
    }

    void listenTo(List<Replica> some) {
      some.forEach(each -> of(each).whenComplete(this::heard));
    }

    void heard(@Nullable Seen seen, @Nullable Throwable why) {
      List<Seen> enough = null;
      List<Replica> more = List.of();
      Throwable tooFew = null;
      synchronized (this) {
        pending--;
        if (seen != null) {
          heard.add(seen);
          enough = heard.size() == wanted ? List.copyOf(heard) : null;
        } else {
          note(Fleet.cause(why));
        }
        if (heard.size() + pending < wanted) {
          more = replicas.stream().filter(each -> !expected.contains(each)).toList();
          tooFew = more.isEmpty() ? first : null;
          expect(more);
        }
      }
      if (enough != null) {
        answer.complete(enough);
      } else if (tooFew != null) {
        answer.completeExceptionally(tooFew);
      } else {
        listenTo(more);
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
