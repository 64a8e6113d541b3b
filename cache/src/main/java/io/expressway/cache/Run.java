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
 * <p>The first read asks for exactly what it wants, or, after runs that were long, for as much as
 * the shorter of the last two. Whoever reads on where the last read ended is read ahead of: in
 * requests of twice what was asked for so far, up to one of the size S3 advises, so that they are
 * few; the next one when no more than a window is left. The window grows fourfold whenever the
 * reader had to wait; so that what is fetched in vain is limited, to no more than half of what the
 * run has read, over a cache a quarter and, for requests of full size, what the reader is taken to
 * have read before. Both are halved when memory has no room. Where a connection is seen to be slow,
 * what would be one request is several that are under way at the same time. Whoever reads in large
 * pieces knows what it wants, and is read ahead of after some of one size, until one is smaller. A
 * run whose end is foreseen is asked for up to there, and not beyond. A reader that said that it is
 * sequential is read ahead of as far as may be, from its first read on.
 *
 * <p>Thread: confined to its reader's.
 */
final class Run {
  private static final int CUT_BYTES = 512 << 10;
  private static final int LARGE_BYTES = 4 << 20;
  private static final int LEAST_REST_BYTES = 1 << 20;
  private static final int LEAST_EXPECTED_BYTES = 1 << 20;
  private static final int LARGE_READS = 3;

  private static final long LEAST_AHEAD_BYTES = 64 << 10;
  private static final int WINDOW_GROWTH = 4;

  private final ObjectSource source;
  private ReaderOptions options;
  private final long start;

  /** Bytes that the reader is taken to have read before, for how much is asked for, and when. */
  private final long credit;

  /** How little may be left before more is asked for, once the reader goes on. */
  private final long firstWindow;

  private final ArrayDeque<Arrival> chunks = new ArrayDeque<>();
  private long next;
  private long foreseenEnd = Long.MAX_VALUE;

  /** Bytes that are taken to be read before it was read on from. */
  private long expected;

  /** How little may be left before more is asked for; 0 until the reader goes on. */
  private long window;

  /** What one request may ask for, and the window at most; less while memory has no room. */
  private long most;

  private boolean wasNarrowed;
  private int wanted;
  private long mostWanted;
  private int reads;
  private boolean isSure;

  /** A reader's first run. */
  Run(ObjectSource source, ReaderOptions options, long start) {
    this(source, options, start, 0, LEAST_AHEAD_BYTES);
  }

  private Run(
      ObjectSource source, ReaderOptions options, long start, long credit, long firstWindow) {
    this.source = source;
    this.options = options;
    this.start = start;
    this.credit = credit;
    this.firstWindow = firstWindow;
    this.next = start;
    this.most = options.mostAheadBytes();
  }

  /**
   * A run that begins elsewhere after this one. It waits once less before its window is as wide.
   *
   * @param credit bytes that the reader is taken to have read before
   */
  Run beginAt(long at, long credit) {
    return new Run(
        source, options, at, credit, Math.max(LEAST_AHEAD_BYTES, window / WINDOW_GROWTH));
  }

