package io.expressway.cache;

import io.expressway.Bucket;
import io.expressway.BucketClosedException;
import io.expressway.BucketName;
import io.expressway.ByteRange;
import io.expressway.CopyRequest;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.ReadRequest;
import io.expressway.RenameOptions;
import io.expressway.RequestSite;
import io.expressway.Slice;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.UploadToken;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bucket whose objects are read through a {@link BlockCache}.
 *
 * <p>What is in memory is lent where it lies: the answer is there before the call returns, without
 * a copy, a lock or another thread. What is missing is asked for once, however many want it, with
 * as few requests as it takes, and received in the cache's memory itself. A slice holds its memory
 * until it is closed, also when the cache needs it: close slices soon.
 *
 * <p>Bytes of one slice are always of one version. How old they may be is {@link Freshness}. What
 * this process writes through any bucket over the same cache is seen at once.
 *
 * <p>Thread: safe for many. Futures complete on the caller's thread for what is in memory, else on
 * an event loop. Owner: closes the bucket it wraps; the cache is closed by whoever opened it.
 */
public final class CachedBucket implements Bucket {
  private final BlockCache memory;
  private final Bucket delegate;
  private final CacheOptions options;
  private final Freshness freshness;
  private final long absenceNanos;
  private final LongSupplier clock;
  private final ObjectTable objects;
  private final Pages pages;
  private volatile boolean closed;

  /** A future as the wrapped bucket makes them, to make ours of: they know its event loops. */
  private volatile @Nullable CompletableFuture<?> seen;

  /** Reads {@code delegate} through {@code memory} with every option at its default. */
  public CachedBucket(BlockCache memory, Bucket delegate) {
    this(memory, delegate, CacheOptions.defaults());
  }

  /**
   * Reads {@code delegate} through {@code memory}.
   *
   * @param memory may serve other buckets too; stays open when this bucket closes
   * @param delegate belongs to this bucket from now on
   */
  public CachedBucket(BlockCache memory, Bucket delegate, CacheOptions options) {
    this(memory, delegate, options, System::nanoTime);
  }

  CachedBucket(BlockCache memory, Bucket delegate, CacheOptions options, LongSupplier clock) {
    this.memory = memory;
    this.delegate = delegate;
    this.options = options;
    this.freshness = options.freshness();
    this.absenceNanos = options.absence().toNanos();
    this.clock = clock;
    this.objects = memory.table(delegate.name());
    this.pages = memory.pages();
  }

  // What the reads under way need.

  Bucket delegate() {
    return delegate;
  }

  CacheOptions options() {
    return options;
  }

  ObjectTable objects() {
    return objects;
  }

  /** What may be in memory at once. */
  long capacityBytes() {
    return (long) memory.capacityBlocks() * memory.blockBytes();
  }

  long now() {
    return clock.getAsLong();
  }

  <T> CompletableFuture<T> seen(CompletableFuture<T> answer) {
    if (seen == null) {
      seen = answer.newIncompleteFuture();
    }
    return answer;
  }

  <T> CompletableFuture<T> newAnswer() {
    CompletableFuture<?> model = seen;
    return model == null ? new CompletableFuture<>() : model.newIncompleteFuture();
  }

  /** Whether what is known of the object holds for who began then. */
  boolean believes(CachedObject object, long beganNanos) {
    return freshness.holds(object.checkedNanos(), beganNanos);
  }

  /** Whether an answer to a question asked then would hold for who began then. */
  boolean wouldBelieve(long askedNanos, long beganNanos) {
    return freshness.holds(askedNanos, beganNanos);
  }

  boolean believesAbsence(CachedObject object, long beganNanos) {
    long age = beganNanos - object.checkedNanos();
    return age <= 0 || age < absenceNanos;
  }

  /** The bucket described the key's object. */
  void isThere(CachedObject object, ObjectInfo info, long askedNanos) {
    if (!object.establish(info, askedNanos)) {
      CachedObject fresh = new CachedObject(object.key(), objects, memory);
      fresh.establish(info, askedNanos);
      objects.replace(object, fresh);
    }
  }

