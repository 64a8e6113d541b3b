package io.expressway.cache;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows the {@link CacheStats} of a cache as Micrometer meters named {@code expressway.cache.*}.
 * Costs nothing but when the meters are read. Needs {@code io.micrometer:micrometer-core}, which
 * this library does not bring along.
 *
 * <p>Thread: safe for many. Owner: the registry's meters keep the cache from being collected;
 * remove them when the cache is closed.
 */
public final class CacheMetrics implements MeterBinder {
  private static final String PREFIX = "expressway.cache.";
  private static final String TIER = "tier";
  private final BlockCache cache;
  private final Tags tags;

  /** Shows {@code cache}, with {@code tags} on every meter. */
  public CacheMetrics(BlockCache cache, Iterable<Tag> tags) {
    this.cache = cache;
    this.tags = Tags.of(tags);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Tags memory = tags.and(TIER, "memory");
    Tags disk = tags.and(TIER, "disk");
    count(registry, "reads", "reads", tags.and("result", "hit"), CacheStats::hits);
    count(registry, "reads", "reads", tags.and("result", "miss"), CacheStats::misses);
    count(registry, "reads", "reads", tags.and("result", "around"), CacheStats::around);
    count(registry, "hit", BaseUnits.BYTES, memory, CacheStats::hitBytes);
    count(registry, "hit", BaseUnits.BYTES, disk, CacheStats::diskHitBytes);
    count(registry, "asked", BaseUnits.BYTES, tags, CacheStats::askedBytes);
    count(registry, "fetched", BaseUnits.BYTES, tags, CacheStats::fetchedBytes);
    count(registry, "gaps", BaseUnits.BYTES, tags, CacheStats::gapBytes);
    count(registry, "around", BaseUnits.BYTES, tags, CacheStats::aroundBytes);
    count(registry, "fetches", "requests", tags, CacheStats::fetches);
    count(registry, "fetches.failed", "requests", tags, CacheStats::failedFetches);
    count(registry, "fetches.joined", "requests", tags, CacheStats::joins);
    count(registry, "revalidations", "requests", tags, CacheStats::revalidations);
    count(registry, "changes", "objects", tags, CacheStats::changes);
    count(registry, "evictions", "blocks", memory, CacheStats::evictions);
    count(registry, "disk.hits", "blocks", tags, CacheStats::diskHits);
    count(registry, "disk.writes", "blocks", tags, CacheStats::diskWrites);
    count(registry, "disk.skips", "blocks", tags, CacheStats::diskSkips);
    count(registry, "disk.errors", "blocks", tags, CacheStats::diskErrors);
    gauge(registry, "used", BaseUnits.BYTES, memory, CacheStats::usedBytes);
    gauge(registry, "used", BaseUnits.BYTES, disk, CacheStats::diskBytes);
    gauge(registry, "limit", BaseUnits.BYTES, memory, CacheStats::limitBytes);
    gauge(registry, "resident", "blocks", memory, CacheStats::residentBlocks);
  }

  private void count(
      MeterRegistry registry,
      String name,
      String unit,
      Tags meterTags,
      ToLongFunction<CacheStats> value) {
    FunctionCounter unused =
        FunctionCounter.builder(PREFIX + name, cache, c -> value.applyAsLong(c.stats()))
            .baseUnit(unit)
            .tags(meterTags)
            .register(registry);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      @Nullable String unit,
      Tags meterTags,
      ToLongFunction<CacheStats> value) {
    Gauge unused =
        Gauge.builder(PREFIX + name, cache, c -> value.applyAsLong(c.stats()))
            .baseUnit(unit)
            .tags(meterTags)
            .register(registry);
  }
}
