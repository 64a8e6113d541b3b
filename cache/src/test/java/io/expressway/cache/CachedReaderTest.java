package io.expressway.cache;

import static io.expressway.cache.Zonal.assertGivenBack;
import static io.expressway.cache.Zonal.cut;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.testkit.Fault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading like a file through a cache: what is ahead lies in its memory. */
@SuppressWarnings("NullAway.Init") // made before each test
final class CachedReaderTest extends ReaderContract {
  private static final int BLOCK = 64 << 10;
  private BlockCache memory;

  @Override
  Bucket over(Bucket plain) {
    memory = BlockCache.offHeap(64 << 20, BLOCK);
    return new CachedBucket(memory, plain);
  }

  @Override
  int roundedTo() {
    return BLOCK / Pages.PER_BLOCK;
  }

  @Override
  void closeAll() {
    memory.close();
    assertGivenBack(memory);
  }

  @Test
  void whatWasReadIsReadAgainWithoutARequest() throws Exception {
    for (int round = 0; round < 2; round++) {
      try (ObjectReader reader = ObjectReader.open(bucket, "object")) {
        assertThat(reader.asInputStream().readAllBytes()).isEqualTo(content);
      }
      if (round == 0) {
        zonal.mark();
      }
    }
    assertThat(zonal.requests()).isZero();
  }

  /** Sixteen readers with windows that memory has no room for: all of them come to their end. */
  @Test
  void whatIsAheadGivesWayWhenThereIsNoRoom() throws Exception {
    BlockCache little = BlockCache.offHeap(4 << 20, BLOCK);
    try (CachedBucket tight = new CachedBucket(little, zonal.sameBucket())) {
      List<ObjectReader> readers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        readers.add(ObjectReader.open(tight, "object").position(1_000_000L * i));
      }
      for (int at = 0; at < 4_000_000; at += 250_000) {
        for (int i = 0; i < readers.size(); i++) {
          ByteBuffer target = ByteBuffer.allocate(250_000);
          assertThat(readers.get(i).read(target)).isEqualTo(250_000);
          assertThat(target.array()).isEqualTo(cut(content, 1_000_000L * i + at, 250_000));
        }
      }
      assertThat(little.stats().usedBytes()).isLessThanOrEqualTo(little.limitBytes());
      readers.forEach(ObjectReader::close);
    }
    little.close();
    assertGivenBack(little);
  }

  /** Columns of a file: the third is read ahead of as one that is as long as those before it. */
  @Test
  void whoReadLongStretchesWaitsForFewerRequests() throws Exception {
    int percent = (64 << 20) / 100;
    byte[] large = zonal.put("large", 64 << 20, 10);
    zonal.zone().inject(Fault.trickle(64 << 10, Duration.ofMillis(2)).on("GetObject").always());
    try (ObjectReader reader = ObjectReader.open(bucket, "large", FEW)) {
      readOn(reader, large, 10 * percent, 10 * percent);
      readOn(reader, large, 25 * percent, 5 * percent);
      readOn(reader, large, 40 * percent, 4 * PIECE);
      assertThat(zonal.requests("GetObject")).isEqualTo(6);
      readOn(reader, large, 40 * percent + 4 * PIECE, 20 * percent);
    }
    assertThat(sentBytes())
        .as("what lies between and one request beyond the end")
        .isLessThan(50L * percent + 4 * PIECE + (9L << 20));
  }
}