  /** The bucket said that the key has no object. */
  void isAbsent(CachedObject object, long askedNanos) {
    if (!object.establishMissing(askedNanos)) {
      CachedObject fresh = new CachedObject(object.key(), objects, memory);
      fresh.establishMissing(askedNanos);
      objects.replace(object, fresh);
    }
  }

  // Reading.

  @Override
  public BucketName name() {
    return delegate.name();
  }

  @Override
  public CompletableFuture<Slice> read(String key, ByteRange range) {
    Slice hit = tryHit(key, range, null);
    return hit != null
        ? CompletableFuture.completedFuture(hit)
        : miss(ReadRequest.of(key, range), PendingRead.Miss.FILL);
  }

  @Override
  public CompletableFuture<Slice> read(ReadRequest request) {
    return request.claim().isEmpty()
        ? read(request, PendingRead.Miss.FILL)
        : request.claim().get().over(read(request.unclaimed(), PendingRead.Miss.FILL));
  }

  /**
   * Reads without changing what is cached: what is in memory is lent from there, everything else is
   * read around it. For scans that nobody repeats.
   */
  public CompletableFuture<Slice> readUncached(ReadRequest request) {
    return read(request, PendingRead.Miss.GO_AROUND);
  }

  /**
   * Reads a range and keeps it in memory until the slice is closed: whatever else is read
   * meanwhile, reads of it are answered from memory.
   *
   * @return fails with {@link IllegalStateException} when the cache has no room for the range
   */
  public CompletableFuture<Slice> pin(String key, ByteRange range) {
    return read(ReadRequest.of(key, range), PendingRead.Miss.FILL_ONLY);
  }

  private CompletableFuture<Slice> read(ReadRequest request, PendingRead.Miss miss) {
    Slice hit = tryHit(request.key(), request.range(), request.version().orElse(null));
    return hit != null ? CompletableFuture.completedFuture(hit) : miss(request, miss);
  }

  /** A read that fails with {@link NoRoomException} rather than go around the memory. */
  CompletableFuture<Slice> readAhead(ReadRequest request) {
    return read(request, PendingRead.Miss.FILL_ONLY);
  }

  private CompletableFuture<Slice> miss(ReadRequest request, PendingRead.Miss miss) {
    return closed
        ? refuse(Operation.READ, request.key())
        : new PendingRead(this, request, miss, now()).start();
  }

  private <T> CompletableFuture<T> refuse(Operation operation, String key) {
    return CompletableFuture.failedFuture(
        new BucketClosedException(
            "the bucket is closed", RequestSite.of(operation, name(), key, null), null));
  }

  /** The whole hot path: look up, believe, pin, lend. Null when any of it does not work out. */
  private @Nullable Slice tryHit(String key, ByteRange range, @Nullable ObjectVersion version) {
    CachedObject object = objects.get(key);
    ObjectInfo info = object == null ? null : object.info();
    if (object == null
        || info == null
        || closed
        || (version != null && !version.equals(info.version()))
        || (!freshness.isImmutable() && !believes(object, now()))) {
      return null;
    }
    long from = Resolved.from(range, info.size());
    long to = Resolved.to(range, info.size());
    if (from >= to) {
      return null;
    }
    Slice hit =
        pages.blockOf(from) == pages.blockOf(to - 1)
            ? tryBlock(object, info, from, to)
            : tryBlocks(object, info, from, to);
    if (hit != null) {
      memory.tally().hits.add(to - from);
    }
    return hit;
  }

  private @Nullable Slice tryBlock(CachedObject object, ObjectInfo info, long from, long to) {
    Block block = tryPin(object, from, to, pages.blockOf(from));
    if (block == null) {
      return null;
    }
    return Slice.lend(info, block, block.offset() + pages.within(from), (int) (to - from));
  }

