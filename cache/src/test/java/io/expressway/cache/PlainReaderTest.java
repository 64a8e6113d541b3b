package io.expressway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading like a file without a cache. */
final class PlainReaderTest extends ReaderContract {
  @Override
  Bucket over(Bucket plain) {
    return plain;
  }

  @Override
  int roundedTo() {
    return 0;
  }

  @Override
  void closeAll() {}

  private static List<String> ranges() {
    return zonal.zone().requests().stream()
        .map(request -> request.headers().getOrDefault("range", ""))
        .toList();
  }

  /** Of the third of three long stretches as much as the shorter of the two before it. */
  @Test
  void afterLongStretchesTheNextIsTakenToBeLong() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object")) {
      readOn(reader, content, 10_000_000, 3_000_000);
      readOn(reader, content, 0, 2_000_000);
      readOn(reader, content, 21_500_000, 1_900_000);
      assertThat(ranges()).contains("bytes=21500000-23499999");
    }
  }

  @Test
  void afterOneLongStretchNothingIsTakenToBeLong() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object")) {
      readOn(reader, content, 0, 3_000_000);
      for (int at = 14_000_000; at < 20_000_000; at += 2_100_001) {
        readOn(reader, content, at, PIECE);
        assertThat(ranges()).contains("bytes=" + at + "-" + (at + PIECE - 1));
      }
    }
  }

  /** The first answer tells the size, and then all is asked for, before anybody reads on. */
  @Test
  void whoIsSequentialIsReadAheadOfFromTheBeginning() throws Exception {
    try (ObjectReader reader = ObjectReader.open(bucket, "object", SEQUENTIAL)) {
      readOn(reader, content, 0, PIECE);
      zonal.awaitRequests("GetObject", 3);
      readOn(reader, content, PIECE, content.length - PIECE);
    }
    assertThat(zonal.requests()).isEqualTo(3);
  }
}
