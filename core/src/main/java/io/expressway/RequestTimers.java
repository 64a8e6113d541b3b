package io.expressway;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Times every answer in a Micrometer timer with a histogram, {@code expressway.bucket.latency}, for
 * percentiles that {@link BucketMetrics} cannot tell: {@code ExpressOptions.defaults().listener(new
 * RequestTimers(registry, List.of()))}. Takes a fraction of a microsecond of each request; a timer
 * appears with its first answer. Needs {@code io.micrometer:micrometer-core}, which this library
 * does not bring along.
 *
 * <p>Thread: safe for many; one may listen to many buckets.
 */
public final class RequestTimers implements BucketListener {
  // S3 Express answers in 5 ms, loopback in 50 µs; the default deadlines end at 10 s.
  private static final Duration LEAST = Duration.ofNanos(50_000);
  private static final Duration MOST = Duration.ofSeconds(10);

  private final MeterRegistry registry;
  private final Tags tags;
  private final ConcurrentHashMap<BucketName, ConcurrentHashMap<Operation, Timer>> timers =
      new ConcurrentHashMap<>();

  /** Times into {@code registry}, with {@code tags} on every timer. */
  public RequestTimers(MeterRegistry registry, Iterable<Tag> tags) {
    this.registry = registry;
    this.tags = Tags.of(tags);
  }

  @Override
  public void onResponse(
      BucketName bucket, Operation operation, int status, long bodyBytes, long elapsedNanos) {
    timer(bucket, operation).record(elapsedNanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(BucketName bucket, Operation operation) {
    ConcurrentHashMap<Operation, Timer> own = timers.get(bucket);
    Timer known = own == null ? null : own.get(operation);
    return known != null ? known : newTimer(bucket, operation);
  }

  private Timer newTimer(BucketName bucket, Operation operation) {
    return timers
        .computeIfAbsent(bucket, name -> new ConcurrentHashMap<>())
        .computeIfAbsent(operation, each -> register(bucket, each));
  }

  private Timer register(BucketName bucket, Operation operation) {
    return Timer.builder("expressway.bucket.latency")
        .publishPercentileHistogram()
        .minimumExpectedValue(LEAST)
        .maximumExpectedValue(MOST)
        .tags(tags.and(BucketMetrics.named(bucket)).and(BucketMetrics.named(operation)))
        .register(registry);
  }
}