  /** The same run, read otherwise from now on. */
  void follow(ReaderOptions changed) {
    options = changed;
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

  /** What a run that begins now may take the reader to have read. */
  long experience() {
    return credit + length();
  }

  boolean isUntouched() {
    return next == start;
  }

  /** Whether it was read on from where its first read ended. */
  boolean goesOn() {
    return window > 0;
  }

  /** Whether a read at {@code at} goes on with this run: at its position, or among its bytes. */
  boolean reaches(long at) {
    Arrival head = chunks.peekFirst();
    return at == next || (head != null && at >= head.from() && at < fetchedTo());
  }

  /** Whether a read there leaves so much out that the run is over, although its window goes on. */
  boolean skipsTo(long at) {
    return at - next >= LEAST_AHEAD_BYTES;
  }

  /** A run that begins there, with what was asked for from there on; this one is over. */
  Run splitAt(long at) {
    Run rest = beginAt(at, experience());
    while (!chunks.isEmpty() && chunks.getLast().to() > at) {
      rest.chunks.addFirst(chunks.removeLast());
    }
    close();
    return rest;
  }

  private long fetchedTo() {
    Arrival last = chunks.peekLast();
    return last == null ? next : last.to();
  }

  /** Bytes asked for and not given back. */
  long heldBytes() {
    long bytes = 0;
    for (Arrival chunk : chunks) {
      bytes += chunk.to() - chunk.from();
    }
    return bytes;
  }

  /** Whether the bytes that were wanted last are here. */
  boolean isReady() {
    Arrival head = chunks.peekFirst();
    return head != null && head.has(next + wanted);
  }

  /** The reader is taken to stop there; if it goes on, nothing is foreseen any more. */
  void foresee(long end) {
    foreseenEnd = end;
  }

  /** The reader is taken to read at least so far; nothing is foreseen of how much further. */
  void expect(long length) {
    expected = length < LEAST_EXPECTED_BYTES ? 0 : length;
  }

  boolean isExpectedToGoOn() {
    return expected > 0 || options.isSequential();
  }

  private boolean isForeseen() {
    return foreseenEnd != Long.MAX_VALUE;
  }

  /** The reader wants {@code want} bytes at {@code at}: lets go what lies before, and learns. */
  void arrive(long at, int want) {
    while (!chunks.isEmpty() && chunks.getFirst().to() <= at) {
      chunks.removeFirst().close();
    }
    if (!chunks.isEmpty() && chunks.getFirst().from() > at) {
      close();
    }
    if (at >= foreseenEnd) {
      foreseenEnd = Long.MAX_VALUE;
    }
    boolean goesOn = next > start;
    next = at;
    wanted = want;
    reads = goesOn ? reads + 1 : 1;
    isSure =
        want < LARGE_BYTES ? mostWanted < LARGE_BYTES : reads > LARGE_READS && want >= mostWanted;
    mostWanted = Math.max(want, mostWanted);
    if (options.isSequential()) {
      isSure = true;
      most = wasNarrowed ? most : Math.min(options.mostAheadBytes(), 2 * most);
      window = Math.max(LEAST_AHEAD_BYTES, most - grain(at)); // there is room for one more then
      wasNarrowed = false;
      return;
    }
    if (!goesOn) {
      return;
    }
    if (!wasNarrowed) {
      most = Math.min(options.mostAheadBytes(), 2 * most);
      if (window == 0) {
        window = firstWindow;
      } else if (!isReady()) {
        window *= WINDOW_GROWTH;
      }
    }
    window = Math.min(window, most);
    wasNarrowed = false;
  }

  /**
   * Asks for what is wanted and for what comes after it.
   *
   * @param want bytes that somebody waits for
   * @param room bytes that may be asked for beyond what is wanted
   */
  void ask(int want, long room) {
    long size = source.knownSize();
    long end = size < 0 ? Long.MAX_VALUE : source.endFrom(next);
    long needed = Math.min(end, next + want);
    long limit = Math.min(end, Math.max(needed, next + Math.min(room, reach())));
    long from = Math.max(next, fetchedTo());
    boolean isGuess = window > 0 && isSure && !isForeseen();
    while (from < needed || isWorthMore(from, limit, end)) {
      long upTo = isForeseen() ? limit : Math.min(limit, from + grain(from));
      long to = pieceEnd(from, Math.max(needed, upTo));
      if (isGuess
          && limit == end
          && end - to < LEAST_REST_BYTES
          && end - from <= uncutBytes(options.mostRequestBytes())) {
        to = end;
      }
      if (!ask(from, to, next + want)) {
        narrow();
        return; // what was asked for before stays
      }
      if (size < 0) {
        return; // where it ends is not known: one at a time
      }
      from = to;
    }
  }

  /**
   * Asks for {@code [from, to)}, by several requests where a connection is slow.
   *
   * @param needed where that ends what somebody waits for
   * @return whether there was room
   */
  private boolean ask(long from, long to, long needed) {
    long part = partBytes();
    for (long at = from; at < to; ) {
      long end = cut(at, to, part);
      boolean isAhead = end > needed;
      Arrival bytes =
          isAhead ? Arrival.ofAhead(source, at, end) : Arrival.ofWanted(source, at, end);
      if (isAhead && ObjectSource.foundNoRoom(bytes.answer())) {
        return false;
      }
      chunks.add(bytes);
      at = end;
    }
    return true;
  }

  /** Whether more should be asked for beyond what is wanted. */
  private boolean isWorthMore(long from, long limit, long end) {
    if (from >= limit) {
      return false;
    }
    if (isForeseen()) {
      return true;
    }
    long grain = grain(from);
    if (options.isSequential()) {
      return from - next <= window && (limit - from >= grain || limit == end);
    }
    boolean isFull = limit - from >= grain / 2; // less is not worth a guess
    long longest =
        source.bringsWhatIsGivenUp() ? length() / 4 + (isFull ? credit : 0) : length() / 2;
    boolean isLittleLeft = from - next <= Math.max(grain / 4, Math.min(window, longest));
    return isLittleLeft && (isFull || limit == end);
  }

  /** How much one request asks for ahead, after all that was asked for up to there. */
  private long grain(long from) {
    if (options.isSequential()) { // two at the same time, at least
      return source.knownSize() < 0
          ? unmeasuredBytes()
          : Math.min(options.mostRequestBytes(), most / 2);
    }
    long doubled = Math.max(options.firstAheadBytes(), 2 * (from - start + credit));
    return Math.min(Math.min(options.mostRequestBytes(), doubled), most);
  }

  /** What one connection brings while it is worth waiting for it; all, while the end is unknown. */
  private long partBytes() {
    long most = options.mostRequestBytes();
    long inTime = source.bytesInTime();
    if (source.knownSize() < 0) {
      return most;
    }
    if (inTime == 0) {
      return options.isSequential() ? unmeasuredBytes() : most;
    }
    return Math.min(most, Math.max(options.leastRequestBytes(), inTime));
  }

  /** What one request asks for where much is asked for and nobody knows how fast it comes. */
  private long unmeasuredBytes() {
    return Math.max(options.leastRequestBytes(), options.mostRequestBytes() / 2);
  }

  /**
   * Where the next of the requests for {@code [from, to)} ends. If one is not enough they are cut
   * where it does not grow beyond that when a cache rounds it to pages.
   */
  private long pieceEnd(long from, long to) {
    return cut(from, to, options.mostRequestBytes());
  }

  private static long cut(long from, long to, long piece) {
    return to - from <= uncutBytes(piece) ? to : (from + piece) / CUT_BYTES * CUT_BYTES;
  }

  /** A little more is not worth a request of its own. */
  private static long uncutBytes(long piece) {
    return piece + piece / 8;
  }

  /** How far beyond its position the run is worth asking for. */
  private long reach() {
    if (isForeseen()) {
      return Math.min(most, foreseenEnd - next);
    }
    if (window == 0) {
      return Math.min(most, Math.max(0, start + expected - next));
    }
    return isSure ? options.mostAheadBytes() : 0;
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
    Arrival head = chunks.peekFirst();
    if (head == null) {
      return takeExactly(target);
    }
    int count;
    try {
      count = head.take(next, target);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException | NoRoomException e) {
      close();
      return takeAfter(e, head.isAhead(), target);
    }
    if (count > 0) {
      next += count;
    }
    if (next >= head.to() || count < 0) {
      chunks.removeFirst().close();
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
    most = Math.max(LEAST_AHEAD_BYTES, most / 2);
    window = Math.min(window, most);
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
    long part = partBytes();
    for (long at = next; at < to; at = cut(at, to, part)) {
      int length = (int) (cut(at, to, part) - at);
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
    chunks.forEach(Arrival::close);
    chunks.clear();
  }

  @Override
  public String toString() {
    return "Run[" + start + " to " + next + ", " + chunks.size() + " asked, window " + window + "]";
  }
}
