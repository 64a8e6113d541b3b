package io.expressway.examples.service;

import io.expressway.BucketStats;
import io.expressway.PriceTable;
import io.expressway.cache.CacheStats;
import io.expressway.multiaz.MultiAzStats;
import io.expressway.multiaz.ZoneStatus;
import io.expressway.session.SessionStatus;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** How everything stands at one moment. Immutable; names no key. */
record Snapshot(
    HistogramSnapshot reads,
    MultiAzStats zones,
    List<SessionStatus> sessions,
    CacheStats cache,
    BucketStats wire) {
  static Snapshot of(Store store, Timer timer) {
    BucketStats wire =
        store.buckets.stream().map(each -> each.stats()).reduce(BucketStats::plus).orElseThrow();
    return new Snapshot(
        timer.takeSnapshot(),
        store.zones.stats(),
        store.sessions.statuses(),
        store.cache.stats(),
        wire);
  }

  boolean someZoneIsUp() {
    return zones.zones().stream().anyMatch(zone -> zone.health() != ZoneStatus.Health.DOWN);
  }

  /** What the second that ended here adds to the chart. */
  String point(Snapshot before) {
    ValueAtPercentile[] values = reads.percentileValues();
    return format(
        "{\"rate\":%d,\"p50\":%.3f,\"p99\":%.3f,\"hits\":%d,\"requests\":%d}",
        reads.count() - before.reads.count(),
        values[0].value(TimeUnit.MILLISECONDS),
        values[1].value(TimeUnit.MILLISECONDS),
        cache.hits() - before.cache.hits(),
        wire.total().requests() - before.wire.total().requests());
  }

  String json(String points) {
    return format(
        "{\"points\":[%s],\"zones\":[%s],\"sessions\":[%s],\"cache\":{\"hitRate\":%.4f,"
            + "\"usedBytes\":%d,\"limitBytes\":%d,\"fetchedBytes\":%d,\"hitBytes\":%d},"
            + "\"requests\":%d,\"receivedBytes\":%d,\"failovers\":%d,\"usd\":%.8f,\"prices\":\"%s\"}",
        points,
        zones.zones().stream().map(Snapshot::zone).collect(Collectors.joining(",")),
        sessions.stream().map(Snapshot::session).collect(Collectors.joining(",")),
        cache.hitRate(),
        cache.usedBytes(),
        cache.limitBytes(),
        cache.fetchedBytes(),
        cache.hitBytes(),
        wire.total().requests(),
        wire.total().receivedBytes(),
        zones.failovers(),
        PriceTable.usEast1().of(wire),
        PriceTable.usEast1().source());
  }

  private static String zone(ZoneStatus zone) {
    return format(
        "{\"zone\":\"%s\",\"health\":\"%s\",\"reads\":%d,\"failures\":%d,\"hedges\":%d,"
            + "\"medianMs\":%.3f,\"hedgeMs\":%.3f}",
        zone.zone(),
        zone.health(),
        zone.reads(),
        zone.failures(),
        zone.hedgesFired(),
        zone.median().toNanos() / 1e6,
        zone.hedgeDelay().toNanos() / 1e6);
  }

  private static String session(SessionStatus session) {
    return format(
        "{\"bucket\":\"%s\",\"mode\":\"%s\",\"phase\":\"%s\",\"ageS\":%d,\"leftS\":%d}",
        session.bucket(),
        session.mode().headerValue(),
        session.phase(),
        session.age().toSeconds(),
        session.usableFor().toSeconds());
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
