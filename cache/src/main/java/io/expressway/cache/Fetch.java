package io.expressway.cache;

import io.expressway.ByteRange;
import io.expressway.CorruptResponseException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.ReadProgress;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One request for missing pages of an object, received in their blocks. Any number of reads wait
 * for it; it is sent once and never cancelled, so that nobody's change of mind touches another, and
 * no memory changes hands while a connection may still write to it.
 *
 * <p>When it is known of which version it must be, its pages are ready as they come: who waits for
 * the first goes on without the last.
 *
 * <p>Thread: waiters come and go under the object's lock while the fetch is among the object's; it
 * ends once, on whatever thread brings the answer.
 */
class Fetch implements ReadProgress {
  private final CachedObject object;
  private final long from;
  private final long to;
  private final List<Piece> pieces;
  private final boolean hasGaps;
  private final long askedNanos;
  private final List<PendingRead> waiters = new ArrayList<>(2);
  private int everWaited;
  private @Nullable PendingRead owner;
  private @Nullable ObjectVersion required;
  private boolean ofOwnersVersion;

  /** Up to where its pages are ready, and in which piece that is; under the object's lock. */
  private long arrived;

  private int arriving;

  private final @Nullable CacheFetchEvent event =
      FlightRecorder.isInitialized() ? new CacheFetchEvent() : null;

  /**
   * Bytes {@code [from, to)} of the object and the block they go to, with all of its pages that are
   * touched; null for bytes that nobody wants.
   */
  record Piece(@Nullable Block block, long from, long to) {}

  /** Takes over a reader of each block. */
  Fetch(CachedObject object, long from, long to, List<Piece> pieces, long askedNanos) {
    this.object = object;
    this.from = from;
    this.to = to;
    this.arrived = from;
    this.pieces = pieces;
    this.hasGaps = pieces.stream().anyMatch(piece -> piece.block == null);
    this.askedNanos = askedNanos;
  }

  /** Whether it is still to bring anything that the read wants. Under the object's lock. */
  boolean serves(PendingRead read) {
    return brings(read, arrived, to);
  }

  private boolean brings(PendingRead read, long start, long end) {
    long begin = Math.max(start, read.from());
    long last = Math.min(end, read.to());
    if (begin >= last || !hasGaps) {
      return begin < last;
    }
    for (Piece piece : pieces) {
      if (piece.block != null && piece.to > begin && piece.from < last) {
        return true;
      }
    }
    return false;
  }

  /** Lets the read wait; the first becomes the owner, whose conditions the request carries. */
  void await(PendingRead read, boolean isNew) {
    waiters.add(read);
    everWaited++;
    read.awaits();
    if (isNew && owner == null) {
      owner = read;
    }
  }

  long askedNanos() {
    return askedNanos;
  }

  boolean isOwnedBy(PendingRead read) {
    return owner == read;
  }

  /** Whether a condition of the owner's, not what is known of the object, was to be met. */
  boolean isOfOwnersVersion() {
    return ofOwnersVersion;
  }

  // Sending.

  /**
   * Sends the request. Not under the object's lock: the answer may be there at once.
   *
   * @param isHere whether what waits for nobody may be done on this thread
   */
  void send(CachedBucket bucket, boolean isHere) {
    ObjectInfo known = object.info();
    long end = known == null ? to : Math.min(to, known.size());
    if (end <= from) {
      end(null); // it has become known meanwhile that the object ends before
      return;
    }
    List<ByteBuffer> targets = targets(end);
    CompletableFuture<ObjectInfo> answer;
    if (event != null) {
      event.begin();
    }
    try {
      answer = bucket.seen(bucket.delegate().readInto(request(known, end), targets));
    } catch (RuntimeException refusal) {
      end(refusal);
      return;
    }
    count(end - from);
    answer.whenComplete((info, failure) -> answered(bucket, targets, end, info, failure));
  }

  private void count(long bytes) {
    Tally tally = object.memory().tally();
    tally.fetches.increment();
    tally.fetchedBytes.add(bytes);
    tally.gapBytes.add(gaps());
  }

  private long gaps() {
    return pieces.stream()
        .filter(piece -> piece.block == null)
        .mapToLong(piece -> piece.to - piece.from)
        .sum();
  }

  private ReadRequest request(@Nullable ObjectInfo known, long end) {
    boolean isWhole = known != null && from == 0 && end == known.size() && !hasGaps;
    ByteRange range = isWhole ? ByteRange.all() : ByteRange.of(from, end - from);
    ReadRequest request = ReadRequest.of(object.key(), range);
    PendingRead first = owner;
    if (known != null) {
      required = known.version();
    } else if (first != null && first.request().version().isPresent()) {
      required = first.request().version().get();
      ofOwnersVersion = true;
    }
    if (required != null) {
      request = request.ifVersion(required);
    }
    if (required != null && !isWhole) { // of a whole one the checksum comes last
      request = request.watchedBy(this);
    }
    return first == null || first.request().deadline().isEmpty()
        ? request
        : request.deadline(first.request().deadline().get());
  }

