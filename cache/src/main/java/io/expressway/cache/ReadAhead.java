package io.expressway.cache;

import io.expressway.Slice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Guesses what a reader reads next from what it read before.
 *
 * <p>Reads that go on where an earlier one ended belong to one {@link Run}, of which there may be
 * several that take turns, as the columns of a file do. When runs of the same length begin at equal
 * distances, forward or backward, the next ones are asked for before they begin.
 *
 * <p>Thread: one reader's at a time; may be closed by another.
 */
final class ReadAhead implements AutoCloseable {
  private static final int MOST_RUNS = 16;
  private static final int DEEPEST = 8;
  private final ObjectSource source;
  private ReaderOptions options;

  /** Least recently used first. */
  private final List<Run> runs = new ArrayList<>();

  private @Nullable Run current;
  private Stretch last = Stretch.NONE;
  private Stretch beforeLast = Stretch.NONE;
  private int depth = 2;

  /** What the last read wanted; nothing before the first one. */
  private long lastFrom;

  private long lastTo;

  /** Of a small object that was read from more than once. */
  private @Nullable Rest rest;

  private boolean closed;

  /** A run that is over. */
  private record Stretch(long start, long length) {
    static final Stretch NONE = new Stretch(-1, 0);
  }

  ReadAhead(ObjectSource source, ReaderOptions options) {
    this.source = source;
    this.options = options;
  }

  /** All that is left is wanted, from wherever it is read on. */
  synchronized void expectTheRest() {
    options = options.sequential();
    runs.forEach(run -> run.follow(options));
  }

