package io.expressway.session;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Shows the {@link SessionStats} of an identity's sessions as Micrometer meters named {@code
 * expressway.session.*}: docs/metrics.md lists them. Costs nothing but when the meters are read.
 * Needs {@code io.micrometer:micrometer-core}, which this library does not bring along.
 *
 * <p>Thread: safe for many. Owner: remove the meters from the registry when the sessions are
 * closed.
 */
public final class SessionMetrics implements MeterBinder {
  private static final String PREFIX = "expressway.session.";
  private static final String SESSIONS = "sessions";
  private static final double NANOS = 1e9;
  private final Sessions sessions;
  private final Tags tags;

  /** Shows {@code sessions}, with {@code tags} on every meter. */
  public SessionMetrics(Sessions sessions, Iterable<Tag> tags) {
    this.sessions = sessions;
    this.tags = Tags.of(tags);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    count(registry, "created", SESSIONS, SessionStats::created);
    count(registry, "refreshed", SESSIONS, SessionStats::refreshed);
    count(registry, "failed", "calls", SessionStats::failed);
    count(registry, "invalidated", SESSIONS, SessionStats::invalidated);
    count(registry, "letgo", SESSIONS, SessionStats::letGo);
    count(registry, "waited", "requests", SessionStats::waited);
    gauge(registry, "waiting", "requests", SessionStats::waiting);
    gauge(registry, "live", SESSIONS, SessionStats::live);
    gauge(registry, "oldest", "seconds", stats -> stats.oldest().toNanos() / NANOS);
  }

  private void count(
      MeterRegistry registry, String name, String unit, ToLongFunction<SessionStats> value) {
    FunctionCounter.builder(PREFIX + name, sessions, all -> value.applyAsLong(all.stats()))
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry, String name, String unit, ToDoubleFunction<SessionStats> value) {
    Gauge.builder(PREFIX + name, sessions, all -> value.applyAsDouble(all.stats()))
        .baseUnit(unit)
        .tags(tags)
        .register(registry);
  }
}
