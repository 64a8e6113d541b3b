package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.RangePlan.Fetch;
import io.expressway.RangePlan.Piece;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RangePlanTest {
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;

  private static List<ByteRange> fetched(ByteRange... ranges) {
    return RangePlan.of(List.of(ranges)).stream().map(Fetch::range).toList();
  }

  @Test
  void nothingNeedsNoRequest() {
    assertThat(RangePlan.of(List.of())).isEmpty();
  }

  @Test
  void adjacentOverlappingAndEqualRangesShareOne() {
    assertThat(fetched(ByteRange.of(0, 10), ByteRange.of(10, 10)))
        .containsExactly(ByteRange.of(0, 20));
    assertThat(fetched(ByteRange.of(0, 10), ByteRange.of(5, 10), ByteRange.of(2, 3)))
        .containsExactly(ByteRange.of(0, 15));
    assertThat(fetched(ByteRange.of(7, 70), ByteRange.of(7, 70)))
        .containsExactly(ByteRange.of(7, 70));
  }

  @Test
  void gapsUpTo400KibAreReadAlong() {
    assertThat(fetched(ByteRange.of(0, 10), ByteRange.of(10 + 400 * KIB, 10)))
        .containsExactly(ByteRange.of(0, 20 + 400 * KIB));
    assertThat(fetched(ByteRange.of(0, 10), ByteRange.of(11 + 400 * KIB, 10)))
        .containsExactly(ByteRange.of(0, 10), ByteRange.of(11 + 400 * KIB, 10));
  }

  @Test
  void sharedRequestsEndAt8Mib() {
    assertThat(fetched(ByteRange.of(0, 4 * MIB), ByteRange.of(4 * MIB, 4 * MIB)))
        .containsExactly(ByteRange.of(0, 8 * MIB));
    assertThat(fetched(ByteRange.of(0, 4 * MIB), ByteRange.of(4 * MIB, 4 * MIB + 1)))
        .containsExactly(ByteRange.of(0, 4 * MIB), ByteRange.of(4 * MIB, 4 * MIB + 1));
  }

  @Test
  void aLongRangeServesWhatItContains() {
    assertThat(
            fetched(ByteRange.of(0, 20 * MIB), ByteRange.of(MIB, 5), ByteRange.of(19 * MIB, MIB)))
        .containsExactly(ByteRange.of(0, 20 * MIB));
  }

  @Test
  void piecesSayWhoGetsWhat() {
    assertThat(
            RangePlan.of(
                List.of(ByteRange.of(900, 10), ByteRange.of(100, 50), ByteRange.of(120, 100))))
        .containsExactly(
            new Fetch(
                ByteRange.of(100, 810),
                List.of(new Piece(1, 0, 50), new Piece(2, 20, 100), new Piece(0, 800, 10))));
  }

  @Test
  void rangesThatDependOnTheSizeAreReadAlone() {
    assertThat(
            RangePlan.of(
                List.of(
                    ByteRange.last(10), ByteRange.of(0, 5), ByteRange.all(), ByteRange.from(3))))
        .containsExactlyInAnyOrder(
            new Fetch(ByteRange.last(10), List.of(new Piece(0, 0, -1))),
            new Fetch(ByteRange.of(0, 5), List.of(new Piece(1, 0, 5))),
            new Fetch(ByteRange.all(), List.of(new Piece(2, 0, -1))),
            new Fetch(ByteRange.from(3), List.of(new Piece(3, 0, -1))));
  }

  @Test
  void rangesAtTheEndOfTheWorldDoNotOverflow() {
    assertThat(fetched(ByteRange.of(Long.MAX_VALUE - 1, 1), ByteRange.of(0, Long.MAX_VALUE)))
        .containsExactly(ByteRange.of(0, Long.MAX_VALUE));
    assertThat(fetched(ByteRange.of(0, 1), ByteRange.of(Long.MAX_VALUE - 1, 1)))
        .containsExactly(ByteRange.of(0, 1), ByteRange.of(Long.MAX_VALUE - 1, 1));
  }

  @Test
  void piecesAreCutToWhatCame() {
    assertThat(new Piece(0, 100, 50).lengthWithin(1000)).isEqualTo(50);
    assertThat(new Piece(0, 100, 50).lengthWithin(120)).isEqualTo(20);
    assertThat(new Piece(0, 100, 50).lengthWithin(100)).isZero();
    assertThat(new Piece(0, 100, 50).lengthWithin(10)).isNegative();
    assertThat(new Piece(0, 0, -1).lengthWithin(77)).isEqualTo(77);
  }

  @Test
  void randomPlansServeEachRangeOnceFromWhereItLies() {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 500; round++) {
      List<ByteRange> ranges =
          Stream.generate(
                  () -> ByteRange.of(random.nextLong(30 * MIB), 1 + random.nextLong(3 * MIB)))
              .limit(random.nextInt(30))
              .toList();
      Set<Integer> served = new HashSet<>();
      for (Fetch fetch : RangePlan.of(ranges)) {
        for (Piece piece : fetch.pieces()) {
          ByteRange range = ranges.get(piece.index());
          assertThat(served.add(piece.index())).as("seed %d", seed).isTrue();
          assertThat(fetch.range().offset() + piece.offsetInFetch()).isEqualTo(range.offset());
          assertThat(piece.length()).isEqualTo(range.length());
          assertThat(piece.lengthWithin(fetch.range().length())).isEqualTo(range.length());
        }
        assertThat(fetch.pieces().size() == 1 || fetch.range().length() <= 8 * MIB).isTrue();
      }
      assertThat(served).as("seed %d", seed).hasSameSizeAs(ranges);
    }
  }
}
