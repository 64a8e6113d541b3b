package io.expressway.examples.service;

import io.micrometer.core.instrument.Timer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** How the service did in each of the last seconds, and how it stands. Safe for many threads. */
final class History implements AutoCloseable {
  private static final int SECONDS = 120;
  private final Store store;
  private final Timer timer;
  private final Deque<Snapshot> snapshots = new ArrayDeque<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "history");
            thread.setDaemon(true);
            return thread;
          });

  History(Store store, Timer timer) {
    this.store = store;
    this.timer = timer;
    var unused = clock.scheduleAtFixedRate(this::sample, 1, 1, TimeUnit.SECONDS);
  }

  private void sample() {
    Snapshot now = Snapshot.of(store, timer);
    synchronized (snapshots) {
      snapshots.addLast(now);
      if (snapshots.size() > SECONDS) {
        snapshots.removeFirst();
      }
    }
  }

  boolean someZoneIsUp() {
    return Snapshot.of(store, timer).someZoneIsUp();
  }

  /** How it stands, and the points of the chart. */
  String json() {
    StringBuilder points = new StringBuilder();
    Snapshot before = null;
    for (Snapshot each : seconds()) {
      points.append(before == null ? "" : (points.isEmpty() ? "" : ",") + each.point(before));
      before = each;
    }
    return Snapshot.of(store, timer).json(points.toString());
  }

  private List<Snapshot> seconds() {
    synchronized (snapshots) {
      return List.copyOf(snapshots);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
