package io.expressway.cache;

import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.ObjectInfo;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.RangeNotSatisfiableException;
import io.expressway.ReadProgress;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * One version of one object, as the readers over it ask for it. The first answer tells which
 * version that is; bytes of any other are refused from then on, so that what is read in many
 * requests is still of one content.
 *
 * <p>Thread: safe for many.
 */
final class ObjectSource {
  /** Of what tells how long the directory is, with the magic that follows it. */
  private static final int DIRECTORY_LENGTH_BYTES = 8;

  /** Long beside the time that an answer takes to begin, short beside what anybody waits for. */
  private static final long IN_TIME_NANOS = 25_000_000;

  private final Bucket bucket;
  private final String key;
  private final int footerBytes;

  /** Whether the last bytes are likely to be all of them. */
  private final boolean isWholeAtOnce;

  /** The most that a connection was seen to bring in 25 ms. */
  private final LongAccumulator inTime = new LongAccumulator(Math::max, 0);

  private volatile @Nullable ObjectInfo info;

  /** The object's size, when a read past it was all that told it; else -1. */
  private volatile long end = -1;

  /** The last bytes, once they were asked for. */
  private @Nullable CompletableFuture<Slice> footer;

  ObjectSource(Bucket bucket, String key, ReaderOptions options) {
    this.bucket = bucket;
    this.key = key;
    this.footerBytes = options.footerOf(key);
    this.isWholeAtOnce = options.isWholeAtOnce(key);
    this.info = options.known().orElse(null);
  }

  String key() {
    return key;
  }

  /** What is known of the object; null before the first answer. */
  @Nullable ObjectInfo info() {
    return info;
  }

  /** Bytes of the object; -1 when that is not known yet. */
  long knownSize() {
    ObjectInfo known = info;
    return known != null ? known.size() : end;
  }

  /** Bytes of the object, asked for with its footer, or alone, when they are not known. */
  long size() throws IOException {
    long known = knownSize();
    return known >= 0 ? known : describe().size();
  }

  ObjectInfo describe() throws IOException {
    ObjectInfo known = info;
    if (known != null) {
      return known;
    }
    if (footerBytes > 0 && end < 0) {
      try {
        return await(footer()).info();
      } catch (RangeNotSatisfiableException e) {
        // an empty object has no last bytes
      }
    }
    return learn(await(bucket.stat(key)));
  }

  /** A connection carried so much of one answer in so long. */
  void carried(long bytes, long nanos) {
    inTime.accumulate((long) ((double) bytes * IN_TIME_NANOS / Math.max(1, nanos)));
  }

  /** How much one connection brings in 25 ms; 0 while none has carried enough to tell. */
  long bytesInTime() {
    return inTime.get();
  }

  // Asking.

  /** A read that somebody waits for. */
  CompletableFuture<Slice> read(ByteRange range) {
    return ofThisVersion(bucket.read(request(range)));
  }

  CompletableFuture<Slice> read(long from, long length) {
    return read(ByteRange.of(from, length));
  }

  /** The same, watched while it comes. */
  CompletableFuture<Slice> read(long from, long length, ReadProgress watches) {
    return ofThisVersion(bucket.read(request(ByteRange.of(from, length)).watchedBy(watches)));
  }

  /** Whether a read that is given up brings its bytes all the same: to a cache, for others. */
  boolean bringsWhatIsGivenUp() {
    return bucket instanceof CachedBucket;
  }

  /** A read that nobody waits for yet: fails where it would cost others their memory. */
  CompletableFuture<Slice> readAhead(long from, long length, ReadProgress watches) {
    ReadRequest request = request(ByteRange.of(from, length)).watchedBy(watches);
    return ofThisVersion(
        bucket instanceof CachedBucket cached ? cached.readAhead(request) : bucket.read(request));
  }

  /** Whether a read ahead was turned away at once, for want of memory. */
  static boolean foundNoRoom(CompletableFuture<Slice> answer) {
    return answer.isCompletedExceptionally()
        && answer
            .handle((slice, problem) -> Failures.unwrap(problem) instanceof NoRoomException)
            .join();
  }

  /** A read to where the caller wants the bytes. */
  CompletableFuture<ObjectInfo> readInto(long from, ByteBuffer target) {
    return bucket.readInto(request(ByteRange.of(from, target.remaining())), target);
  }

  List<CompletableFuture<Slice>> readAll(List<ByteRange> ranges) {
    return bucket.readAll(key, ranges).stream().map(this::ofThisVersion).toList();
  }

  private ReadRequest request(ByteRange range) {
    ReadRequest request = ReadRequest.of(key, range);
    ObjectInfo known = info;
    return known == null ? request : request.ifVersion(known.version());
  }

