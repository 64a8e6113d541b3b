package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.openhft.chronicle.bytes.BytesStore;
import org.junit.jupiter.api.Test;

final class SliceTest {
  private static final ObjectInfo INFO =
      new ObjectInfo("day.parquet", 100, new ObjectVersion("\"v\""), Instant.EPOCH);

  private final AtomicInteger closed = new AtomicInteger();

  private Slice lend(ByteBuffer... parts) {
    return parts.length == 1
        ? Slice.lend(INFO, parts[0], closed::incrementAndGet)
        : Slice.lend(INFO, List.of(parts), closed::incrementAndGet);
  }

  private static ByteBuffer direct(int... bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
    for (int value : bytes) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }

  @Test
  void severalBuffersReadAsOneBody() throws Exception {
    try (Slice slice = lend(direct(1, 2, 3), direct(4), direct(5, 6));
        InputStream stream = slice.asInputStream()) {
      assertThat(slice.length()).isEqualTo(6);
      assertThat(slice.toByteArray()).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(slice.buffers()).hasSize(3).allMatch(ByteBuffer::isReadOnly);
      assertThat(stream.read()).isEqualTo(1);
      assertThat(stream.available()).isEqualTo(2);
      assertThat(stream.readNBytes(4)).containsExactly(2, 3, 4, 5);
      assertThat(stream.skip(1)).isEqualTo(1);
      assertThat(stream.read()).isEqualTo(-1);
      assertThat(stream.read(new byte[3])).isEqualTo(-1);
    }
    assertThat(closed).hasValue(1);
  }

  @Test
  void onlyBytesBetweenPositionAndLimitAreLent() {
    try (Slice slice = lend(direct(9, 1, 2, 9).position(1).limit(3))) {
      assertThat(slice.toByteArray()).containsExactly(1, 2);
      assertThat(slice.buffers().get(0).remaining()).isEqualTo(2);
    }
  }

  @Test
  void slicesCutAcrossBuffers() {
    try (Slice slice = lend(direct(1, 2, 3), direct(4), direct(5, 6))) {
      for (int from = 0; from <= 6; from++) {
        for (int to = from; to <= 6; to++) {
          try (Slice cut = slice.slice(from, to - from)) {
            byte[] expected = java.util.Arrays.copyOfRange(new byte[] {1, 2, 3, 4, 5, 6}, from, to);
            assertThat(cut.toByteArray()).isEqualTo(expected);
          }
        }
      }
      assertThatThrownBy(() -> slice.slice(3, 4)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> slice.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> slice.slice(1, Long.MAX_VALUE))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(closed).hasValue(1);
  }

  @Test
  void theMemoryGoesBackOnceWhateverTheOrder() {
    Slice whole = lend(direct(1, 2, 3));
    Slice part = whole.slice(1, 1);
    whole.close();
    whole.close();
    assertThat(closed).hasValue(0);
    assertThatThrownBy(() -> whole.slice(0, 1)).isInstanceOf(IllegalStateException.class);
    part.close();
    part.close();
    assertThat(closed).hasValue(1);
  }

  @Test
  void anEmptyBodyHasNoBytesInAnyForm() throws Exception {
    try (Slice slice = Slice.lend(INFO, List.of(), closed::incrementAndGet);
        InputStream stream = slice.asInputStream()) {
      assertThat(slice.length()).isZero();
      assertThat(slice.buffers()).isEmpty();
      assertThat(slice.toByteArray()).isEmpty();
      assertThat(stream.read()).isEqualTo(-1);
      slice.slice(0, 0).close();
    }
  }

  @Test
  void copyingNeedsRoomAndMovesTheTarget() {
    try (Slice slice = lend(direct(1, 2), direct(3))) {
      ByteBuffer target = ByteBuffer.allocate(5).position(1);
      slice.copyTo(target);
      assertThat(target.position()).isEqualTo(4);
      assertThat(target.array()).containsExactly(0, 1, 2, 3, 0);
      assertThatThrownBy(() -> slice.copyTo(ByteBuffer.allocate(2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2")
          .hasMessageContaining("3");
    }
  }

  @Test
  void aBytesStoreHoldsTheMemoryUntilItIsReleased() {
    CompletableFuture<String> back = new CompletableFuture<>();
    BytesStore<?, ?> store;
    try (Slice slice =
        Slice.lend(INFO, direct(7, 8, 9).position(1), () -> back.complete("given back"))) {
      store = slice.asBytesStore();
    }
    assertThat(back).isNotDone();
    assertThat(store.readRemaining()).isEqualTo(2);
    assertThat(store.readByte(store.readPosition())).isEqualTo((byte) 8);
    store.releaseLast(); // Chronicle may run the release on a thread of its own
    assertThat(back).succeedsWithin(Duration.ofSeconds(30));
  }

  @Test
  void aBytesStoreNeedsOnePieceOfDirectMemory() {
    for (Slice slice : List.of(lend(direct(1), direct(2)), lend(ByteBuffer.allocate(3)))) {
      try (slice) {
        assertThatThrownBy(slice::asBytesStore)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("contiguous off-heap");
      }
    }
    assertThat(closed).hasValue(2);
  }

  @Test
  void aClosedSliceNamesItsObject() {
    Slice slice = lend(direct(1));
    slice.close();
    assertThat(slice.isOpen()).isFalse();
    assertThatThrownBy(slice::buffers)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("day.parquet");
    assertThat(slice).hasToString("Slice[1 bytes of day.parquet, closed]");
  }

  /** Memory that is kept beyond its slices. */
  private static final class Kept implements LentMemory {
    private final ByteBuffer memory = direct(9, 1, 2, 3, 4, 9);
    private int readers = 1;

    @Override
    public ByteBuffer buffer() {
      return memory;
    }

    @Override
    public void retain() {
      readers++;
    }

    @Override
    public void release() {
      readers--;
    }
  }

  @Test
  @SuppressWarnings("try") // closing early is the point
  void keptMemoryIsLentInPlaceAndCountsItsReaders() throws Exception {
    Kept kept = new Kept();
    try (Slice slice = Slice.lend(INFO, kept, 1, 4);
        Slice part = slice.slice(1, 2);
        InputStream stream = slice.asInputStream()) {
      assertThat(kept.readers).isEqualTo(2);
      assertThat(slice.length()).isEqualTo(4);
      assertThat(slice.toByteArray()).containsExactly(1, 2, 3, 4);
      assertThat(slice.buffers()).hasSize(1).allMatch(ByteBuffer::isReadOnly);
      assertThat(stream.readAllBytes()).containsExactly(1, 2, 3, 4);
      assertThat(part.toByteArray()).containsExactly(2, 3);
      BytesStore<?, ?> store = part.asBytesStore();
      assertThat(store.readByte(store.readPosition())).isEqualTo((byte) 2);
      assertThat(kept.readers).isEqualTo(3);
      store.releaseLast();
      slice.close();
      assertThat(part.toByteArray()).containsExactly(2, 3);
      assertThat(kept.readers).isEqualTo(1);
    }
    assertThat(kept.readers).isZero();
  }
}
