package io.expressway.cache;

import io.expressway.ObjectInfo;
import io.expressway.RangeNotSatisfiableException;
import io.expressway.Slice;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One position in an object that is read on from, and the bytes asked for ahead of it.
 *
 * <p>The first read asks for exactly what it wants. Whoever reads on where the last read ended gets
 * a window ahead, which is doubled whenever the reader had to wait for it and halved when memory
 * has no room; half of what the run has read already is never too much, up to one request. A run
 * whose end is foreseen is asked for up to there, and not beyond.
 *
 * <p>Thread: confined to its reader's.
 */
final class Run {
  /** What one request asks for at most, as S3's performance guide advises. */
  private static final int PIECE_BYTES = 8 << 20;

  /** A little less leaves room for rounding. */
  private static final int UNCUT_BYTES = PIECE_BYTES - (512 << 10);

  private static final long LEAST_AHEAD_BYTES = 64 << 10;

  private final ObjectSource source;
  private final ReaderOptions options;
  private final long start;
  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private long next;
  private long foreseenEnd = Long.MAX_VALUE;
  private long ahead;
  private boolean wasNarrowed;

  /** Bytes that were asked for: fewer may come, when the object ends. */
  private record Chunk(long from, long to, boolean isAhead, CompletableFuture<Slice> answer) {}

  Run(ObjectSource source, ReaderOptions options, long start) {
    this.source = source;
    this.options = options;
    this.start = start;
    this.next = start;
  }

  long start() {
    return start;
  }

  /** Where the reader stands. */
  long next() {
    return next;
  }

  /** Bytes read since its start. */
  long length() {
    return next - start;
  }

  boolean isUntouched() {
    return next == start;
  }

  /** Whether it was read on from where its first read ended. */
  boolean goesOn() {
    return ahead > 0;
  }

  /** Whether a read at {@code at} goes on with this run: at its position, or among its bytes. */
  boolean reaches(long at) {
    Chunk head = chunks.peekFirst();
    return at == next || (head != null && at >= head.from && at < fetchedTo());
  }

  /** Whether a read there leaves so much out that the run is over, although its window goes on. */
  boolean skipsTo(long at) {
    return at - next >= LEAST_AHEAD_BYTES;
  }

  /** A run that begins there, with what was asked for from there on; this one is over. */
  Run splitAt(long at) {
    Run rest = new Run(source, options, at);
    while (!chunks.isEmpty() && chunks.getLast().to > at) {
      rest.chunks.addFirst(chunks.removeLast());
    }
    close();
    return rest;
  }

  private long fetchedTo() {
    Chunk last = chunks.peekLast();
    return last == null ? next : last.to;
  }

  /** Bytes asked for and not given back. */
  long heldBytes() {
    long bytes = 0;
    for (Chunk chunk : chunks) {
      bytes += chunk.to - chunk.from;
    }
    return bytes;
  }

  /** Whether the bytes at its position are here. */
  boolean isReady() {
    Chunk head = chunks.peekFirst();
    return head != null && head.answer.isDone();
  }

  /** The reader is taken to stop there; if it goes on, nothing is foreseen any more. */
  void foresee(long end) {
    foreseenEnd = end;
  }

  /** The reader wants {@code want} bytes at {@code at}: lets go what lies before, and learns. */
  void arrive(long at, int want) {
    while (!chunks.isEmpty() && chunks.getFirst().to <= at) {
      ObjectSource.giveBack(chunks.removeFirst().answer);
    }
    if (!chunks.isEmpty() && chunks.getFirst().from > at) {
      close();
    }
    if (at >= foreseenEnd) {
      foreseenEnd = Long.MAX_VALUE;
    }
    boolean goesOn = next > start;
    next = at;
    if (!goesOn) {
      return;
    }
    if (ahead == 0) {
      ahead = Math.min(options.mostAheadBytes(), Math.max(options.firstAheadBytes(), want));
    } else if (!isReady() && !wasNarrowed) {
      ahead = Math.min(options.mostAheadBytes(), 2 * ahead);
    }
    ahead = Math.max(ahead, Math.min(PIECE_BYTES, length() / 2)); // in few requests
    wasNarrowed = false;
  }

  /**
   * Asks for what is wanted and for what comes after it.
   *
   * @param want bytes that somebody waits for
   * @param room bytes that may be asked for beyond what is wanted
   */
  void ask(int want, long room) {
    long to = next + Math.max(want, Math.min(reach(), room));
    long size = source.knownSize();
    if (size >= 0) {
      to = Math.min(to, source.endFrom(next));
    }
    long from = Math.max(next, fetchedTo());
    boolean isShort = from < next + want || from - next <= ahead / 2;
    while (isShort && from < to) {
      long end = pieceEnd(from, to);
      boolean isAhead = end > next + want;
      CompletableFuture<Slice> answer =
          isAhead ? source.readAhead(from, end - from) : source.read(from, end - from);
      if (isAhead && ObjectSource.foundNoRoom(answer)) {
        narrow();
        return; // what was asked for before stays
      }
      chunks.add(new Chunk(from, end, isAhead, answer));
      from = size < 0 ? to : end; // where it ends is not known: one at a time
    }
  }

