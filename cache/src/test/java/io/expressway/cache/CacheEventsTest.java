package io.expressway.cache;

import static io.expressway.cache.Zonal.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ObjectNotFoundException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CacheEventsTest {
  @Test
  void fetchesAndTheStateOfTheCacheAreEvents(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("cache.jfr");
    String bucketName;
    try (Recording recording = new Recording();
        Zonal zonal = new Zonal();
        BlockCache memory = BlockCache.offHeap(1 << 20, 64 << 10);
        Bucket plain = zonal.newBucket();
        CachedBucket bucket = new CachedBucket(memory, plain)) {
      bucketName = plain.name().toString();
      recording.enable("io.expressway.CacheFetch");
      recording.enable("io.expressway.CacheStatistics").with("period", "endChunk");
      recording.start();
      zonal.put("object", 100_000, 1);
      await(bucket.read("object", ByteRange.of(1024, 2048))).close();
      await(bucket.read("object", ByteRange.of(1024, 2048))).close();
      assertThatThrownBy(() -> await(bucket.read("missing", ByteRange.of(0, 1024))))
          .isInstanceOf(ObjectNotFoundException.class);
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("io.expressway.CacheFetch"))
        .extracting(
            event -> event.getString("bucket"),
            event -> event.getString("key"),
            event -> event.getLong("offset"),
            event -> event.getLong("length"),
            event -> event.getLong("gaps"),
            event -> event.getInt("waiters"),
            event -> event.getString("failure"))
        .containsExactly(
            tuple(bucketName, "object", 1024L, 2048L, 0L, 1, ""),
            tuple(bucketName, "missing", 0L, 1024L, 0L, 1, "ObjectNotFoundException"));
    assertThat(events)
        .filteredOn(event -> event.getEventType().getName().equals("io.expressway.CacheStatistics"))
        .anySatisfy(
            event -> {
              assertThat(event.getLong("hits")).isOne();
              assertThat(event.getLong("fetches")).isEqualTo(2);
              assertThat(event.getLong("limitBytes")).isEqualTo(1 << 20);
            });
  }
}
