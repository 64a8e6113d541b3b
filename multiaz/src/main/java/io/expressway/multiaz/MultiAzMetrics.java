package io.expressway.multiaz;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Shows the {@link MultiAzStats} of a set of replicas as Micrometer meters named {@code
 * expressway.multiaz.*}, those of a zone tagged {@code zone}. Costs nothing but when the meters are
 * read. Needs {@code io.micrometer:micrometer-core}, which this library does not bring along.
 *
 * <p>Thread: safe for many. Owner: the registry's meters keep the set from being collected; remove
 * them when it is closed.
 */
public final class MultiAzMetrics implements MeterBinder {
  private static final String PREFIX = "expressway.multiaz.";
  private static final double NANOS = 1e9;
  private final MultiAzBucket bucket;
  private final Tags tags;

  /** Shows {@code bucket}, with {@code tags} on every meter. */
  public MultiAzMetrics(MultiAzBucket bucket, Iterable<Tag> tags) {
    this.bucket = bucket;
    this.tags = Tags.of(tags);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    count(registry, "reads", "reads", MultiAzStats::reads);
    count(registry, "failovers", "attempts", MultiAzStats::failovers);
    count(registry, "hedges.fired", "attempts", MultiAzStats::hedgesFired);
    count(registry, "hedges.won", "attempts", MultiAzStats::hedgesWon);
    count(registry, "hedges.denied", "attempts", MultiAzStats::hedgesDenied);
    count(registry, "writes", "writes", MultiAzStats::writes);
    count(registry, "writes.partial", "writes", MultiAzStats::partialWrites);
    count(registry, "owed.lost", "keys", MultiAzStats::owedLost);
    count(registry, "owed.paid", "keys", MultiAzStats::paidKeys);
    int zones = bucket.zones().size();
    for (int i = 0; i < zones; i++) {
      bindZone(registry, i);
    }
  }

  private void bindZone(MeterRegistry registry, int zone) {
    zoneCount(registry, zone, "zone.reads", "attempts", ZoneStatus::reads);
    zoneCount(registry, zone, "zone.failures", "attempts", ZoneStatus::failures);
    zoneCount(registry, zone, "zone.hedges.fired", "attempts", ZoneStatus::hedgesFired);
    zoneCount(registry, zone, "zone.hedges.won", "attempts", ZoneStatus::hedgesWon);
    zoneCount(registry, zone, "zone.hedges.denied", "attempts", ZoneStatus::hedgesDenied);
    zoneGauge(
        registry,
        zone,
        "zone.up",
        "zones",
        status -> status.health() == ZoneStatus.Health.DOWN ? 0 : 1);
    zoneGauge(registry, zone, "zone.breaker", "state", status -> state(status.breaker()));
    zoneGauge(registry, zone, "zone.owed", "keys", ZoneStatus::owedKeys);
    zoneGauge(
        registry, zone, "zone.median", "seconds", status -> status.median().toNanos() / NANOS);
    zoneGauge(
        registry,
        zone,
        "zone.hedge.delay",
        "seconds",
        status -> status.hedgeDelay().toNanos() / NANOS);
  }

  private static double state(ZoneStatus.Breaker breaker) {
    return switch (breaker) {
      case CLOSED -> 0;
      case HALF_OPEN -> 1;
      case OPEN -> 2;
    };
  }

  private void count(
      MeterRegistry registry, String name, String unit, ToLongFunction<MultiAzStats> value) {
    FunctionCounter.builder(PREFIX + name, bucket, set -> value.applyAsLong(set.stats()))
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }

  private void zoneCount(
      MeterRegistry registry,
      int zone,
      String name,
      String unit,
      ToLongFunction<ZoneStatus> value) {
    FunctionCounter.builder(PREFIX + name, bucket, set -> value.applyAsLong(set.zones().get(zone)))
        .baseUnit(unit)
        .tags(tags.and("zone", bucket.zones().get(zone).zone()))
        .register(registry);
  }

  private void zoneGauge(
      MeterRegistry registry,
      int zone,
      String name,
      String unit,
      ToDoubleFunction<ZoneStatus> value) {
    Gauge.builder(PREFIX + name, bucket, set -> value.applyAsDouble(set.zones().get(zone)))
        .baseUnit(unit)
        .tags(tags.and("zone", bucket.zones().get(zone).zone()))
        .register(registry);
  }
}
