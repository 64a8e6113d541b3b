package io.expressway.multiaz;

import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One repair under way.
 *
 * <pre>
 *   for each share of the keys: list every replica ─► join ─► look at keys, several at once ─► heal
 * </pre>
 *
 * <p>Thread: its own goes through listings and keys; outcomes are counted on event loops, under the
 * lock of this.
 */
final class RepairRun {
  private static final int AT_ONCE = 16;
  private static final int REPORT_EVERY = 1000;
  private static final long MOST_SAVED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** It is read and written. */
  private static final int REQUESTS_OF_A_COPY = 2;

  private static final long CLOSE_MILLIS = TimeUnit.MINUTES.toMillis(1);

  /** What the listings tell of a key. */
  private static final class Listed {
    private final long hash;
    private final long[] sizes;
    private final long[] storedAt;

    Listed(long hash, int replicas) {
      this.hash = hash;
      this.sizes = new long[replicas];
      this.storedAt = new long[replicas];
      java.util.Arrays.fill(sizes, -1);
    }

    /** Whether all have as many bytes, stored at about the same time. */
    boolean isClose() {
      long earliest = Long.MAX_VALUE;
      long latest = Long.MIN_VALUE;
      for (int i = 0; i < sizes.length; i++) {
        if (sizes[i] != sizes[0] || sizes[i] < 0) {
          return false;
        }
        earliest = Math.min(earliest, storedAt[i]);
        latest = Math.max(latest, storedAt[i]);
      }
      return latest - earliest <= CLOSE_MILLIS;
    }
  }

  private final Kit kit;
  private final Repair.Knobs knobs;
  private final boolean isHealing;
  private final CompletableFuture<Repair.Report> outcome = new CompletableFuture<>();
  private final Semaphore slots = new Semaphore(AT_ONCE);

  // Of its own thread: the share that is gone through is ]done, upTo].
  private long done;
  private long upTo;
  private long width = RepairToken.END + 1;
  // Guarded by this.
  private long nextRequest = System.nanoTime();
  private long compared;
  private long equal;
  private long healed;
  private long conflicts;
  private long failed;
  private final long[] objects;
  private final long[] behind;
  private final long[] healedIn;

  RepairRun(Kit kit, Repair.Knobs knobs, boolean isHealing) {
    this.kit = kit;
    this.knobs = knobs;
    this.isHealing = isHealing;
    this.done = knobs.from.after();
    this.objects = new long[kit.fleet().size()];
    this.behind = new long[kit.fleet().size()];
    this.healedIn = new long[kit.fleet().size()];
  }

  CompletableFuture<Repair.Report> start() {
    Thread thread = new Thread(this::run, "expressway-repair-" + kit.primary().bucket().name());
    thread.setDaemon(true);
    thread.start();
    return outcome;
  }

