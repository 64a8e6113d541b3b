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

/**
 * One repair under way.
 *
 * <pre>
 *   for each share of the keys: list every replica ─► join ─► look at keys, several at once ─► heal
 * </pre>
 *
 * <p>Thread: its own goes through listings and keys; what becomes of keys is counted on event
 * loops.
 */
final class RepairRun {
  private static final int AT_ONCE = 16;
  private static final int REPORT_EVERY = 1000;
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
  private final RequestRate rate;
  private final RepairCounts counts;

  // Of its own thread: the share that is gone through is ]done, upTo].
  private long done;
  private long upTo;
  private long width = RepairToken.END + 1;

  RepairRun(Kit kit, Repair.Knobs knobs, boolean isHealing) {
    this.kit = kit;
    this.knobs = knobs;
    this.isHealing = isHealing;
    this.counts = new RepairCounts(kit.replicas());
    this.rate = new RequestRate(knobs.requestsPerSecond, outcome);
    this.done = knobs.from.after();
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
      outcome.complete(counts.report(Optional.empty()));
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
        counts.judged(RepairCounts.Verdict.EQUAL);
      } else {
        rate.await(kit.fleet().size());
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
    knobs.progress.onProgress(counts.report(Optional.of(new RepairToken(hash).toString())));
  }

  // Joining the listings.

  private void list(Replica replica, Map<String, Listed> joined)
      throws ExecutionException, InterruptedException {
    ListRequest request = ListRequest.under(knobs.prefix);
    Optional<String> next = Optional.empty();
    do {
      rate.await(1);
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

  private void count(Map<String, Listed> joined) {
    for (Listed listed : joined.values()) {
      for (Replica replica : kit.replicas()) {
        if (listed.sizes[replica.index()] >= 0) {
          counts.listed(replica.index());
        }
      }
    }
  }

  private void look(String key) {
    new KeyRepair(kit, key, isHealing, rate, counts)
        .start()
        .whenComplete(
            (verdict, why) -> {
              counts.judged(verdict == null ? RepairCounts.Verdict.FAILED : verdict);
              slots.release();
            });
  }
}