  /**
   * Fills {@code target} from {@code at} on, as far as the object goes.
   *
   * @return bytes read; -1 when there are none from there on
   */
  synchronized int read(long at, ByteBuffer target) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (lastTo == 0) {
      source.begin(at, target.remaining());
    }
    long beforeFrom = lastFrom;
    long beforeTo = lastTo;
    int want = want(target);
    lastFrom = at;
    lastTo = at + want;
    int before = target.position();
    long position = at;
    Run run = null;
    while (target.hasRemaining() && !isPastEnd(position)) {
      Slice footer = source.footerWith(position);
      if (position == at && footer == null && beforeTo > 0 && isWantedWhole()) {
        wantRest(new Rest.Span(at, at + want), new Rest.Span(beforeFrom, beforeTo));
      }
      int count;
      int here = footer != null || rest == null ? 0 : rest.take(position, target);
      if (footer != null) {
        long begin = footer.info().size() - footer.length();
        count = Run.copy(footer, position - begin, target);
        run = null;
      } else if (here > 0) {
        count = here;
        run = null;
      } else {
        int limit = target.limit();
        target.limit(limitOf(target, position));
        try {
          if (run == null) {
            run = approach(position, target);
          } else if (run.isBare() && !target.isDirect()) {
            run.ask(want(target), roomFor(run)); // as far as it went, the size was not known
          }
          count = run.take(target);
        } finally {
          target.limit(limit);
        }
      }
      if (count < 0) {
        break;
      }
      position += count;
    }
    if (run != null) {
      run.ask(0, roomFor(run));
    }
    int count = target.position() - before;
    return count == 0 && target.hasRemaining() ? -1 : count;
  }

  /** As {@link #read}, but fetches nothing else. */
  synchronized int readExactly(long at, ByteBuffer target) throws IOException {
    Run run = runAt(at);
    run.foresee(at + target.remaining());
    return read(at, target);
  }

  /** Where the target ends for now: what is asked for already is not asked for again. */
  private int limitOf(ByteBuffer target, long at) {
    long gap = rest == null ? Long.MAX_VALUE : rest.beginsAfter(at) - at;
    return (int) Math.min(target.limit(), target.position() + Math.min(gap, target.remaining()));
  }

  private int want(ByteBuffer target) {
    return Math.min(target.remaining(), options.mostAheadBytes());
  }

  private boolean isPastEnd(long position) {
    long size = source.knownSize();
    return size >= 0 && position >= size;
  }

  /** Sees to it that what is wanted is asked for, and what comes next. */
  private Run approach(long at, ByteBuffer target) {
    Run run = runAt(at);
    boolean begins = run.isUntouched() && run != current;
    long stride = begins ? begin(run, at) : 0;
    int want = want(target);
    run.arrive(at, want);
    boolean isOnlyWanted = begins && stride == 0 && !run.isExpectedToGoOn() && run.isBare();
    if (!target.isDirect() || !isOnlyWanted) {
      run.ask(want, roomFor(run)); // else it is received in the target itself
    }
    if (stride != 0) {
      foresee(run, stride);
    }
    return run;
  }

  /** Whether all of the object is fetched as it is small, and not on its way already. */
  private boolean isWantedWhole() {
    long size = source.knownSize();
    return size >= 0 && size <= options.wholeBytes() && !options.isSequential();
  }

  /** Whoever comes back to a small object gets all of it, in the background and in few requests. */
  private void wantRest(Rest.Span wanted, Rest.Span before) {
    long end = source.endFrom(wanted.from());
    if (rest == null) {
      rest = new Rest(source, before, end);
    }
    rest.want(wanted, wanted.from() < before.from() && before.from() < end);
  }

  /** The run that goes on at {@code at}, or a new one; used most recently either way. */
  private Run runAt(long at) {
    Run known = knownAt(at);
    if (known != null) {
      runs.remove(known);
      Run run = known.skipsTo(at) ? known.splitAt(at) : known;
      runs.add(run);
      return run;
    }
    if (runs.size() == MOST_RUNS) {
      runs.remove(0).close();
    }
    Run before = current;
    Run fresh =
        before == null ? new Run(source, options, at) : before.beginAt(at, before.experience() / 2);
    runs.add(fresh);
    return fresh;
  }

  /** One that stands there, or else one that has asked for what is there; the latest first. */
  private @Nullable Run knownAt(long at) {
    Run reaching = null;
    for (int i = runs.size() - 1; i >= 0; i--) {
      Run run = runs.get(i);
      if (run.next() == at) {
        return run;
      }
      reaching = reaching == null && run.reaches(at) ? run : reaching;
    }
    return reaching;
  }

  /** A run begins: how far apart runs begin, if that and their length are always the same. */
  private long begin(Run run, long at) {
    Run before = current;
    if (before != null) {
      beforeLast = last;
      last = new Stretch(before.start(), before.length());
    }
    current = run;
    if (last.length == 0 || last.length != beforeLast.length) {
      run.expect(Math.min(last.length, beforeLast.length));
      return 0;
    }
    run.foresee(at + last.length);
    long stride = at - last.start;
    return stride == last.start - beforeLast.start && Math.abs(stride) >= last.length ? stride : 0;
  }

  /** Asks for the runs that come next if all goes on like this. */
  private void foresee(Run run, long stride) {
    long size = source.knownSize();
    if (rest != null) {
      return;
    }
    if (!run.isReady()) {
      depth = Math.min(DEEPEST, 2 * depth);
    }
    for (int i = 1; i <= depth; i++) {
      long start = run.start() + i * stride;
      if (start < 0 || start >= size || runs.size() == MOST_RUNS) {
        return;
      }
      if (runs.stream().noneMatch(known -> known.start() == start)) {
        Run next = run.beginAt(start, run.experience());
        next.foresee(start + last.length);
        next.ask(0, roomFor(next));
        runs.add(0, next);
      }
    }
  }

  /**
   * What the run may ask for beyond what is wanted. Others that were left alone give way; where
   * another was read from its start on, as the next column of a file is, this one is over.
   */
  private long roomFor(Run run) {
    if (rest != null) {
      return 0; // all is asked for
    }
    long room = options.mostAheadBytes();
    for (Run other : runs) {
      room -= other == run ? 0 : other.heldBytes();
    }
    for (int i = 0; i < runs.size() && room < options.firstAheadBytes(); i++) {
      Run other = runs.get(i);
      if (other != run) {
        room += other.heldBytes();
        other.close();
      }
    }
    for (Run other : runs) {
      if (other != run && other.goesOn() && other.start() >= run.next()) {
        room = Math.min(room, other.start() - run.next());
      }
    }
    return Math.max(0, room);
  }

  /** Gives back what was read ahead; waits for a read that another thread is in. */
  @Override
  public synchronized void close() {
    closed = true;
    runs.forEach(Run::close);
    runs.clear();
    current = null;
    if (rest != null) {
      rest.close();
      rest = null;
    }
  }
}
