package io.expressway.multiaz;

import io.expressway.ExpressException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a repair has found so far. Thread: safe for many; all of it is guarded by this. */
final class RepairCounts {
  /** What became of a key; of two the later is the worse. */
  enum Verdict {
    EQUAL,
    HEALED,
    CONFLICT,
    FAILED;

    static Verdict worse(Verdict one, Verdict other) {
      return one.compareTo(other) >= 0 ? one : other;
    }
  }

  private final List<Replica> replicas;
  private long compared;
  private long equal;
  private long healed;
  private long conflicts;
  private long failed;
  private final List<Repair.Failure> failures = new ArrayList<>();
  private final long[] objects;
  private final long[] behind;
  private final long[] healedIn;

  RepairCounts(List<Replica> replicas) {
    this.replicas = replicas;
    this.objects = new long[replicas.size()];
    this.behind = new long[replicas.size()];
    this.healedIn = new long[replicas.size()];
  }

  /** The replica at this place lists a key. */
  synchronized void listed(int replica) {
    objects[replica]++;
  }

  /** These do not hold what they should. */
  synchronized void behind(List<Seen> which) {
    which.forEach(each -> behind[each.replica().index()]++);
  }

  /** This one does by now. */
  synchronized void healed(Replica replica) {
    healedIn[replica.index()]++;
  }

  /**
   * Something failed of a key; the first are told, the others only counted with their key.
   *
   * @param zone empty when it is not known
   */
  synchronized void failed(String key, String zone, Throwable why) {
    if (failures.size() < Repair.MOST_FAILURES) {
      failures.add(new Repair.Failure(key, zone, message(why)));
    }
  }

  private static String message(Throwable why) {
    String message = why.getMessage();
    return why instanceof ExpressException && message != null ? message : why.toString();
  }

  /** A key is done. */
  synchronized void judged(Verdict verdict) {
    compared++;
    switch (verdict) {
      case EQUAL -> equal++;
      case HEALED -> healed++;
      case CONFLICT -> conflicts++;
      case FAILED -> failed++;
    }
  }

  synchronized Repair.Report report(Optional<String> token) {
    List<Repair.ZoneReport> zones = new ArrayList<>();
    for (Replica replica : replicas) {
      int i = replica.index();
      zones.add(new Repair.ZoneReport(replica.zone(), objects[i], behind[i], healedIn[i]));
    }
    return new Repair.Report(
        compared, equal, healed, conflicts, failed, List.copyOf(failures), zones, token);
  }
}