  /** The block, pinned and found to hold what {@code [from, to)} needs of it. */
  private @Nullable Block tryPin(CachedObject object, long from, long to, long index) {
    Block block = object.block((int) index);
    if (block == null || !block.tryRetain()) {
      return null;
    }
    if (!block.isReady(pages.touching((int) index, from, to))) {
      block.release();
      return null;
    }
    if (block.isHitWorthTelling()) {
      memory.touch(block);
      object.used();
    }
    return block;
  }

  private @Nullable Slice tryBlocks(CachedObject object, ObjectInfo info, long from, long to) {
    if (!object.isPresent(from, to)) {
      return null; // before anything is pinned, or made to remember what is
    }
    long first = pages.blockOf(from);
    Block[] blocks = new Block[(int) (pages.blockOf(to - 1) - first) + 1];
    for (int i = 0; i < blocks.length; i++) {
      Block block = tryPin(object, from, to, first + i);
      if (block == null) {
        for (int j = 0; j < i; j++) {
          blocks[j].release();
        }
        return null;
      }
      blocks[i] = block;
    }
    return Lending.of(info, memory, blocks, from, to);
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target) {
    return readInto(request, List.of(target));
  }

  @Override
  public List<CompletableFuture<Slice>> readAll(String key, List<ByteRange> ranges) {
    List<CompletableFuture<Slice>> answers = new ArrayList<>(ranges.size());
    List<PendingRead> misses = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    long began = now();
    for (ByteRange range : checked(ranges)) {
      Slice hit = tryHit(key, range, null);
      if (hit != null) {
        answers.add(CompletableFuture.completedFuture(hit));
      } else if (closed) {
        answers.add(refuse(Operation.READ, key));
      } else {
        places.add(answers.size());
        PendingRead miss =
            new PendingRead(this, ReadRequest.of(key, range), PendingRead.Miss.FILL, began);
        misses.add(miss);
        answers.add(newAnswer()); // its place
      }
    }
    List<CompletableFuture<Slice>> started = PendingRead.startAll(misses);
    for (int i = 0; i < started.size(); i++) {
      answers.set(places.get(i), started.get(i));
    }
    return List.copyOf(answers);
  }

  private static List<ByteRange> checked(List<ByteRange> ranges) {
    for (int i = 0; i < ranges.size(); i++) {
      if (ranges.get(i) == null) {
        throw new IllegalArgumentException("ranges must not be null, but number " + i + " is");
      }
    }
    return ranges;
  }

  @Override
  public CompletableFuture<ObjectInfo> stat(String key) {
    if (closed) {
      return refuse(Operation.STAT, key);
    }
    long began = now();
    CachedObject object = objects.getOrAdd(key);
    ObjectInfo info = object.info();
    if (info != null && believes(object, began)) {
      return CompletableFuture.completedFuture(info);
    }
    if (info == null && object.isMissing() && believesAbsence(object, began)) {
      return CompletableFuture.failedFuture(
          new ObjectNotFoundException(
              "there is no such object, as the bucket said a moment ago",
              RequestSite.of(Operation.STAT, name(), key, null),
              null));
    }
    return ask(object, began);
  }

  private CompletableFuture<ObjectInfo> ask(CachedObject object, long began) {
    CompletableFuture<ObjectInfo> outcome = Inquiry.about(this, object, began).outcome();
    CompletableFuture<ObjectInfo> answer = newAnswer();
    outcome.whenComplete(
        (info, problem) -> {
          if (info != null) {
            answer.complete(info);
          } else {
            answer.completeExceptionally(Failures.unwrap(problem));
          }
        });
    return Failures.thrown(answer);
  }

  @Override
  public CompletableFuture<ObjectListing> list(ListRequest request) {
    return delegate.list(request);
  }

  // Filling and emptying.

  /**
   * Fetches what is missing of the ranges, so that reads of them are answered from memory. Does
   * nothing for what the cache has no room for.
   *
   * @return ends when everything is there, or with the first failure
   */
  public CompletableFuture<Void> prefetch(String key, List<ByteRange> ranges) {
    List<CompletableFuture<Slice>> reads = new ArrayList<>(ranges.size());
    for (ByteRange range : checked(ranges)) {
      reads.add(read(ReadRequest.of(key, range), PendingRead.Miss.FILL_ONLY));
    }
    return CompletableFuture.allOf(
        reads.stream().map(CachedBucket::put).toArray(CompletableFuture<?>[]::new));
  }