  /**
   * Where the next of the requests for {@code [from, to)} ends. If one is not enough they are cut
   * at multiples, so that none grows beyond what one may ask for when a cache rounds it to pages.
   */
  private static long pieceEnd(long from, long to) {
    return to - from <= UNCUT_BYTES ? to : Math.min(to, (from / PIECE_BYTES + 1) * PIECE_BYTES);
  }

  /** How far beyond its position the run is worth asking for. */
  private long reach() {
    if (foreseenEnd == Long.MAX_VALUE) {
      return ahead;
    }
    return Math.min(options.mostAheadBytes(), foreseenEnd - next);
  }

  /** Whether nothing was asked for that holds the run's position. */
  boolean isBare() {
    return chunks.isEmpty();
  }

  /**
   * Waits for the bytes at the run's position and copies as many as there are.
   *
   * @return how many; -1 at the object's end
   */
  int take(ByteBuffer target) throws IOException {
    Chunk head = chunks.peekFirst();
    if (head == null) {
      return takeExactly(target);
    }
    Slice bytes;
    try {
      bytes = ObjectSource.await(head.answer);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException | NoRoomException e) {
      close();
      return takeAfter(e, head.isAhead, target);
    }
    int count = copy(bytes, next - head.from, target);
    if (count > 0) {
      next += count;
    }
    if (next >= head.to || count < 0) {
      chunks.removeFirst();
      bytes.close();
    }
    return count;
  }

  /** What failed while nobody waited for it is asked for again, now that somebody does. */
  private int takeAfter(Exception failure, boolean wasAhead, ByteBuffer target) throws IOException {
    if (failure instanceof NoRoomException) {
      narrow();
    } else if (failure instanceof RangeNotSatisfiableException past) {
      source.endsBefore(past);
      return -1;
    } else if (!wasAhead && failure instanceof IOException known) {
      throw known;
    }
    return takeExactly(target);
  }

  private void narrow() {
    ahead = Math.max(LEAST_AHEAD_BYTES, ahead / 2);
    wasNarrowed = true;
  }

  /**
   * Copies what the slice has from {@code from} on, as far as there is room.
   *
   * @return how many bytes; -1 when it has none from there on
   */
  static int copy(Slice bytes, long from, ByteBuffer target) {
    long count = Math.min(bytes.length() - from, target.remaining());
    if (count <= 0) {
      return -1;
    }
    try (Slice part = bytes.slice(from, count)) {
      part.copyTo(target);
    }
    return (int) count;
  }

  private int takeExactly(ByteBuffer target) throws IOException {
    long size = source.knownSize();
    long most = Math.min(target.remaining(), options.mostAheadBytes());
    int want = (int) (size < 0 ? pieceEnd(next, next + most) - next : Math.min(most, size - next));
    if (want <= 0) {
      return -1;
    }
    try {
      int count = target.isDirect() ? place(target, want) : copy(target, want);
      next += count;
      return count;
    } catch (RangeNotSatisfiableException e) {
      source.endsBefore(e);
      return -1;
    }
  }

  private int copy(ByteBuffer target, int want) throws IOException {
    int piece = (int) (pieceEnd(next, next + want) - next);
    try (Slice bytes = ObjectSource.await(source.read(next, piece))) {
      bytes.copyTo(target);
      return (int) bytes.length();
    }
  }

  /** Has the bytes received where they are wanted, in pieces at the same time. */
  private int place(ByteBuffer target, int want) throws IOException {
    List<ByteBuffer> places = new ArrayList<>();
    List<CompletableFuture<ObjectInfo>> answers = new ArrayList<>();
    long to = next + want;
    for (long at = next; at < to; at = pieceEnd(at, to)) {
      int length = (int) (pieceEnd(at, to) - at);
      ByteBuffer place = target.slice(target.position() + (int) (at - next), length);
      places.add(place);
      answers.add(source.readInto(at, place));
    }
    awaitAll(answers);
    int count = 0;
    for (ByteBuffer place : places) {
      count += place.position();
    }
    target.position(target.position() + count);
    return count;
  }

  /** Waits even when interrupted or failed: until all have ended the memory is their own. */
  private void awaitAll(List<CompletableFuture<ObjectInfo>> answers) throws IOException {
    boolean isInterrupted = false;
    IOException failure = null;
    for (int i = 0; i < answers.size(); ) {
      try {
        ObjectInfo unused = source.learn(ObjectSource.await(answers.get(i)));
        i++;
      } catch (InterruptedIOException e) {
        isInterrupted |= Thread.interrupted();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        i++;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Gives back all that was asked for; the position stays. */
  void close() {
    chunks.forEach(chunk -> ObjectSource.giveBack(chunk.answer));
    chunks.clear();
  }

  @Override
  public String toString() {
    return "Run[" + start + " to " + next + ", " + chunks.size() + " asked, ahead " + ahead + "]";
  }
}
