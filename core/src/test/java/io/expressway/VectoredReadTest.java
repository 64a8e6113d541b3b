package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class VectoredReadTest {
  private static final BucketName BUCKET = BucketName.directory("logs--usw2-az1--x-s3");
  private static final int OBJECT_SIZE = 1000;
  private static final ObjectInfo INFO =
      new ObjectInfo("key", OBJECT_SIZE, new ObjectVersion("\"v\""), Instant.EPOCH);

  private final List<ByteRange> asked = new ArrayList<>();
  private final List<CompletableFuture<Slice>> requests = new ArrayList<>();
  private final AtomicInteger given = new AtomicInteger();

  private List<CompletableFuture<Slice>> read(ByteRange... ranges) {
    return VectoredRead.of(
        BUCKET,
        "key",
        List.of(ranges),
        range -> {
          asked.add(range);
          requests.add(new CompletableFuture<>());
          return requests.get(requests.size() - 1);
        });
  }

  /** Answers the only request with what the object has of it. */
  private void answer() {
    ByteRange range = asked.get(0);
    int length = (int) Math.min(range.length(), OBJECT_SIZE - range.offset());
    ByteBuffer body = ByteBuffer.allocateDirect(length);
    for (int i = 0; i < length; i++) {
      body.put(i, (byte) (range.offset() + i));
    }
    given.incrementAndGet();
    Slice slice = Slice.lend(INFO, body, given::decrementAndGet);
    if (!requests.get(0).complete(slice)) {
      slice.close();
    }
  }

  @Test
  void theMemoryGoesBackWithTheLastSlice() {
    List<CompletableFuture<Slice>> reads = read(ByteRange.of(10, 5), ByteRange.of(100, 5));
    assertThat(asked).containsExactly(ByteRange.of(10, 95));
    answer();
    Slice first = reads.get(0).join();
    Slice second = reads.get(1).join();
    assertThat(first.toByteArray()).containsExactly(10, 11, 12, 13, 14);
    first.close();
    assertThat(second.toByteArray()).containsExactly(100, 101, 102, 103, 104);
    assertThat(given).hasValue(1);
    second.close();
    assertThat(given).hasValue(0);
  }

  @Test
  void rangesAreCutShortAndFailAsIfReadAlone() {
    List<CompletableFuture<Slice>> reads =
        read(ByteRange.of(990, 100), ByteRange.of(1000, 5), ByteRange.of(1020, 5));
    answer();
    try (Slice cut = reads.get(0).join()) {
      assertThat(cut.length()).isEqualTo(10);
    }
    for (int past : List.of(1, 2)) {
      RangeNotSatisfiableException failure = past(reads.get(past));
      assertThat(failure.objectSize()).isEqualTo(OBJECT_SIZE);
      assertThat(failure).hasMessageContaining(List.of("", "1000-1004", "1020-1024").get(past));
    }
    assertThat(given).hasValue(0);
  }

  private static RangeNotSatisfiableException past(CompletableFuture<Slice> read) {
    assertThat(read).isCompletedExceptionally();
    Throwable failure = catchThrowable(read::join);
    assertThat(failure).hasCauseInstanceOf(RangeNotSatisfiableException.class);
    return (RangeNotSatisfiableException) Objects.requireNonNull(failure.getCause());
  }

  @Test
  void aRefusedRequestFailsEachRangeUnderItsOwnName() {
    List<CompletableFuture<Slice>> reads = read(ByteRange.of(2000, 5), ByteRange.of(2010, 5));
    RequestSite site =
        RequestSite.of(Operation.READ, BUCKET, "key", asked.get(0))
            .answered(416, "InvalidRange", "id");
    requests
        .get(0)
        .completeExceptionally(new RangeNotSatisfiableException("past", site, OBJECT_SIZE, null));
    assertThat(past(reads.get(0)))
        .hasMessageContaining("bytes=2000-2004")
        .hasMessageContaining("416");
    assertThat(past(reads.get(1)))
        .hasMessageContaining("bytes=2010-2014")
        .hasMessageContaining("id");
  }

  @Test
  void oneFailureFailsAllThatShareTheRequest() {
    List<CompletableFuture<Slice>> reads = read(ByteRange.of(0, 5), ByteRange.of(10, 5));
    ZoneUnavailableException failure =
        new ZoneUnavailableException("no answer", RequestSite.UNKNOWN, null);
    requests.get(0).completeExceptionally(failure);
    assertThat(reads).allSatisfy(read -> assertThat(catchThrowable(read::join)).hasCause(failure));
  }

  @Test
  void aCancelledRangeLeaksNothingAndHarmsNoOther() {
    List<CompletableFuture<Slice>> reads = read(ByteRange.of(0, 5), ByteRange.of(10, 5));
    reads.get(0).cancel(true);
    assertThat(requests.get(0)).isNotDone();
    answer();
    try (Slice kept = reads.get(1).join()) {
      assertThat(kept.length()).isEqualTo(5);
    }
    assertThat(given).hasValue(0);
  }

  @Test
  void theRequestIsCancelledOnceAllItsRangesAre() {
    List<CompletableFuture<Slice>> reads = read(ByteRange.of(0, 5), ByteRange.of(10, 5));
    reads.forEach(read -> read.cancel(true));
    assertThat(requests.get(0)).isCancelled();
    answer();
    assertThat(given).hasValue(0);
  }
}
