package io.expressway.cache;

import static io.expressway.cache.Zonal.cut;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Bucket;
import io.expressway.testkit.Fault;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading like a file without a cache: what comes of a request is read while it comes. */
final class PlainReaderTest extends ReaderContract {
  private static final int SMALL = 4_000_000;
  private static final int PIECE = 128 << 10;

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

  private void readOn(ObjectReader reader, byte[] all, int from, int length) throws IOException {
    for (int at = from; at < from + length; at += PIECE) {
      int count = Math.min(PIECE, from + length - at);
      assertThat(read(reader, at, count)).isEqualTo(cut(all, at, count));
    }
  }

  private static List<String> ranges() {
    return zonal.zone().requests().stream()
        .map(request -> request.headers().getOrDefault("range", ""))
        .toList();
  }

  /** What is read ahead meets the fault. */
  private void readOnDespite(Fault fault, int pieces) throws IOException {
    try (ObjectReader reader = ObjectReader.open(bucket, "object")) {
      readOn(reader, content, 0, PIECE);
      zonal.zone().inject(fault.on("GetObject"));
      readOn(reader, content, PIECE, pieces * PIECE);
    }
  }

  /**
   * A read that waited for all of its request would see it fail, and be asked for again. So much is
   * left of the request that nothing is asked for after it yet.
   */
  @Test
  void whatIsThereIsReadWhileTheRestIsComing() throws Exception {
    readOnDespite(Fault.stallAfter(700_000).times(1), 3);
    assertThat(zonal.requests("GetObject")).isEqualTo(2);
  }

  @Test
  void whatBreaksOffIsReadOn() throws Exception {
    readOnDespite(Fault.resetAfter(700_000).times(3), 100);
  }

  /** What was shown of it is given back: NoLeaks looks. */
  @Test
  void whatFailsInTheMiddleIsAskedForAgain() throws Exception {
    byte[] small = zonal.put("small", SMALL, 9);
    try (ObjectReader reader = ObjectReader.open(bucket, "small")) {
      readOn(reader, small, 0, PIECE);
      zonal.zone().inject(Fault.resetAfter(700_000).on("GetObject").times(1));
      zonal.zone().inject(Fault.accessDenied().on("GetObject").times(1));
      readOn(reader, small, PIECE, 20 * PIECE);
      assertThat(zonal.requests("GetObject")).isGreaterThan(3);
    }
  }

  /** As many as the Analytics Accelerator sends, which asks for the size and then for all. */
  @ParameterizedTest
  @CsvSource({"0, 1, 2", "0, 2, 2", "200000, 2, 2", "3600000, -2, 3"})
  void aSmallObjectTakesFewRequests(int from, int step, int requests) throws Exception {
    byte[] small = zonal.put("small", SMALL, 9);
    forgetRequests();
    int stretch = 200_000;
    try (ObjectReader reader = ObjectReader.open(bucket, "small")) {
      for (int at = from; at >= 0 && at < SMALL; at += step * stretch) {
        readOn(reader, small, at, stretch);
      }
    }
    assertThat(zonal.requests()).isEqualTo(requests);
    assertThat(sentBytes()).isLessThan(SMALL + requests * 1_000L);
  }

  @Test
  void aSmallColumnarFileIsTwoRequests() throws Exception {
    byte[] small = zonal.put("day.parquet", SMALL, 9);
    forgetRequests();
    try (ObjectReader reader = ObjectReader.open(bucket, "day.parquet")) {
      assertThat(read(reader, SMALL - 8, 8)).isEqualTo(cut(small, SMALL - 8, 8));
      readOn(reader, small, SMALL - 50_000, 49_992);
      readOn(reader, small, 400_000, 400_000);
      readOn(reader, small, 1_600_000, 1_000_000);
    }
    assertThat(zonal.requests()).isEqualTo(2);
    assertThat(sentBytes()).isLessThan(SMALL - 400_000 + 2_000L);
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
}
