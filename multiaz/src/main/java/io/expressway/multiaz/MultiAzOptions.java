package io.expressway.multiaz;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How several buckets are one. Immutable: every method gives a changed copy. */
public final class MultiAzOptions {
  private static final MultiAzOptions DEFAULTS = new MultiAzOptions(new Values());

  /** Every knob with its default. */
  private static final class Values implements Cloneable {
    WritePolicy writes = WritePolicy.quorum();
    ReadConsistency reads = ReadConsistency.any();
    @Nullable String nearest;
    // Twice the mean that AWS names for reads of S3 Express: single-digit milliseconds.
    Duration firstHedge = Duration.ofMillis(10);
    // Dean and Barroso, "The Tail at Scale" (CACM 2013): hedging at p95 costs some 5 % more.
    double hedgeBudget = 0.05;
    // The service closes idle connections after about 5 s.
    Duration keepWarm = Duration.ofSeconds(4);
    // Connections are opened, and latencies learned, before all reads depend on them.
    Duration failBackOver = Duration.ofSeconds(5);
    // A thousand writes of 64 KiB, or eight parts of 8 MiB.
    long laggingBytes = 64L << 20;
    // Some MB of keys; more than that is for Repair, which lists instead of remembering.
    int owedKeys = 10_000;
    MultiAzListener listener = MultiAzListener.NONE;

    @Override
    protected Values clone() {
      try {
        return (Values) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private interface Change {
    void to(Values values);
  }

  private final Values values;

  private MultiAzOptions(Values values) {
    this.values = values;
  }

  /** Every value at its default. */
  public static MultiAzOptions defaults() {
    return DEFAULTS;
  }

  private MultiAzOptions with(Change change) {
    Values changed = values.clone();
    change.to(changed);
    return new MultiAzOptions(changed);
  }

  /** When a write is done; {@link WritePolicy#quorum()} unless set. */
  public MultiAzOptions writes(WritePolicy policy) {
    return with(changed -> changed.writes = policy);
  }

  /** What a read may answer with; {@link ReadConsistency#any()} unless set. */
  public MultiAzOptions reads(ReadConsistency consistency) {
    return with(changed -> changed.reads = consistency);
  }

  /**
   * Reads from the replica in this zone while it is healthy, then in the order given; without it
   * from the primary. An Availability Zone ID such as {@code usw2-az1}.
   */
  public MultiAzOptions nearest(String zoneId) {
    return with(changed -> changed.nearest = zoneId);
  }

  /**
   * Reads from the replica in this machine's own zone: {@link OwnZone#find} says which, and asks
   * the instance's metadata service when the environment does not.
   */
  public MultiAzOptions nearestFirst() {
    return with(changed -> changed.nearest = OwnZone.find().orElse(null));
  }

  /**
   * How long a read waits before it is hedged while nothing was learned yet; 10 ms unless set.
   * After some answers it is the time within which 95.75 % of them began, for each zone and size;
   * in the first second no longer than this.
   */
  public MultiAzOptions firstHedgeAfter(Duration delay) {
    positive("firstHedgeAfter", delay);
    return with(changed -> changed.firstHedge = delay);
  }

  /**
   * The most hedges, as a share of the reads, 0 to 1; 0.05 unless set, 0 for none. Attempts in
   * other zones because one failed or fell silent are not hedges.
   */
  public MultiAzOptions hedgeBudget(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("hedgeBudget must be 0 to 1, but is " + share);
    }
    return with(changed -> changed.hedgeBudget = share);
  }

  /**
   * How long a replica goes unasked before it is asked for nothing in particular, so that
   * connection and session are there when it is needed and the bucket never becomes inactive (90
   * days idle, 503 for minutes: S3 User Guide, 2026-11-22); 4 s unless set.
   */
  public MultiAzOptions keepWarm(Duration interval) {
    positive("keepWarm", interval);
    return with(changed -> changed.keepWarm = interval);
  }

  /** Over how long reads go back to a zone that recovered, ever more of them; 5 s unless set. */
  public MultiAzOptions failBackOver(Duration ramp) {
    positive("failBackOver", ramp);
    return with(changed -> changed.failBackOver = ramp);
  }

  /**
   * Bytes of bodies that may be kept for replicas that have not taken them when a write is done; 64
   * MiB unless set. Beyond, a write waits for all replicas to take its body, to fail or to be down;
   * with 0 every change does, so that a listing, which is of one zone, shows it.
   */
  public MultiAzOptions laggingBytes(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("laggingBytes must not be negative, but is " + bytes);
    }
    return with(changed -> changed.laggingBytes = bytes);
  }

  /**
   * How many keys are remembered that a replica is owed; 10,000 unless set. One more is told to the
   * listener as lost, counted, and left to {@link Repair}. So are all when the set is closed.
   */
  public MultiAzOptions owedKeys(int keys) {
    if (keys < 0) {
      throw new IllegalArgumentException("owedKeys must not be negative, but is " + keys);
    }
    return with(changed -> changed.owedKeys = keys);
  }

  /** Told of what happens to zones, reads and writes. */
  public MultiAzOptions listener(MultiAzListener told) {
    return with(changed -> changed.listener = told);
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, but is " + value);
    }
  }

  /** See {@link #writes(WritePolicy)}. */
  public WritePolicy writes() {
    return values.writes;
  }

  /** See {@link #reads(ReadConsistency)}. */
  public ReadConsistency reads() {
    return values.reads;
  }

  /** See {@link #nearest(String)}. */
  public Optional<String> nearest() {
    return Optional.ofNullable(values.nearest);
  }

  /** See {@link #firstHedgeAfter(Duration)}. */
  public Duration firstHedgeAfter() {
    return values.firstHedge;
  }

  /** See {@link #hedgeBudget(double)}. */
  public double hedgeBudget() {
    return values.hedgeBudget;
  }

  /** See {@link #keepWarm(Duration)}. */
  public Duration keepWarm() {
    return values.keepWarm;
  }

  /** See {@link #failBackOver(Duration)}. */
  public Duration failBackOver() {
    return values.failBackOver;
  }

  /** See {@link #laggingBytes(long)}. */
  public long laggingBytes() {
    return values.laggingBytes;
  }

  /** See {@link #owedKeys(int)}. */
  public int owedKeys() {
    return values.owedKeys;
  }

  /** See {@link #listener(MultiAzListener)}. */
  public MultiAzListener listener() {
    return values.listener;
  }
}
