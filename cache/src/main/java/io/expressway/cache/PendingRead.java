package io.expressway.cache;

import io.expressway.ByteRange;
import io.expressway.DeadlineExceededException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.RangeNotSatisfiableException;
import io.expressway.ReadProgress;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A read that memory could not answer at once, until it can.
 *
 * <pre>
 *   run ─► known to be missing ─► fails
 *    ▲ ├─► too old, all present ─► asks whether it is the same ──────────┐
 *    │ ├─► the end of an object of unknown size ─► fetches its tail ─────┤
 *    │ ├─► no memory, or of no use ─► reads around the cache             │
 *    │ └─► pins its blocks, fetches what is missing, joins what comes ───┤
 *    │                                                                   │
 *    └────────── until all bytes are there: then lends them ◄────────────┘
 * </pre>
 *
 * <p>Thread: steps run one after the other, each on the thread that ended the wait before it; the
 * count of what is awaited passes the fields on. Never blocks.
 */
final class PendingRead {
  /** What is done about bytes that are not in memory. */
  enum Miss {
    /** They are fetched into memory, or read around it when there is no room. */
    FILL,
    /** They are fetched into memory or not at all. */
    FILL_ONLY,
    /** The read goes around the memory. */
    GO_AROUND
  }

  /** No read needs so many; one that does must be going in circles. */
  private static final int MOST_ROUNDS = 20;

  private static final int MOST_REPEATS = 4;

  /** How much is asked for of an object whose end, and so the read's, is not known. */
  private static final int FIRST_GUESS_BYTES = 1 << 20;

  /** Where blocks stop being counted; with blocks of 256 KiB that is half a petabyte. */
  private static final int LARGEST_INDEX = Integer.MAX_VALUE - 1;

  /** Objects of unknown size are not taken to be longer than this. */
  private static final long FARTHEST_GUESS_BYTES = 1L << 40;

  private final CachedBucket bucket;
  private final ReadRequest request;
  private final Miss miss;
  private final long beganNanos;
  private final CompletableFuture<Slice> answer;
  private final Thread caller = Thread.currentThread();
  private final AtomicInteger awaited = new AtomicInteger();
  private CachedObject object;
  private Block[] pins = {};
  private long from;
  private long to;
  private int rounds;
  private int repeats;
  private volatile @Nullable Fetch failedFetch;
  private volatile @Nullable Throwable failure;
  private @Nullable RuntimeException refusal;

  /** What the bytes shown are of; under this. */
  private @Nullable ObjectInfo shown;

  /** Up to where bytes were there when that was last looked at; under this. */
  private long seenTo;

  PendingRead(CachedBucket bucket, ReadRequest request, Miss miss, long beganNanos) {
    this.bucket = bucket;
    this.request = request;
    this.miss = miss;
    this.beganNanos = beganNanos;
    this.answer = bucket.newAnswer();
    this.object = bucket.objects().getOrAdd(request.key());
  }

  ReadRequest request() {
    return request;
  }

  long from() {
    return from;
  }

  long to() {
    return to;
  }

  /** Goes on until it has to wait; throws what the bucket refuses outright. */
  CompletableFuture<Slice> start() {
    begin();
    run();
    return started();
  }

  private CompletableFuture<Slice> started() {
    if (refusal != null) {
      throw refusal;
    }
    return answer;
  }

  /** Starts reads of one key together, so that what they miss shares requests. */
  static List<CompletableFuture<Slice>> startAll(List<PendingRead> reads) {
    List<PendingRead> missing = new ArrayList<>();
    for (PendingRead read : reads) {
      read.begin();
      if (read.prepare()) {
        missing.add(read);
      }
    }
    fill(missing);
    return reads.stream().map(PendingRead::started).toList();
  }

  private void begin() {
    object.memory().tally().misses.increment();
    startTimer();
  }

  /** A read's own deadline ends it alone; fetches that others wait for as well have their own. */
  private void startTimer() {
    if (request.deadline().isEmpty()) {
      return;
    }
    CompletableFuture<Boolean> timer = new CompletableFuture<>();
    timer
        .completeOnTimeout(true, request.deadline().get().toNanos(), TimeUnit.NANOSECONDS)
        .thenAccept(
            late -> {
              if (late) {
                answer.completeExceptionally(late());
              }
            });
    answer.whenComplete((slice, problem) -> timer.complete(false));
  }

  private DeadlineExceededException late() {
    return new DeadlineExceededException(
        "the read took longer than its deadline of " + request.deadline().get(), site(), null);
  }

  private RequestSite site() {
    return RequestSite.of(Operation.READ, bucket.name(), request.key(), request.range());
  }

  // One step.

