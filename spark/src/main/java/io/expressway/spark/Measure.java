package io.expressway.spark;

import io.expressway.BucketStats;
import io.expressway.ExpressBucket;
import io.expressway.RequestStats;
import io.expressway.StandardBucket;
import io.expressway.cache.BlockCache;
import io.expressway.cache.CacheStats;
import io.expressway.multiaz.MultiAzBucket;
import io.expressway.multiaz.MultiAzStats;
import io.expressway.multiaz.ZoneStatus;
import io.expressway.session.SessionStats;
import io.expressway.session.Sessions;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What {@link ExpressPlugin} shows: its name, and what a part of an open bucket adds to it. Asking
 * a part makes no request, and works during and after its end. {@code docs/spark.md} lists them.
 */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum Measure {
  REQUESTS("requests", total(RequestStats::requests)),
  RETRIES("retries", total(RequestStats::retries)),
  THROTTLED("throttled", total(RequestStats::throttled)),
  FAILED("failed", total(RequestStats::failed)),
  RECEIVED("bytes.received", total(RequestStats::receivedBytes)),
  SENT("bytes.sent", total(RequestStats::sentBytes)),
  CONNECTIONS("connections", wire(BucketStats::connections)),

  SESSIONS("sessions.created", sessions(SessionStats::created)),
  WAITED("sessions.waited", sessions(SessionStats::waited)),

  MEMORY_HITS("cache.hit.memory", cache(CacheStats::hitBytes)),
  DISK_HITS("cache.hit.disk", cache(CacheStats::diskHitBytes)),
  ASKED("cache.asked", cache(CacheStats::askedBytes)),
  FETCHED("cache.fetched", cache(CacheStats::fetchedBytes)),
  MEMORY_USED("cache.used.memory", cache(CacheStats::usedBytes)),
  DISK_USED("cache.used.disk", cache(CacheStats::diskBytes)),

  FAILOVERS("failovers", zones(MultiAzStats::failovers)),
  HEDGES_FIRED("hedges.fired", zones(MultiAzStats::hedgesFired)),
  HEDGES_WON("hedges.won", zones(MultiAzStats::hedgesWon)),
  ZONES_DOWN("zones.down", zones(Measure::down));

  private final String key;
  private final ToLongFunction<Object> value;

  Measure(String key, ToLongFunction<Object> value) {
    this.key = key;
    this.value = value;
  }

  String key() {
    return key;
  }

  /** What {@code part} adds; 0 when it counts something else, or nothing. */
  long of(Object part) {
    return value.applyAsLong(part);
  }

  private static ToLongFunction<Object> total(ToLongFunction<RequestStats> value) {
    return wire(stats -> value.applyAsLong(stats.total()));
  }

  private static ToLongFunction<Object> wire(ToLongFunction<BucketStats> value) {
    ToLongFunction<Object> zonal = part(ExpressBucket.class, ExpressBucket::stats, value);
    ToLongFunction<Object> regional = part(StandardBucket.class, StandardBucket::stats, value);
    return part -> zonal.applyAsLong(part) + regional.applyAsLong(part);
  }

  private static ToLongFunction<Object> sessions(ToLongFunction<SessionStats> value) {
    return part(Sessions.class, Sessions::stats, value);
  }

  private static ToLongFunction<Object> cache(ToLongFunction<CacheStats> value) {
    return part(BlockCache.class, BlockCache::stats, value);
  }

  private static ToLongFunction<Object> zones(ToLongFunction<MultiAzStats> value) {
    return part(MultiAzBucket.class, MultiAzBucket::stats, value);
  }

  private static <P, S> ToLongFunction<Object> part(
      Class<P> kind, Function<P, S> stats, ToLongFunction<S> value) {
    return part -> kind.isInstance(part) ? value.applyAsLong(stats.apply(kind.cast(part))) : 0;
  }

  private static long down(MultiAzStats stats) {
    return stats.zones().stream().filter(zone -> zone.health() == ZoneStatus.Health.DOWN).count();
  }
}