  /** Ends when the slice has come and been given back. */
  private static CompletableFuture<Boolean> put(CompletableFuture<Slice> read) {
    return read.handle(
        (slice, problem) -> {
          if (slice != null) {
            slice.close();
          } else if (!(Failures.unwrap(problem) instanceof NoRoomException)) {
            throw Failures.wrap(Failures.unwrap(problem));
          }
          return true;
        });
  }

  /** Forgets the object at the key, and that there is none. What is lent of it stays. */
  public void evict(String key) {
    objects.forget(key);
  }

  // Changing objects: what is known is forgotten before, and what was learned meanwhile after.

  @Override
  public CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions how) {
    return changing(key, () -> delegate.write(key, body, how));
  }

  @Override
  public Upload upload(String key, UploadOptions how) {
    return new ForgettingUpload(delegate.upload(key, how), this);
  }

  @Override
  public CompletableFuture<Upload> resume(UploadToken token, UploadOptions how) {
    return delegate.resume(token, how).thenApply(upload -> new ForgettingUpload(upload, this));
  }

  @Override
  public CompletableFuture<Integer> abortUploads(String prefix, Instant begunBefore) {
    return delegate.abortUploads(prefix, begunBefore);
  }

  @Override
  public CompletableFuture<ObjectInfo> append(
      String key, long atOffset, ByteBuffer body, WriteOptions how) {
    return changing(key, () -> delegate.append(key, atOffset, body, how));
  }

  @Override
  public CompletableFuture<Void> rename(String from, String to, RenameOptions how) {
    forgetBoth(from, to);
    return afterwards(delegate.rename(from, to, how), () -> forgetBoth(from, to));
  }

  private void forgetBoth(String from, String to) {
    objects.forget(from);
    objects.forget(to);
  }

  @Override
  public CompletableFuture<ObjectVersion> copy(CopyRequest request) {
    return changing(request.to(), () -> delegate.copy(request));
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return changing(key, () -> delegate.delete(key));
  }

  @Override
  public CompletableFuture<Void> delete(String key, ObjectVersion version) {
    return changing(key, () -> delegate.delete(key, version));
  }

  @Override
  public List<CompletableFuture<Void>> deleteAll(List<String> keys) {
    List<String> named = List.copyOf(keys);
    named.forEach(objects::forget);
    List<CompletableFuture<Void>> deletions = delegate.deleteAll(named);
    List<CompletableFuture<Void>> answers = new ArrayList<>(deletions.size());
    for (int i = 0; i < deletions.size(); i++) {
      String key = named.get(i);
      answers.add(afterwards(deletions.get(i), () -> objects.forget(key)));
    }
    return List.copyOf(answers);
  }

  /** Begins a change of the key's object, with what is known of it forgotten around it. */
  <T> CompletableFuture<T> changing(String key, Supplier<CompletableFuture<T>> change) {
    objects.forget(key);
    return afterwards(change.get(), () -> objects.forget(key));
  }

  /** The same outcome, not before {@code act} has run; cancelling it cancels the change. */
  private <T> CompletableFuture<T> afterwards(CompletableFuture<T> change, Runnable act) {
    CompletableFuture<T> answer = change.newIncompleteFuture();
    answer.whenComplete((done, problem) -> change.cancel(false)); // no effect once it is over
    change.whenComplete(
        (done, problem) -> {
          act.run();
          if (problem == null) {
            answer.complete(done);
          } else {
            answer.completeExceptionally(Failures.unwrap(problem));
          }
        });
    return answer;
  }

  /**
   * Closes the wrapped bucket. What is lent stays valid, and what is cached stays in the cache, for
   * another bucket of the same name.
   */
  @Override
  public void close() {
    closed = true;
    delegate.close();
  }

  @Override
  public String toString() {
    return "CachedBucket[" + delegate + "]";
  }
}