  private void run() {
    if (prepare()) {
      fill(List.of(this));
    }
  }

  /** Decides on the next step: true to fill {@code [from, to)}, false when it is being taken. */
  private boolean prepare() {
    if (answer.isDone()) {
      unpin();
      return false;
    }
    if (++rounds > MOST_ROUNDS) {
      return goAround();
    }
    ObjectInfo info = object.info();
    return info == null ? prepareUnknown() : prepareKnown(info);
  }

  private boolean prepareUnknown() {
    if (object.isMissing() && bucket.believesAbsence(object, beganNanos)) {
      return fail(notFound());
    }
    ByteRange range = request.range();
    if (miss == Miss.GO_AROUND) {
      return goAround();
    }
    if (range.isSuffix()) {
      return range.length() > FIRST_GUESS_BYTES ? inquire() : fetchTail();
    }
    if (range.offset() >= FARTHEST_GUESS_BYTES) {
      return inquire();
    }
    long most = range.isBounded() ? bucket.options().requestBytes() : FIRST_GUESS_BYTES;
    from = range.offset();
    to = from + (range.isBounded() ? Math.min(range.length(), most) : most);
    return true;
  }

  private boolean prepareKnown(ObjectInfo info) {
    if (!isOf(info)) {
      return goAround(); // the bucket knows whether ours is the old one
    }
    ByteRange range = request.range();
    boolean fresh = bucket.believes(object, beganNanos);
    from = Resolved.from(range, info.size());
    to = Resolved.to(range, info.size());
    if (from >= to) {
      return !fresh ? inquire() : range.isAll() ? lendNothing(info) : fail(unsatisfiable(info));
    }
    if (!fresh && object.isPresent(from, to)) {
      return inquire();
    }
    if (miss == Miss.GO_AROUND && !object.isPresent(from, to)) {
      return goAround();
    }
    return true;
  }

  private ObjectNotFoundException notFound() {
    return new ObjectNotFoundException(
        "there is no such object, as the bucket said a moment ago", site(), null);
  }

  private RangeNotSatisfiableException unsatisfiable(ObjectInfo info) {
    return new RangeNotSatisfiableException(
        "the range begins past the object's end: it has " + info.size() + " bytes",
        site(),
        info.size(),
        null);
  }

  private boolean lendNothing(ObjectInfo info) {
    hand(Slice.lend(info, List.of(), () -> {}));
    return false;
  }

  // Asking whether it still is what it was.

  private boolean inquire() {
    Inquiry inquiry = Inquiry.about(bucket, object, beganNanos);
    await(1);
    inquiry.outcome().whenComplete((info, problem) -> inquired(info, problem));
    return false;
  }

  private void inquired(@Nullable ObjectInfo info, @Nullable Throwable problem) {
    awaited.decrementAndGet();
    if (info == null) {
      Throwable why = Failures.unwrap(problem);
      refusal = why instanceof RuntimeException refused ? refused : null;
      fail(why);
      return;
    }
    beginAgain();
  }

  // Fetching the end of an object whose size is not known.

  private boolean fetchTail() {
    await(1);
    Tail tail = Tail.of(bucket, object, request.range().length(), beganNanos);
    tail.outcome()
        .whenComplete(
            (done, problem) -> {
              awaited.decrementAndGet();
              if (problem == null) {
                run();
              } else {
                failed(Failures.unwrap(problem), true, tail.askedNanos());
              }
            });
    return false;
  }

  // Filling.

  private static void fill(List<PendingRead> reads) {
    if (reads.isEmpty()) {
      return;
    }
    PendingRead first = reads.get(0);
    CachedObject object = first.object;
    if (reads.stream().anyMatch(read -> read.object != object)) {
      reads.forEach(read -> fill(List.of(read))); // it changed while they were prepared
      return;
    }
    reads.forEach(read -> read.await(1)); // for the sending itself
    List<Fetch> fetches = tooLarge(reads) ? null : plan(reads, object);
    if (fetches == null && reads.size() > 1) {
      reads.forEach(read -> read.await(-1));
      reads.forEach(read -> fill(List.of(read)));
      return;
    }
    if (fetches == null) {
      first.await(-1);
      first.goAround();
      return;
    }
    boolean isHere =
        first.caller == Thread.currentThread() && bytes(reads) <= DiskTier.MOST_READ_HERE_BYTES;
    fetches.forEach(fetch -> fetch.send(first.bucket, isHere));
    reads.forEach(read -> read.arrived(null, null));
  }

  private static @Nullable List<Fetch> plan(List<PendingRead> reads, CachedObject object) {
    CachedBucket bucket = reads.get(0).bucket;
    return object.plan(reads, bucket.options(), bucket.now());
  }

