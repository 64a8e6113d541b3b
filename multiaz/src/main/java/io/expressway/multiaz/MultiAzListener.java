package io.expressway.multiaz;

import io.expressway.ExpressException;
import java.util.List;

/**
 * Told of what happens to zones, reads and writes. Methods run on event loops and on the set's own
 * thread: they must be fast, must not block and must not throw. Zones are named by their IDs, a
 * general-purpose bucket by its name.
 */
public interface MultiAzListener {
  /** Listens to nothing. */
  MultiAzListener NONE = new MultiAzListener() {};

  /**
   * A zone is read from, and written to, no more unless it has to be: it failed too often, or fell
   * silent.
   */
  default void onZoneDown(String zone, String why) {}

  /** A zone answers again; reads go back to it little by little. */
  default void onZoneUp(String zone) {}

  /** A read goes on in another zone, because one failed. */
  default void onFailover(String key, String fromZone, String toZone, ExpressException why) {}

  /** A read is tried in another zone as well, because one has been silent for too long. */
  default void onHedge(String key, String silentZone, String toZone, long waitedNanos) {}

  /** A replica has not got the key's latest version; it will be brought. */
  default void onOwed(String key, String zone) {}

  /** What a replica was owed of the key, it has now. */
  default void onPaid(String key, String zone) {}

  /**
   * A replica is owed the key, but nobody will remember it: {@link Repair} finds it.
   *
   * @param why that there is no room, that the set is closed, or what refused the key again and
   *     again; holds no secret
   */
  default void onOwedLost(String key, String zone, String why) {}

  /**
   * Zones hold different contents under one key that carry no version of ours, so nobody can tell
   * which is the newer: somebody else wrote them. Nothing is changed. Reads see only that sizes
   * differ; {@link Repair}, and what brings owed keys, compare the bytes as well.
   */
  default void onConflict(String key, List<String> zones) {}
}
