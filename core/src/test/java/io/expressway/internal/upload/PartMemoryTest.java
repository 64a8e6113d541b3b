package io.expressway.internal.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.internal.upload.PartMemory.Room;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class PartMemoryTest {
  private static final int CHUNK = PartMemory.CHUNK_BYTES;
  private final PartMemory memory = new PartMemory(4 * CHUNK);

  @Test
  void roomIsPromisedInTheOrderItWasAskedFor() {
    Room first = memory.promise(3 * CHUNK).join();
    CompletableFuture<Room> large = memory.promise(2 * CHUNK);
    CompletableFuture<Room> small = memory.promise(1);
    assertThat(large).isNotDone();
    assertThat(small).as("does not overtake").isNotDone();
    assertThat(memory.promisedBytes()).isEqualTo(3 * CHUNK);
    first.giveBack();
    assertThat(large).isCompleted();
    assertThat(small).isCompleted();
    assertThat(memory.promisedBytes()).isEqualTo(3 * CHUNK);
  }

  @Test
  void whoGivesUpWaitingHoldsNobodyBack() {
    Room first = memory.promise(4 * CHUNK).join();
    CompletableFuture<Room> impatient = memory.promise(4 * CHUNK);
    CompletableFuture<Room> patient = memory.promise(CHUNK);
    impatient.cancel(false);
    first.giveBack();
    first.giveBack();
    assertThat(patient).isCompleted();
    assertThat(memory.promisedBytes()).isEqualTo(CHUNK);
  }

  @Test
  void chunksAreKeptAndTheLimitIsNeverPassed() {
    for (int round = 0; round < 10; round++) {
      Room room = memory.promise(4 * CHUNK).join();
      for (int i = 0; i < 4; i++) {
        assertThat(room.chunk().remaining()).isEqualTo(CHUNK);
      }
      room.giveBack();
    }
    assertThat(memory.allocatedBytes()).isEqualTo(4 * CHUNK);
    assertThat(memory.promisedBytes()).isZero();
  }

  @Test
  void onlyWhatIsFilledIsAllocated() {
    Room room = memory.promise(3 * CHUNK).join();
    room.chunk();
    assertThat(memory.allocatedBytes()).isEqualTo(CHUNK);
  }

  @Test
  void whatCanNeverFitIsRefused() {
    assertThatThrownBy(() -> memory.promise(4 * CHUNK + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("uploadMemory");
  }
}