  private static long bytes(List<PendingRead> reads) {
    return reads.stream().mapToLong(read -> read.to - read.from).sum();
  }

  /** Half of the memory at most, so that one read cannot push out all that is worth keeping. */
  private static boolean tooLarge(List<PendingRead> reads) {
    BlockCache memory = reads.get(0).object.memory();
    long end = reads.stream().mapToLong(PendingRead::to).max().orElse(0);
    return bytes(reads) > (long) memory.capacityBlocks() / 2 * memory.blockBytes()
        || memory.pages().blockOf(end) > LARGEST_INDEX;
  }

  /** The blocks of {@code [from, to)}, a reader of each counted in. */
  void pinned(Block[] blocks) {
    Block[] before = pins;
    pins = blocks;
    release(before);
  }

  Block[] pins() {
    return pins;
  }

  void unpin() {
    Block[] before = pins;
    pins = new Block[0];
    release(before);
  }

  private static void release(Block[] blocks) {
    for (Block block : blocks) {
      block.release();
    }
  }

  /** One more fetch to wait for. */
  void awaits() {
    await(1);
  }

  private void await(int more) {
    awaited.addAndGet(more);
  }

  /** A fetch has ended, or the sending of all of them; the last one to arrive goes on. */
  void arrived(@Nullable Fetch fetch, @Nullable Throwable problem) {
    if (problem != null) {
      failedFetch = fetch;
      failure = problem;
    }
    if (awaited.decrementAndGet() == 0) {
      Throwable failed = failure;
      Fetch by = failedFetch;
      failure = null;
      failedFetch = null;
      if (failed != null && by != null) {
        failed(failed, by);
      } else {
        filled();
      }
    }
  }

  /** All that was fetched is there: enough to lend, or to know what else is needed. */
  private void filled() {
    ObjectInfo info = object.info();
    if (info != null
        && bucket.believes(object, beganNanos)
        && holds(info)
        && from == Resolved.from(request.range(), info.size())
        && Math.min(to, info.size()) == Resolved.to(request.range(), info.size())
        && from < info.size()) {
      Block[] held = pins;
      pins = new Block[0];
      to = Math.min(to, info.size());
      object.memory().tally().askedBytes.add(to - from);
      hand(Lending.of(info, object.memory(), held, from, to));
    } else {
      run();
    }
  }

  private boolean holds(ObjectInfo info) {
    if (!isOf(info)) {
      return false;
    }
    Pages pages = object.memory().pages();
    long end = Math.min(to, info.size());
    for (Block block : pins) {
      long start = pages.start(block.index(), 0);
      if (start < end && !block.isReady(pages.touching(block.index(), from, end))) {
        return false;
      }
    }
    return true;
  }

  // Showing what is there already.

  /** Whether somebody is told of the first bytes while others are on their way. */
  boolean isWatched() {
    return request.progress().isPresent();
  }

  /**
   * Shows what is there from the first byte on. A fetch is waited for meanwhile, so no step is
   * taken; several fetches may bring bytes at the same time.
   */
  synchronized void show() {
    ObjectInfo info = object.info();
    ReadProgress watching = request.progress().orElse(null);
    if (watching == null
        || info == null
        || answer.isDone()
        || !isOf(info)
        || (shown != null && !isSame(shown, info))
        || from != Resolved.from(request.range(), info.size())
        || !bucket.believes(object, beganNanos)) {
      return;
    }
    long upTo = presentTo(Math.min(to, info.size()));
    if (upTo <= Math.max(from, seenTo)) {
      return;
    }
    seenTo = upTo;
    if (watching instanceof Arrival reader && !reader.wants(upTo - from)) {
      return;
    }
    shown = info;
    Pages pages = object.memory().pages();
    Block[] held = Arrays.copyOf(pins, (int) (pages.blockOf(upTo - 1) - pages.blockOf(from)) + 1);
    for (Block block : held) {
      block.retain();
    }
    watching.onArrived(Lending.of(info, object.memory(), held, from, upTo));
  }

  /** Up to where all pages from the first byte on are there. Under this. */
  private long presentTo(long end) {
    Pages pages = object.memory().pages();
    long at = Math.max(from, seenTo);
    while (at < end) {
      Block block = pins[(int) (pages.blockOf(at) - pages.blockOf(from))];
      long absent = ~block.ready() & pages.touching(block.index(), at, end);
      if (absent != 0) {
        return Math.max(at, pages.start(block.index(), Long.numberOfTrailingZeros(absent)));
      }
      at = pages.start(block.index() + 1, 0);
    }
    return Math.min(end, at);
  }

  private static boolean isSame(ObjectInfo one, ObjectInfo other) {
    return one.version().equals(other.version());
  }