  /** Begins to fetch the last bytes, if they are likely to be the whole object. */
  void opened() {
    if (isWholeAtOnce) {
      CompletableFuture<Slice> unused = footer();
    }
  }

  /**
   * Before a reader's first read. Waits for the last bytes where it is likely to be of them:
   * columnar files are read from the length of their directory on, which is the last they have. And
   * where they are likely to be the whole object.
   */
  void begin(long at, int want) {
    long size = knownSize();
    boolean isDirectory = footerBytes > 0 && want <= DIRECTORY_LENGTH_BYTES && at > 0;
    boolean isFooter = size < 0 ? isDirectory || isWholeAtOnce : at >= size - footerBytes;
    if (!isFooter || (size >= 0 && at >= size)) {
      return;
    }
    try {
      Slice unused = await(footer());
    } catch (IOException e) {
      // the read itself tells
    }
  }

  private synchronized CompletableFuture<Slice> footer() {
    CompletableFuture<Slice> known = footer;
    if (known == null || known.isCompletedExceptionally()) {
      known = read(ByteRange.last(footerBytes));
      footer = known;
    }
    return known;
  }

  /** The last bytes, when they are here and {@code at} is among them. */
  @Nullable Slice footerWith(long at) {
    CompletableFuture<Slice> asked;
    synchronized (this) {
      asked = footer;
    }
    long size = knownSize();
    if (asked == null || size < 0 || at < size - footerBytes || asked.isCancelled()) {
      return null;
    }
    try {
      Slice last = await(asked);
      return at >= size - last.length() && at < size ? last : null;
    } catch (IOException e) {
      return null; // to be read like any other bytes
    }
  }

  /**
   * Where what is to be asked for from {@code at} on ends: the last bytes are not asked for twice.
   */
  synchronized long endFrom(long at) {
    long size = knownSize();
    long last = size - footerBytes;
    boolean isAsked = footer != null && !footer.isCompletedExceptionally();
    return isAsked && at < last ? last : size;
  }

  /** Gives back what it holds. */
  synchronized void close() {
    if (footer != null) {
      giveBack(footer);
    }
  }

  // Answers.

  private CompletableFuture<Slice> ofThisVersion(CompletableFuture<Slice> answer) {
    if (!answer.isDone()) {
      return later(answer);
    }
    if (answer.isCompletedExceptionally()) {
      return answer;
    }
    try {
      check(answer.join());
      return answer;
    } catch (PreconditionFailedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Slice> later(CompletableFuture<Slice> answer) {
    CompletableFuture<Slice> checked = answer.newIncompleteFuture();
    checked.whenComplete((slice, problem) -> answer.cancel(false)); // no effect once it is over
    answer.whenComplete(
        (slice, problem) -> {
          try {
            if (slice == null) {
              checked.completeExceptionally(Failures.unwrap(problem));
            } else if (!checked.complete(check(slice))) {
              slice.close();
            }
          } catch (PreconditionFailedException e) {
            checked.completeExceptionally(e);
          }
        });
    return checked;
  }

  private Slice check(Slice slice) throws PreconditionFailedException {
    try {
      learn(slice.info());
      return slice;
    } catch (PreconditionFailedException e) {
      slice.close();
      throw e;
    }
  }

  /** Takes the first answer in, and compares all others with it. */
  ObjectInfo learn(ObjectInfo answer) throws PreconditionFailedException {
    ObjectInfo known = info;
    if (known == null) {
      synchronized (this) {
        known = info;
        if (known == null) {
          info = answer;
          return answer;
        }
      }
    }
    if (!known.version().equals(answer.version())) {
      throw new PreconditionFailedException(
          "the object changed while it was read: it was of version "
              + known.version()
              + " and is of "
              + answer.version()
              + " now; open it again",
          RequestSite.of(Operation.READ, bucket.name(), key, null),
          null);
    }
    return known;
  }

  /** The object ends before where somebody wanted to read. */
  void endsBefore(RangeNotSatisfiableException past) {
    end = Math.max(end, past.objectSize());
  }

  // Waiting.

  static <T> T await(CompletableFuture<T> answer) throws IOException {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for an object's bytes");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException known) {
        throw known;
      }
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IOException("a read failed: " + e.getCause(), e.getCause());
    }
  }

  /** Gives an answer up, or the memory it brought back. */
  static void giveBack(CompletableFuture<Slice> answer) {
    if (!answer.cancel(false)) {
      CompletableFuture<Void> unused = answer.thenAccept(Slice::close);
    }
  }
}