  private List<ByteBuffer> targets(long end) {
    Pages pages = object.memory().pages();
    List<ByteBuffer> targets = new ArrayList<>(pieces.size());
    for (Piece piece : pieces) {
      long last = Math.min(piece.to, end);
      if (last > piece.from && piece.block != null) {
        int begin = pages.within(piece.from);
        targets.add(piece.block.view(begin, begin + (int) (last - piece.from)));
      } else if (last > piece.from) {
        object.memory().sink().addTo(targets, last - piece.from);
      }
    }
    return targets;
  }

  // Coming.

  @Override
  public void onArrived(Slice soFar) {
    soFar.close(); // lies elsewhere, and is to be copied
  }

  /** What is asked for again under the same condition is written again with the same bytes. */
  @Override
  public void onPlaced(ObjectInfo info, long bytes) {
    if (info.version().equals(required) && object.establish(info, askedNanos)) {
      object.arrived(this, from + bytes).forEach(Runnable::run);
    }
  }

  /**
   * Marks the pages up to there. Under the object's lock.
   *
   * @return what it means to those who waited for them, to be run after leaving the lock
   */
  List<Runnable> advance(long upTo) {
    Pages pages = object.memory().pages();
    long start = arrived;
    long end = pages.roundDown(upTo);
    if (end <= start) {
      return List.of();
    }
    while (arrived < end) {
      Piece piece = pieces.get(arriving);
      long last = Math.min(end, piece.to);
      if (piece.block != null) {
        piece.block.setReady(pages.touching(piece.block.index(), arrived, last));
      }
      arriving += last == piece.to ? 1 : 0;
      arrived = last;
    }
    List<Runnable> told = new ArrayList<>(waiters.size());
    for (Iterator<PendingRead> each = waiters.iterator(); each.hasNext(); ) {
      PendingRead read = each.next();
      if (read.isWatched() && brings(read, start, end)) {
        told.add(read::show);
      }
      if (!serves(read)) {
        each.remove();
        told.add(() -> read.arrived(this, null));
      }
    }
    return told;
  }

  // Ending.

  private void answered(
      CachedBucket bucket,
      List<ByteBuffer> targets,
      long end,
      @Nullable ObjectInfo info,
      @Nullable Throwable failure) {
    Throwable why = info == null ? Failures.unwrap(failure) : problem(bucket, targets, end, info);
    if (why != null) {
      object.memory().tally().failedFetches.increment();
    }
    if (event != null) {
      event.end();
    }
    end(why);
  }

  /** What is wrong with the answer; null when it is in order and the object agrees with it. */
  private @Nullable Throwable problem(
      CachedBucket bucket, List<ByteBuffer> targets, long end, ObjectInfo info) {
    long missing = targets.stream().mapToLong(ByteBuffer::remaining).sum();
    RequestSite site =
        RequestSite.of(Operation.READ, bucket.name(), object.key(), ByteRange.of(from, end - from));
    if (missing != end - Math.min(end, Math.max(from, info.size()))) {
      return new CorruptResponseException(
          "the answer left " + missing + " bytes out, of an object of " + info.size(), site, null);
    }
    if ((required != null && !required.equals(info.version()))
        || !object.establish(info, askedNanos)) {
      return new PreconditionFailedException(
          "the object has changed: another answer was of version "
              + (object.info() == null ? required : object.info().version())
              + ", this one of "
              + info.version(),
          site,
          null);
    }
    return null;
  }

  /** The bytes are there, or will not come. */
  final void end(@Nullable Throwable failure) {
    object.ended(this, failure == null);
    report(failure);
    for (Piece piece : pieces) {
      if (piece.block != null) {
        object.filled(piece.block);
        piece.block.release();
      }
    }
    waiters.forEach(read -> read.arrived(this, failure)); // nobody joins any more: see ended
  }

  /** Tells Flight Recorder, before anybody goes on. */
  void report(@Nullable Throwable failure) {
    if (event != null && event.shouldCommit()) {
      event.bucket = object.table().bucket().toString();
      event.key = object.key();
      event.offset = from;
      event.length = to - from;
      event.gaps = gaps();
      event.waiters = everWaited;
      event.failure = failure == null ? "" : failure.getClass().getSimpleName();
      event.commit();
    }
  }

  /** Marks the pages. Under the object's lock. */
  void settle(boolean success) {
    Pages pages = object.memory().pages();
    ObjectInfo info = object.info();
    for (Piece piece : pieces) {
      Block block = piece.block;
      if (block != null) {
        block.clearFilling(pages.touching(block.index(), piece.from, piece.to));
        long end = info == null ? 0 : Math.min(piece.to, info.size());
        if (success && end > piece.from) {
          block.setReady(pages.touching(block.index(), piece.from, end));
        }
      }
    }
  }

  @Override
  public String toString() {
    return "Fetch[" + from + "-" + to + " of " + object.key() + "]";
  }
}
