package io.expressway.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Finds the fewest requests that bring what reads of one object miss: joins fetches under way,
 * merges what lies close together, and splits what is long. Used under the object's lock, once.
 */
final class FillPlan {
  private final CachedObject object;
  private final CacheOptions options;
  private final long nowNanos;
  private final Pages pages;

  /** Pages that nobody is fetching yet, by block. */
  private final TreeMap<Integer, Part> missing = new TreeMap<>();

  private final List<Fetch> fromDisk = new ArrayList<>();

  FillPlan(CachedObject object, CacheOptions options, long nowNanos) {
    this.object = object;
    this.options = options;
    this.nowNanos = nowNanos;
    this.pages = object.memory().pages();
  }

  /** A block and some of its pages. */
  private record Part(Block block, long bits) {}

  /** Bytes {@code [from, to)} of the object, whole pages, none of them present or on its way. */
  private record Run(long from, long to) {}

  /**
   * Makes the fetches, counts the reads in and adds them to those under way.
   *
   * @param reads with their blocks pinned
   * @param underWay the object's fetches
   * @return the new fetches, which the caller sends after leaving the lock
   */
  List<Fetch> of(List<PendingRead> reads, List<Fetch> underWay) {
    for (PendingRead read : reads) {
      join(read, underWay);
      collectMissing(read);
    }
    List<Fetch> fresh = fetches();
    underWay.addAll(fresh);
    for (PendingRead read : reads) {
      for (Fetch fetch : fresh) {
        if (fetch.serves(read)) {
          fetch.await(read, true);
        }
      }
    }
    return fresh;
  }

  private void join(PendingRead read, List<Fetch> underWay) {
    for (Fetch fetch : underWay) {
      if (fetch.serves(read)) {
        fetch.await(read, false);
        object.memory().tally().joins.increment();
      }
    }
  }

  private void collectMissing(PendingRead read) {
    for (Block block : read.pins()) {
      long wanted = pages.touching(block.index(), read.from(), read.to());
      long absent = wanted & ~block.ready() & ~block.filling();
      if (absent != 0 && !isOnDisk(block, absent)) {
        block.setFilling(absent);
        missing.merge(
            block.index(), new Part(block, absent), (a, b) -> new Part(block, a.bits | b.bits));
      }
    }
  }

  /** Fetches the block from disk, if all that is absent is there and nothing else is disturbed. */
  private boolean isOnDisk(Block block, long absent) {
    DiskTier disk = object.memory().disk();
    DiskIndex.Entry entry = disk == null ? null : disk.find(object, block.index());
    if (disk == null || entry == null) {
      return false;
    }
    long brings = pages.touching(entry.begin(), entry.begin() + entry.length());
    if ((absent & ~brings) != 0 || ((block.ready() | block.filling()) & brings) != 0) {
      return false;
    }
    block.setFilling(brings);
    block.retain();
    long from = pages.start(block.index(), 0) + entry.begin();
    fromDisk.add(new DiskFetch(disk, block, entry, from, nowNanos));
    return true;
  }

  private List<Fetch> fetches() {
    List<Fetch> fetches = new ArrayList<>();
    List<Run> group = new ArrayList<>();
    for (Run run : runs()) {
      if (!group.isEmpty() && !isClose(group, run)) {
        fetches.add(fetch(group));
        group = new ArrayList<>();
      }
      group.add(run);
    }
    if (!group.isEmpty()) {
      fetches.add(fetch(group));
    }
    fetches.addAll(fromDisk); // after the requests, which take longer
    return fetches;
  }

  private boolean isClose(List<Run> group, Run next) {
    Run last = group.get(group.size() - 1);
    return next.from - last.to <= options.gapBytes()
        && next.to - group.get(0).from <= options.requestBytes();
  }

  /** The missing pages joined into runs, none longer than a request. */
  private List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (Part part : missing.values()) {
      int page = Long.numberOfTrailingZeros(part.bits);
      while (page < Pages.PER_BLOCK) {
        long from = pages.start(part.block.index(), page);
        int count = Long.numberOfTrailingZeros(~(part.bits >>> page));
        add(runs, from, from + (long) Math.min(count, Pages.PER_BLOCK - page) * pages.pageBytes());
        page += count;
        page += page >= Pages.PER_BLOCK ? 0 : Long.numberOfTrailingZeros(part.bits >>> page);
      }
    }
    return runs;
  }

  private void add(List<Run> runs, long from, long to) {
    Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
    if (last != null && last.to == from && to - last.from <= options.requestBytes()) {
      runs.set(runs.size() - 1, new Run(last.from, to));
    } else {
      runs.add(new Run(from, to));
    }
  }

  private Fetch fetch(List<Run> group) {
    long from = group.get(0).from;
    long to = group.get(group.size() - 1).to;
    List<Fetch.Piece> pieces = new ArrayList<>();
    long at = from;
    for (Run run : group) {
      if (run.from > at) {
        pieces.add(new Fetch.Piece(null, at, run.from));
      }
      addPieces(pieces, run);
      at = run.to;
    }
    pieces.sort(Comparator.comparingLong(Fetch.Piece::from));
    return new Fetch(object, from, to, pieces, nowNanos);
  }

  /** A run, cut where one block ends and the next begins. */
  private void addPieces(List<Fetch.Piece> pieces, Run run) {
    long at = run.from;
    while (at < run.to) {
      int index = (int) pages.blockOf(at);
      long end = Math.min(run.to, pages.start(index + 1, 0));
      Part part = missing.get(index);
      if (part == null) {
        throw new IllegalStateException("no block for byte " + at + " of " + object);
      }
      part.block.retain();
      pieces.add(new Fetch.Piece(part.block, at, end));
      at = end;
    }
  }
}
