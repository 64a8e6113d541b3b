package io.expressway.cache;

import static io.expressway.cache.Zonal.assertGivenBack;
import static io.expressway.cache.Zonal.cut;
import static io.expressway.cache.Zonal.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressway.AccessDeniedException;
import io.expressway.testkit.Fault;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong on the wire while blocks are being filled. */
@SuppressWarnings("NullAway.Init") // made before each test
final class FaultTest {
  private static final int BLOCK = 64 << 10;
  private static Zonal zonal;

  private BlockCache memory;
  private CachedBucket bucket;
  private byte[] content;

  @BeforeAll
  static void start() {
    zonal = new Zonal();
  }

  @AfterAll
  static void stop() {
    zonal.close();
  }

  @BeforeEach
  void open() throws Exception {
    memory = BlockCache.offHeap(16 << 20, BLOCK);
    bucket = new CachedBucket(memory, zonal.newBucket());
    content = zonal.put("object", 3_000_000, 1);
  }

  @AfterEach
  void everythingIsGivenBack() {
    zonal.zone().clearFaults();
    bucket.close();
    memory.close();
    assertGivenBack(memory);
  }

  static Stream<Fault> passing() {
    return Stream.of(
        Fault.resetBeforeHead(),
        Fault.resetAfterHead(),
        Fault.resetAfter(1),
        Fault.resetAfter(BLOCK),
        Fault.resetAfter(1_000_001),
        Fault.truncateAt(700_000),
        Fault.internalError(),
        Fault.slowDown(),
        Fault.wrongContentRange(),
        Fault.closeAfterResponse());
  }

  @ParameterizedTest
  @MethodSource("passing")
  void blocksHoldTheRightBytesAfter(Fault fault) throws Exception {
    zonal.zone().inject(fault.on("GetObject"));
    for (int i = 0; i < 2; i++) {
      assertThat(read(bucket, "object", 10_000, 2_000_000))
          .isEqualTo(cut(content, 10_000, 2_000_000));
    }
    assertThat(memory.stats().hits()).isOne();
  }

  @Test
  void anAnswerOfAnotherVersionThanKnownIsNotTakenIn() throws Exception {
    read(bucket, "object", 0, 1000);
    zonal.zone().inject(Fault.wrongETag().on("GetObject"));
    assertThat(read(bucket, "object", 500_000, 100_000)).isEqualTo(cut(content, 500_000, 100_000));
    assertThat(memory.stats().changes()).isPositive();
  }

  @Test
  void aRefusalIsNotRemembered() throws Exception {
    zonal.zone().inject(Fault.accessDenied().on("GetObject").always());
    assertThatThrownBy(() -> read(bucket, "object", 0, 1000))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining("object");
    assertThat(memory.stats().residentBlocks()).isZero();
    zonal.zone().clearFaults();
    assertThat(read(bucket, "object", 0, 1000)).isEqualTo(cut(content, 0, 1000));
  }
}
