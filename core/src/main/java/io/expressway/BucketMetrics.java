package io.expressway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows the {@link BucketStats} of a bucket as Micrometer meters named {@code expressway.bucket.*},
 * tagged {@code bucket}, {@code zone} and {@code operation}: docs/metrics.md lists them. Costs
 * nothing but when the meters are read. Needs {@code io.micrometer:micrometer-core}, which this
 * library does not bring along.
 *
 * <p>Thread: safe for many. Owner: the registry's meters keep the bucket from being collected;
 * remove them when it is closed.
 */
public final class BucketMetrics implements MeterBinder {
  private static final String PREFIX = "expressway.bucket.";
  private final Bucket bucket;
  private final Supplier<BucketStats> stats;
  private final Tags tags;
  private final @Nullable PriceTable prices;

  /** Shows {@code bucket}, with {@code tags} on every meter. */
  public BucketMetrics(ExpressBucket bucket, Iterable<Tag> tags) {
    this(bucket, bucket::stats, Tags.of(tags).and(named(bucket.name())), null);
  }

  /** Shows {@code bucket}, with {@code tags} on every meter. */
  public BucketMetrics(StandardBucket bucket, Iterable<Tag> tags) {
    this(bucket, bucket::stats, Tags.of(tags).and(named(bucket.name())), null);
  }

  private BucketMetrics(
      Bucket bucket, Supplier<BucketStats> stats, Tags tags, @Nullable PriceTable prices) {
    this.bucket = bucket;
    this.stats = stats;
    this.tags = tags;
    this.prices = prices;
  }

  /** The same, and what all that costs: {@code expressway.bucket.cost}. */
  public BucketMetrics pricedBy(PriceTable table) {
    return new BucketMetrics(bucket, stats, tags, table);
  }

  static Tags named(BucketName bucket) {
    return Tags.of("bucket", bucket.toString(), "zone", bucket.zone().orElse(bucket.toString()));
  }

  static Tag named(Operation operation) {
    return Tag.of("operation", operation.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Operation operation : Operation.values()) {
      if (isSentByBuckets(operation)) {
        bind(registry, operation);
      }
    }
    FunctionCounter.builder(PREFIX + "connections.opened", bucket, b -> now().connectionsOpened())
        .baseUnit(BaseUnits.CONNECTIONS)
        .tags(tags)
        .register(registry);
    gauge(registry, "connections", BaseUnits.CONNECTIONS, BucketStats::connections);
    gauge(registry, "waiting", "requests", BucketStats::waiting);
    PriceTable table = prices;
    if (table != null) {
      FunctionCounter.builder(PREFIX + "cost", bucket, b -> table.of(now()))
          .baseUnit("usd")
          .tags(tags.and("prices", table.region() + " " + table.since()))
          .register(registry);
    }
  }

  private BucketStats now() {
    return stats.get();
  }

  /** Not what {@link ExpressDirectory} does through the SDK. */
  private static boolean isSentByBuckets(Operation operation) {
    return switch (operation) {
      case CREATE_BUCKET, DELETE_BUCKET, LIST_BUCKETS, SET_LIFECYCLE -> false;
      default -> true;
    };
  }

  private void bind(MeterRegistry registry, Operation operation) {
    count(registry, operation, "requests", "requests", RequestStats::requests);
    count(registry, operation, "refused", "requests", RequestStats::refused);
    count(registry, operation, "throttled", "requests", RequestStats::throttled);
    count(registry, operation, "retries", "requests", RequestStats::retries);
    count(registry, operation, "failed", "calls", RequestStats::failed);
    count(registry, operation, "sent", BaseUnits.BYTES, RequestStats::sentBytes);
    count(registry, operation, "received", BaseUnits.BYTES, RequestStats::receivedBytes);
    FunctionTimer.builder(
            PREFIX + "answers",
            bucket,
            b -> now().of(operation).answers(),
            b -> now().of(operation).waited().toNanos(),
            TimeUnit.NANOSECONDS)
        .tags(tags.and(named(operation)))
        .register(registry);
  }

  private void count(
      MeterRegistry registry,
      Operation operation,
      String name,
      String unit,
      ToLongFunction<RequestStats> value) {
    FunctionCounter.builder(PREFIX + name, bucket, b -> value.applyAsLong(now().of(operation)))
        .baseUnit(unit)
        .tags(tags.and(named(operation)))
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry, String name, String unit, ToLongFunction<BucketStats> value) {
    Gauge.builder(PREFIX + name, bucket, b -> value.applyAsLong(now()))
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }
}
