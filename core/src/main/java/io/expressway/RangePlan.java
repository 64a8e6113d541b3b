package io.expressway;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which requests serve a list of ranges of one object: ranges that lie close together share one.
 *
 * <p>Two ranges are close when reading the gap between them costs less than a request of its own:
 * 400 KiB, from 5 ms to a first byte at 80 MB/s a connection (S3 User Guide, "Performance design
 * patterns", read on 2026-11-22). A shared request stays within 8 MiB, so that large reads keep
 * their parallel connections. Ranges whose place depends on the object's size are read alone.
 */
final class RangePlan {
  static final long LARGEST_GAP_BYTES = 400 << 10;
  static final long LARGEST_SHARED_BYTES = 8 << 20;

  private RangePlan() {}

  /**
   * One request and what it serves.
   *
   * @param range the bytes to ask for
   * @param pieces who gets what of them, at least one, by ascending offset
   */
  record Fetch(ByteRange range, List<Piece> pieces) {
    Fetch {
      pieces = List.copyOf(pieces);
    }
  }

  /**
   * The part of a fetch that answers one range.
   *
   * @param index the range's place in the caller's list
   * @param offsetInFetch its first byte, counted from the fetch's first
   * @param length its bytes, when the object is long enough; -1 for all that the fetch brings
   */
  record Piece(int index, long offsetInFetch, long length) {
    /**
     * The piece's bytes in a fetch that brought {@code fetched}; below 1 when it begins past it.
     */
    long lengthWithin(long fetched) {
      return length < 0 ? fetched : Math.min(length, fetched - offsetInFetch);
    }
  }

  /** Plans {@code ranges}, which may overlap, repeat and come in any order. */
  static List<Fetch> of(List<ByteRange> ranges) {
    List<Fetch> plan = new ArrayList<>();
    List<Member> bounded = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      if (ranges.get(i).isBounded()) {
        bounded.add(new Member(i, ranges.get(i)));
      } else {
        plan.add(new Fetch(ranges.get(i), List.of(new Piece(i, 0, -1))));
      }
    }
    bounded.sort(Comparator.comparingLong(Member::start));
    for (int first = 0; first < bounded.size(); ) {
      Group group = new Group(bounded.get(first++));
      while (first < bounded.size() && group.isCloseTo(bounded.get(first))) {
        group.add(bounded.get(first++));
      }
      plan.add(group.toFetch());
    }
    return plan;
  }

  private record Member(int index, ByteRange range) {
    long start() {
      return range.offset();
    }

    long end() {
      return range.offset() + range.length();
    }
  }

  /** Ranges that share a request, by ascending start. */
  private static final class Group {
    private final List<Member> members = new ArrayList<>();
    private final long start;
    private long end;

    Group(Member first) {
      start = first.start();
      add(first);
    }

    void add(Member member) {
      members.add(member);
      end = Math.max(end, member.end());
    }

    boolean isCloseTo(Member next) {
      boolean isContained = next.end() <= end;
      boolean isNear = next.start() - end <= LARGEST_GAP_BYTES;
      return isContained || (isNear && next.end() - start <= LARGEST_SHARED_BYTES);
    }

    Fetch toFetch() {
      return new Fetch(
          ByteRange.of(start, end - start),
          members.stream()
              .map(m -> new Piece(m.index(), m.start() - start, m.range().length()))
              .toList());
    }
  }
}