  private boolean isOf(ObjectInfo info) {
    ObjectVersion required = request.version().orElse(null);
    return required == null || required.equals(info.version());
  }

  // What can go wrong.

  private void failed(Throwable problem, Fetch by) {
    if (problem instanceof PreconditionFailedException) {
      changed(problem, by.isOwnedBy(this), by.isOfOwnersVersion());
    } else {
      failed(problem, by.isOwnedBy(this), by.askedNanos());
    }
  }

  private void failed(Throwable problem, boolean own, long askedNanos) {
    if (problem instanceof RuntimeException refused) {
      refusal = refused;
      fail(refused);
    } else if (problem instanceof RangeNotSatisfiableException past && object.info() == null) {
      pastEnd(past);
    } else if (problem instanceof RangeNotSatisfiableException) {
      run(); // other bytes came, and told the object's size
    } else if (problem instanceof ObjectNotFoundException) {
      absent(problem, own, askedNanos);
    } else if (problem instanceof PreconditionFailedException) {
      changed(problem, own, false);
    } else if (problem instanceof DiskFetch.NotOnDisk
        || (problem instanceof DeadlineExceededException && !own)) {
      run(); // the bucket has it; another's deadline is not ours
    } else {
      fail(problem);
    }
  }

  private void absent(Throwable problem, boolean own, long askedNanos) {
    bucket.isAbsent(object, askedNanos);
    if (own || bucket.wouldBelieve(askedNanos, beganNanos)) {
      fail(problem);
    } else {
      beginAgain(); // it may have come to be after another asked and before we did
    }
  }

  /** The first question about an object was for bytes past its end. */
  private void pastEnd(RangeNotSatisfiableException past) {
    if (request.range().isAll()) {
      goAround(); // an empty object: only a read of all of it has an answer
    } else if (request.range().isSuffix() || past.objectSize() <= request.range().offset()) {
      fail(
          new RangeNotSatisfiableException(
              past.objectSize() < 0
                  ? "the range begins past the object's end"
                  : "the range begins past the object's end: it has "
                      + past.objectSize()
                      + " bytes",
              site(),
              past.objectSize(),
              past));
    } else {
      run();
    }
  }

  private void changed(Throwable problem, boolean own, boolean ofOwnersVersion) {
    if (!ofOwnersVersion) {
      bucket.objects().forget(object);
    }
    if (request.version().isPresent() && own) {
      fail(problem);
    } else if (bucket.options().change() == CacheOptions.Change.FAIL
        && !ofOwnersVersion
        && !object.isHearsay()) {
      fail(problem);
    } else if (!ofOwnersVersion && ++repeats > MOST_REPEATS) {
      fail(problem);
    } else {
      beginAgain();
    }
  }

  private void beginAgain() {
    unpin();
    object = bucket.objects().getOrAdd(request.key());
    run();
  }

  /** Ends the read; false, for callers that say whether there is more to do. */
  private boolean fail(Throwable problem) {
    unpin();
    answer.completeExceptionally(problem);
    return false;
  }

  private synchronized boolean isOfAnotherThanShown(Slice slice) {
    return shown != null && !isSame(shown, slice.info());
  }

  private void hand(Slice slice) {
    unpin();
    if (isOfAnotherThanShown(slice)) {
      slice.close();
      answer.completeExceptionally(
          new PreconditionFailedException("the object changed while it was read", site(), null));
      return;
    }
    if (!answer.complete(slice)) {
      slice.close();
    }
  }

  // Around the memory.

  private boolean goAround() {
    unpin();
    if (miss == Miss.FILL_ONLY) {
      return fail(new NoRoomException(request, object.memory()));
    }
    object.memory().tally().around.increment();
    long asked = bucket.now();
    CompletableFuture<Slice> read;
    try {
      read = bucket.seen(bucket.delegate().read(request));
    } catch (RuntimeException refused) {
      refusal = refused;
      return fail(refused);
    }
    answer.whenComplete((slice, problem) -> read.cancel(false)); // no effect once it is over
    read.whenComplete((slice, problem) -> cameAround(slice, problem, asked));
    return false;
  }

  private void cameAround(@Nullable Slice slice, @Nullable Throwable problem, long asked) {
    if (slice == null) {
      Throwable why = Failures.unwrap(problem);
      if (why instanceof ObjectNotFoundException) {
        bucket.isAbsent(object, asked);
      }
      fail(why);
      return;
    }
    object.memory().tally().aroundBytes.add(slice.length());
    bucket.isThere(object, slice.info(), asked);
    hand(slice);
  }

  @Override
  public String toString() {
    return "PendingRead[" + request + "]";
  }
}