  private void run() {
    try {
      while (done < RepairToken.END && !outcome.isDone()) {
        share();
      }
      outcome.complete(report(Optional.empty()));
    } catch (ExecutionException e) {
      outcome.completeExceptionally(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      outcome.completeExceptionally(e);
    } catch (RuntimeException e) {
      outcome.completeExceptionally(e);
    }
  }

  /** One share of the keys: the listings in memory, then the keys in the order of their hashes. */
  private void share() throws ExecutionException, InterruptedException {
    upTo = Math.min(RepairToken.END, done + width);
    Map<String, Listed> joined = new HashMap<>();
    for (Replica replica : kit.replicas()) {
      list(replica, joined);
    }
    List<Map.Entry<String, Listed>> keys = new ArrayList<>(joined.entrySet());
    keys.sort(Comparator.comparingLong(each -> each.getValue().hash));
    count(joined);
    int sent = 0;
    for (Map.Entry<String, Listed> entry : keys) {
      if (outcome.isDone()) {
        return;
      }
      if (knobs.quick && entry.getValue().isClose()) {
        compared(null, true);
      } else {
        pace(kit.fleet().size());
        slots.acquire();
        look(entry.getKey());
      }
      if (++sent % REPORT_EVERY == 0) {
        tell(entry.getValue().hash - 1); // another key may have the same hash
      }
    }
    tell(upTo);
  }

  /** All keys up to this hash are done. */
  private void tell(long hash) throws InterruptedException {
    slots.acquire(AT_ONCE);
    slots.release(AT_ONCE);
    done = hash;
    knobs.progress.onProgress(report(Optional.of(new RepairToken(hash).toString())));
  }

  /** Waits until that many requests may be sent. */
  private void pace(int requests) {
    if (knobs.requestsPerSecond == 0) {
      return;
    }
    long now = System.nanoTime();
    for (long due = due(now); due - now > 0 && !outcome.isDone(); due = due(now)) {
      LockSupport.parkNanos(this, due - now);
      now = System.nanoTime();
    }
    charge(requests);
  }

  private synchronized long due(long now) {
    nextRequest = Math.max(nextRequest, now - MOST_SAVED_NANOS);
    return nextRequest;
  }

  /** What was sent meanwhile: who comes next waits for it. */
  private synchronized void charge(int requests) {
    if (knobs.requestsPerSecond > 0) {
      nextRequest += TimeUnit.SECONDS.toNanos(1) * requests / knobs.requestsPerSecond;
    }
  }

  // Joining the listings.

  private void list(Replica replica, Map<String, Listed> joined)
      throws ExecutionException, InterruptedException {
    ListRequest request = ListRequest.under(knobs.prefix);
    Optional<String> next = Optional.empty();
    do {
      pace(1);
      ObjectListing page = replica.bucket().list(next.map(request::after).orElse(request)).get();
      for (ObjectInfo object : page.objects()) {
        join(replica, object, joined);
      }
      next = page.nextToken();
    } while (next.isPresent() && !outcome.isDone());
  }

  private void join(Replica replica, ObjectInfo object, Map<String, Listed> joined) {
    String key = object.key();
    long hash = RepairToken.hash(key);
    if (key.startsWith(Fleet.RESERVED) || hash <= done || hash > upTo) {
      return;
    }
    Listed listed = joined.computeIfAbsent(key, each -> new Listed(hash, kit.fleet().size()));
    listed.sizes[replica.index()] = object.size();
    listed.storedAt[replica.index()] = object.lastModified().toEpochMilli();
    while (joined.size() > knobs.keysInMemory && upTo - done > 1) {
      width = (upTo - done) / 2;
      upTo = done + width;
      joined.values().removeIf(each -> each.hash > upTo);
    }
  }

  private synchronized void count(Map<String, Listed> joined) {
    for (Listed listed : joined.values()) {
      for (int i = 0; i < objects.length; i++) {
        objects[i] += listed.sizes[i] < 0 ? 0 : 1;
      }
    }
  }

  // One key.

  private void look(String key) {
    CompletableFuture<?> over;
    try {
      over = kit.mending().picture(key).thenCompose(picture -> judge(key, picture));
    } catch (RuntimeException refused) {
      over = CompletableFuture.failedFuture(refused);
    }
    over.whenComplete(
        (done, why) -> {
          if (why != null) {
            compared(why, false);
          }
          slots.release();
        });
  }

  private CompletableFuture<?> judge(String key, Picture picture) {
    List<Seen> wrong = wrong(picture);
    charge(picture.isDisputed() ? picture.seen().size() : 0); // their markers
    if (isUndecided(picture, wrong)) {
      conflict(key, picture);
      return CompletableFuture.completedFuture(null);
    }
    note(wrong, behind);
    if (wrong.isEmpty() || !isHealing) {
      compared(isWhole(picture) ? null : new IllegalStateException(), wrong.isEmpty());
      return CompletableFuture.completedFuture(null);
    }
    int looks = isLed() ? 2 : 0; // under primary() both replicas are asked once more before
    charge(wrong.size() * (looks + REQUESTS_OF_A_COPY));
    CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
    for (Seen each : wrong) {
      CompletableFuture<Boolean> one =
          mend(picture, each, key)
              .thenApply(
                  outcome -> {
                    note(List.of(each), healedIn);
                    return true;
                  });
      all = all.thenCombine(one, Boolean::logicalAnd);
    }
    return all.thenAccept(
        done -> compared(isWhole(picture) ? null : new IllegalStateException(), false));
  }

  private boolean isWhole(Picture picture) {
    return picture.seen().size() == kit.fleet().size();
  }

  private boolean isLed() {
    return kit.fleet().options().writes().isPrimary();
  }

  /** Those that do not hold what they should. */
  private List<Seen> wrong(Picture picture) {
    Seen primary = primary(picture);
    if (isLed() && primary != null && !primary.isAbsent()) {
      return picture.seen().stream().filter(each -> !Mending.isSame(primary, each)).toList();
    }
    return picture.seen().stream().filter(each -> !picture.isCurrent(each)).toList();
  }

  private @Nullable Seen primary(Picture picture) {
    return picture.seen().stream()
        .filter(each -> each.replica() == kit.primary())
        .findFirst()
        .orElse(null);
  }

  /**
   * Whether nobody can tell what the key should hold. Under primary() what the primary has not, and
   * nobody says was deleted, may be missed by the others or lost by the primary.
   */
  private boolean isUndecided(Picture picture, List<Seen> wrong) {
    Seen primary = primary(picture);
    if (isLed() && !wrong.isEmpty()) {
      return primary == null || (primary.isAbsent() && picture.newest() != null);
    }
    boolean isForeign =
        picture.newest() != null && picture.newest().stamp() == null && picture.gone() != null;
    return picture.isConflict() || (isForeign && !wrong.isEmpty());
  }

  private CompletableFuture<Mending.Outcome> mend(Picture picture, Seen each, String key) {
    Seen primary = primary(picture);
    boolean isLikePrimary = isLed() && primary != null && !primary.isAbsent();
    return isLikePrimary
        ? kit.mending().mend(each.replica(), key, true)
        : kit.mending()
            .mend(picture, each.replica(), key)
            .exceptionallyCompose(why -> kit.mending().mend(each.replica(), key, false));
  }

  private void conflict(String key, Picture picture) {
    synchronized (this) {
      compared++;
      conflicts++;
    }
    kit.fleet()
        .listener()
        .onConflict(key, picture.seen().stream().map(each -> each.replica().zone()).toList());
  }

  private synchronized void note(List<Seen> which, long[] counts) {
    which.forEach(each -> counts[each.replica().index()]++);
  }

  private synchronized void compared(@Nullable Throwable why, boolean isEqual) {
    compared++;
    failed += why == null ? 0 : 1;
    equal += why == null && isEqual ? 1 : 0;
    healed += why == null && !isEqual ? 1 : 0;
  }

  private synchronized Repair.Report report(Optional<String> from) {
    List<Repair.ZoneReport> zones = new ArrayList<>();
    for (Replica replica : kit.replicas()) {
      int i = replica.index();
      zones.add(new Repair.ZoneReport(replica.zone(), objects[i], behind[i], healedIn[i]));
    }
    return new Repair.Report(compared, equal, healed, conflicts, failed, zones, from);
  }
}
