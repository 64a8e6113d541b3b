package io.expressway.cache;

import static io.expressway.cache.Zonal.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** What a registry shows of a cache. */
final class CacheMetricsTest {
  @Test
  void metersShowWhatTheStatsSay() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (Zonal zonal = new Zonal();
        BlockCache memory = BlockCache.offHeap(4 << 20, 64 << 10);
        CachedBucket bucket = new CachedBucket(memory, zonal.newBucket())) {
      new CacheMetrics(memory, Tags.of("cache", "day")).bindTo(registry);
      zonal.put("object", 200_000, 1);
      byte[] miss = read(bucket, "object", 0, 50_000);
      byte[] hit = read(bucket, "object", 10_000, 10_000);
      assertThat(miss.length + hit.length).isEqualTo(60_000);

      assertThat(counted(registry, "reads", "result", "hit")).isEqualTo(1);
      assertThat(counted(registry, "reads", "result", "miss")).isEqualTo(1);
      assertThat(counted(registry, "hit", "tier", "memory")).isEqualTo(10_000);
      assertThat(counted(registry, "fetched", "cache", "day"))
          .isEqualTo((double) memory.stats().fetchedBytes());
      assertThat(counted(registry, "fetches", "cache", "day"))
          .as("requests that the server got")
          .isEqualTo((double) zonal.requests("GetObject"));
      for (Meter meter : registry.getMeters()) {
        assertThat(meter.getId().getTags())
            .extracting(Tag::getKey)
            .isSubsetOf("cache", "tier", "result");
      }
      assertThat(registry.get("expressway.cache.limit").tag("tier", "memory").gauge().value())
          .isEqualTo((double) memory.limitBytes());
    }
  }

  private static double counted(
      SimpleMeterRegistry registry, String name, String tag, String value) {
    return registry.get("expressway.cache." + name).tag(tag, value).functionCounter().count();
  }
}
