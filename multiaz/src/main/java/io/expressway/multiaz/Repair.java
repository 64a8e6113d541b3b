package io.expressway.multiaz;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Compares what all replicas hold, key by key, and brings each what it lacks. Immutable: every
 * method gives a changed copy.
 *
 * <pre>{@code
 * Repair.Report report = Repair.of(bucket).under("logs/").requestsPerSecond(500).heal().join();
 * }</pre>
 *
 * <p>It is safe beside writers: it stores and deletes only over what it saw. It deletes only what a
 * marker says was deleted, and where nobody can tell which content is the newest it changes nothing
 * and reports a conflict. What it can tell under each policy is in {@code docs/multi-az.md}.
 *
 * <p>Contents that others wrote, without a version of ours, are read and compared where as many
 * bytes are in several zones: at most 8 MiB are held for each of 16 keys.
 *
 * <p>Listings of directory buckets have an order of their own, so keys are joined in memory: some
 * 200 bytes and the key itself for each. Beyond {@link #keysInMemory} the listings are gone through
 * again for each share of the keys.
 *
 * <p>Runs on a thread of its own, which ends with it; cancelling the future ends it.
 */
public final class Repair {
  /**
   * What was found so far, or in all. Immutable.
   *
   * @param compared keys that were compared
   * @param equal keys that all replicas held alike
   * @param healed keys that were brought to replicas that lacked them, or deleted there
   * @param conflicts keys of which nobody can tell what they should hold; nothing was changed
   * @param failed keys that could not be compared or healed in some replica
   * @param failures what failed of them, in which zone and why: the first hundred
   * @param zones each replica, in the order given
   * @param token where to go on from; absent when all was compared
   */
  public record Report(
      long compared,
      long equal,
      long healed,
      long conflicts,
      long failed,
      List<Failure> failures,
      List<ZoneReport> zones,
      Optional<String> token) {}

  /**
   * What failed of one key in one zone. Immutable.
   *
   * @param key the key
   * @param zone the zone's ID; a general-purpose bucket's name; empty when it is not known
   * @param message what went wrong; holds no secret
   */
  public record Failure(String key, String zone, String message) {}

  /**
   * One replica's share of a report. Immutable.
   *
   * @param zone the zone's ID; a general-purpose bucket's name
   * @param objects keys it listed
   * @param behind keys it did not hold as it should
   * @param healed keys among them that were healed
   */
  public record ZoneReport(String zone, long objects, long behind, long healed) {}

  /** Told how far it is, on its own thread or an event loop; must not block. */
  @FunctionalInterface
  public interface Progress {
    /** Some more keys were compared. */
    void onProgress(Report soFar);
  }

  /** A zone in trouble fails every key in one of a few ways: more would tell nothing new. */
  static final int MOST_FAILURES = 100;

  /** Every knob with its default. */
  static final class Knobs implements Cloneable {
    String prefix = "";
    int requestsPerSecond; // 0: no limit
    // With keys of 50 bytes some 250 MB, which a JVM that repairs can spare.
    int keysInMemory = 1_000_000;
    boolean quick;
    Progress progress = soFar -> {};
    RepairToken from = RepairToken.START;

    @Override
    protected Knobs clone() {
      try {
        return (Knobs) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private interface Change {
    void to(Knobs knobs);
  }

  private final MultiAzBucket set;
  private final Knobs knobs;

  private Repair(MultiAzBucket set, Knobs knobs) {
    this.set = set;
    this.knobs = knobs;
  }

  /** Of all keys, as fast as the buckets answer, every key looked at. */
  public static Repair of(MultiAzBucket set) {
    return new Repair(set, new Knobs());
  }

  /**
   * Only keys below a prefix.
   *
   * @throws IllegalArgumentException when it is neither empty nor ends in {@code /}
   */
  public Repair under(String prefix) {
    if (!prefix.isEmpty() && !prefix.endsWith("/")) {
      throw new IllegalArgumentException(
          "prefix must be empty or end in '/', but is \"" + prefix + "\"");
    }
    return with(changed -> changed.prefix = prefix);
  }

  /** The most requests a second to all buckets together; without it as many as 16 keys take. */
  public Repair requestsPerSecond(int requests) {
    positive("requestsPerSecond", requests);
    return with(changed -> changed.requestsPerSecond = requests);
  }

  /** The most keys joined at once; a million unless set. */
  public Repair keysInMemory(int keys) {
    positive("keysInMemory", keys);
    return with(changed -> changed.keysInMemory = keys);
  }

  /**
   * Looks only at keys whose listings differ: in presence, in size, or by more than a minute in
   * when they were stored. Misses contents of one size stored within that minute.
   */
  public Repair quick() {
    return with(changed -> changed.quick = true);
  }

  /** Told as keys are compared, and with a token to go on from. */
  public Repair progress(Progress told) {
    return with(changed -> changed.progress = told);
  }

  /**
   * Goes on where another ended, by the token of its last report.
   *
   * @throws IllegalArgumentException when it is none
   */
  public Repair from(String token) {
    RepairToken begun = RepairToken.parse(token);
    return with(changed -> changed.from = begun);
  }

  private Repair with(Change change) {
    Knobs changed = knobs.clone();
    change.to(changed);
    return new Repair(set, changed);
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive, but is " + value);
    }
  }

  /** Compares and changes nothing; {@code healed} is what would be. */
  public CompletableFuture<Report> dryRun() {
    return new RepairRun(set.kit(), knobs, false).start();
  }

  /** Compares and heals. Fails when a listing does; single keys that fail are counted and told. */
  public CompletableFuture<Report> heal() {
    return new RepairRun(set.kit(), knobs, true).start();
  }
}
