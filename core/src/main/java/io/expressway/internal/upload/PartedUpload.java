package io.expressway.internal.upload;

import io.expressway.BucketName;
import io.expressway.Crc;
import io.expressway.ExpressException;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.Operation;
import io.expressway.RequestSite;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.UploadToken;
import io.expressway.internal.upload.UploadCalls.StoredPart;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * An upload: what is given is poured into parts by one job after the other, parts are sent as they
 * fill, and what was sent is counted when it settles.
 *
 * <pre>
 *   OPEN ── complete() ──► COMPLETING ──► OVER      the object is stored
 *     ├──── pause() ────────────────────► OVER      the parts stay
 *     └──── failure, abort(), close() ──► OVER      the parts are dropped
 * </pre>
 *
 * <p>Thread: safe for many. Fields below are guarded by this, but the current part: it belongs to
 * the job that runs, or to whoever ends the upload when none does. Nothing foreign is called under
 * the lock.
 */
public final class PartedUpload implements Upload {
  private static final Executor ASIDE = new CompletableFuture<Void>().defaultExecutor();

  private enum State {
    OPEN,
    COMPLETING,
    OVER
  }

  private final BucketName bucket;
  private final String key;
  private final UploadOptions options;
  private final Crc algorithm;
  private final PartPlan plan;
  private final PartMemory memory;
  private final UploadCalls calls;
  private final Map<Integer, StoredPart> resumed;
  private final Object progressLock = new Object();
  private final CompletableFuture<Void> failing = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private State state = State.OPEN;
  private boolean busy;
  private boolean deciding;
  private final Deque<Runnable> jobs = new ArrayDeque<>();
  private @Nullable ExpressException failure;
  private @Nullable Part current;
  private int nextNumber;
  private long offset;
  private int inFlight;
  private long storedBytes;
  private final TreeMap<Integer, StoredPart> stored = new TreeMap<>();
  private final Map<Integer, CompletableFuture<?>> underWay = new HashMap<>();
  private final List<CompletableFuture<Void>> settleWaiters = new ArrayList<>();
  private @Nullable CompletableFuture<?> roomWaiter;
  private @Nullable CompletableFuture<String> id;

  /** A new upload; makes no request yet. */
  public PartedUpload(
      BucketName bucket, String key, UploadOptions options, PartMemory memory, UploadCalls calls) {
    this(
        bucket,
        key,
        options,
        PartPlan.of(options, memory.limitBytes()),
        memory,
        calls,
        null,
        List.of());
  }

  PartedUpload(
      BucketName bucket,
      String key,
      UploadOptions options,
      PartPlan plan,
      PartMemory memory,
      UploadCalls calls,
      @Nullable String begunAs,
      List<StoredPart> landed) {
    this.bucket = bucket;
    this.key = key;
    this.options = options;
    this.algorithm = options.how().checksum();
    this.plan = plan;
    this.memory = memory;
    this.calls = calls;
    this.resumed = new TreeMap<>();
    this.nextNumber = 1;
    if (begunAs != null) {
      id = CompletableFuture.completedFuture(begunAs);
      accept(landed);
    }
  }

  /** Goes on with what {@code token} names, once the parts that landed are known. */
  public static CompletableFuture<Upload> resume(
      UploadToken token, UploadOptions options, PartMemory memory, UploadCalls calls) {
    PartPlan plan = new PartPlan(token.firstPartBytes(), token.largestPartBytes());
    return calls
        .parts(token.id())
        .thenApply(
            landed ->
                new PartedUpload(
                    token.bucket(), token.key(), options, plan, memory, calls, token.id(), landed));
  }

  /** Parts from the first on without a gap need not be given again; others are compared. */
  private void accept(List<StoredPart> landed) {
    landed.stream()
        .filter(part -> part.checksum().isPresent())
        .forEach(part -> resumed.put(part.number(), part));
    StoredPart next = resumed.get(nextNumber);
    while (next != null && next.size() == plan.sizeOf(nextNumber)) {
      stored.put(nextNumber++, next);
      offset += next.size();
      next = resumed.get(nextNumber);
    }
    storedBytes = offset;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public synchronized long offset() {
    return offset;
  }

  // Jobs: one runs at a time, in the order they were asked for.

  private void enqueue(Runnable job) {
    if (tryBegin(job)) {
      job.run();
    }
  }

  private synchronized boolean tryBegin(Runnable job) {
    if (busy) {
      jobs.add(job);
      return false;
    }
    busy = true;
    return true;
  }

  /** Begins a job on the calling thread, unless another runs. */
  private synchronized boolean tryBegin() {
    boolean mine = !busy;
    busy = true;
    return mine;
  }

  /** The job that ran is over. */
  void next() {
    Runnable job;
    Part orphan = null;
    synchronized (this) {
      job = jobs.poll();
      if (job == null) {
        busy = false;
        orphan = failure == null ? null : takeCurrent();
      }
    }
    if (job != null) {
      ASIDE.execute(job); // not on an event loop, and not on a growing stack
    }
    forget(orphan);
  }

  /** The part that was being filled, which counts as in flight no more. */
  private @Nullable Part takeCurrent() {
    Part part = current;
    current = null;
    return part;
  }

  private void forget(@Nullable Part part) {
    if (part != null) {
      part.drop();
      settled(List.of());
    }
  }

  // Giving bytes.

  @Override
  public CompletableFuture<Void> write(ByteBuffer bytes) {
    return give(new Feed.Copied(Objects.requireNonNull(bytes, "bytes")));
  }

  private CompletableFuture<Void> give(Feed feed) {
    CompletableFuture<Void> taken = cancellable();
    enqueue(() -> pour(feed, taken, this::next));
    return taken;
  }

  /** A future whose cancellation ends the upload: nobody knows how many of its bytes were taken. */
  private <T> CompletableFuture<T> cancellable() {
    CompletableFuture<T> future = new CompletableFuture<>();
    future.whenComplete(
        (value, why) -> {
          if (future.isCancelled()) {
            fail(refusal("a write or its completion was cancelled", null));
          }
        });
    return future;
  }

  @Override
  public CompletableFuture<Void> lend(ByteBuffer bytes) {
    Feed.Lent feed = new Feed.Lent(Objects.requireNonNull(bytes, "bytes"));
    return whenFree(feed, give(feed));
  }

  /** Completes when the bytes are poured and no part reads them any more. */
  private CompletableFuture<Void> whenFree(Feed.Held feed, CompletableFuture<Void> poured) {
    CompletableFuture<Void> free = cancellable();
    poured.whenComplete((nothing, why) -> feed.letGo());
    feed.free().whenComplete((nothing, unused) -> settleLent(poured, free));
    return free;
  }

  private void settleLent(CompletableFuture<Void> poured, CompletableFuture<Void> free) {
    ExpressException why = failure();
    if (why != null) {
      free.completeExceptionally(why);
    } else {
      poured.whenComplete((nothing, refused) -> settle(free, refused));
    }
  }

  private static void settle(CompletableFuture<Void> future, @Nullable Throwable why) {
    if (why == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(why);
    }
  }

  @Override
  public CompletableFuture<Void> write(FileChannel file, long position, long length) {
    if (position < 0 || length < 0) {
      throw new IllegalArgumentException(
          "position and length must not be negative, but are " + position + " and " + length);
    }
    CompletableFuture<Void> taken = cancellable();
    Feed.OfFile feed =
        new Feed.OfFile(Objects.requireNonNull(file, "file"), position, length, calls.sendsFiles());
    enqueue(() -> aside(() -> settle(taken, pourHere(feed))));
    return whenFree(feed, taken);
  }

  private void aside(Runnable job) {
    Thread thread =
        new Thread(
            () -> {
              job.run();
              next();
            },
            "expressway-file");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public CompletableFuture<Void> write(Flow.Publisher<ByteBuffer> source) {
    CompletableFuture<Void> taken = cancellable();
    Objects.requireNonNull(source, "source");
    SourceSubscriber subscriber = new SourceSubscriber(this, taken);
    failing.whenComplete((nothing, unused) -> subscriber.stop());
    enqueue(
        () -> {
          if (subscriber.tryTurn()) {
            subscribe(source, subscriber);
          } else {
            next();
          }
        });
    return taken;
  }

  private static void subscribe(Flow.Publisher<ByteBuffer> source, SourceSubscriber subscriber) {
    try {
      source.subscribe(subscriber);
    } catch (RuntimeException e) {
      subscriber.onError(e);
    }
  }

  /** The next buffer of a source whose turn it is. */
  void pourNext(ByteBuffer bytes, CompletableFuture<Void> taken) {
    pour(new Feed.Copied(bytes), taken, () -> {});
  }

  /** The source failed, and the upload with it. */
  ExpressException sourceFailed(Throwable why) {
    return failWith(refusal("the source failed: " + why, why));
  }

  @Override
  public WritableByteChannel channel() {
    return new UploadChannel(this);
  }

  @Override
  public OutputStream stream() {
    return new UploadStream(new UploadChannel(this));
  }

  /** Takes the bytes, and blocks until it has. */
  void giveBlocking(ByteBuffer bytes) throws ExpressException {
    if (!tryBegin()) {
      Waits.settled(give(new Feed.Copied(bytes)), this);
      return;
    }
    ExpressException why;
    try {
      why = pourHere(new Feed.Copied(bytes));
    } finally {
      next();
    }
    if (why != null) {
      throw why;
    }
  }

  /** Pours on this thread, which may have to wait; gives why it could not. */
  private @Nullable ExpressException pourHere(Feed feed) {
    ExpressException refused = refusal(feed);
    if (refused != null) {
      return refused;
    }
    try {
      while (feed.remaining() > 0) {
        pourInto(Waits.settled(ready(feed), this), feed);
      }
      return failure();
    } catch (Exception e) {
      return failWith(e);
    }
  }

  /** Pours on this thread as long as there is room, and then aside once room is made. */
  private void pour(Feed feed, CompletableFuture<Void> taken, Runnable then) {
    ExpressException end = refusal(feed);
    try {
      while (end == null && feed.remaining() > 0) {
        CompletableFuture<Part> ready = ready(feed);
        if (!ready.isDone()) {
          ready.whenCompleteAsync((part, why) -> pour(feed, taken, then), ASIDE);
          return;
        }
        pourInto(ready.join(), feed);
      }
      end = end == null ? failure() : end;
    } catch (Exception e) {
      end = failWith(e);
    }
    then.run();
    settle(taken, end);
  }

  /** Why nothing more is taken; too much fails the upload. */
  private @Nullable ExpressException refusal(Feed feed) {
    long declared = options.size().orElse(Long.MAX_VALUE);
    long given;
    synchronized (this) {
      if (failure != null || state != State.OPEN) {
        return failure != null ? failure : over();
      }
      given = offset;
    }
    return feed.remaining() <= declared - given
        ? null
        : failWith(
            refusal(
                "the size was declared as "
                    + declared
                    + " bytes, but at least "
                    + (given + feed.remaining())
                    + " were given",
                null));
  }

  private ExpressException over() {
    return refusal("the upload was completed or paused, and takes no more", null);
  }

  /** The part that takes what comes next, with room for it. */
  private CompletableFuture<Part> ready(Feed feed) throws ExpressException {
    Part full = null;
    Part part;
    CompletableFuture<Void> slot = null;
    synchronized (this) {
      if (failure != null) {
        throw failure;
      }
      if (current != null && current.left() == 0) {
        full = takeCurrent();
      }
      if (current == null && full == null) {
        if (inFlight >= options.partsInFlight()) {
          slot = new CompletableFuture<>();
          settleWaiters.add(slot);
        } else {
          current = newPart();
        }
      }
      part = current;
    }
    if (full != null) {
      send(full);
      return ready(feed);
    }
    if (slot != null) {
      return slot.thenCompose(nothing -> readyAgain(feed));
    }
    return withRoom(Objects.requireNonNull(part), feed);
  }

  private CompletableFuture<Part> readyAgain(Feed feed) {
    try {
      return ready(feed);
    } catch (ExpressException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Holds the lock. */
  private Part newPart() throws ExpressException {
    if (nextNumber > UploadOptions.MOST_PARTS) {
      throw refusal(
          "an object has at most 10,000 parts, and these hold "
              + plan.capacity()
              + " bytes: declare the size, set larger parts, or raise ExpressOptions.uploadMemory",
          null);
    }
    inFlight++;
    int number = nextNumber++;
    return new Part(number, plan.sizeOf(number), algorithm);
  }

  private CompletableFuture<Part> withRoom(Part part, Feed feed) {
    if (part.hasRoom() || !feed.needsRoom(part)) {
      return CompletableFuture.completedFuture(part);
    }
    long declaredLeft = options.size().orElse(Long.MAX_VALUE) - offset();
    CompletableFuture<PartMemory.Room> promised =
        memory.promise(Math.max(1, Math.min(part.left(), declaredLeft)));
    synchronized (this) {
      roomWaiter = promised;
      if (failure != null) {
        promised.cancel(false);
      }
    }
    return promised.thenApply(
        room -> {
          part.room(room);
          return part;
        });
  }

  private void pourInto(Part part, Feed feed) throws Exception {
    long before = part.size();
    feed.pour(part);
    Part full = null;
    synchronized (this) {
      offset += part.size() - before;
      if (part.left() == 0 && !mayBeAll()) {
        full = takeCurrent();
      }
    }
    if (full != null) {
      send(full);
    }
  }

  /** Whether the part may be the whole object, which one PutObject then stores. */
  private boolean mayBeAll() {
    return nextNumber == 2 && id == null && options.size().orElse(0) <= plan.first();
  }

  // Sending parts.

  private void send(Part part) {
    PartBody body = part.body();
    StoredPart landed = resumed.get(part.number);
    if (landed != null
        && landed.size() == body.size()
        && landed.checksum().equals(Optional.of(body.checksum()))) {
      body.end().run();
      storedPart(landed);
      return;
    }
    begin()
        .whenComplete(
            (begunAs, why) -> {
              if (begunAs == null || failure() != null) {
                body.end().run();
                partFailed(why);
              } else {
                send(begunAs, part.number, body);
              }
            });
  }

  private void send(String begunAs, int number, PartBody body) {
    CompletableFuture<String> sent = calls.send(begunAs, number, body);
    boolean late;
    synchronized (this) {
      underWay.put(number, sent);
      late = failure != null;
    }
    if (late) {
      sent.cancel(true);
    }
    sent.whenComplete(
        (tag, why) -> {
          synchronized (this) {
            underWay.remove(number);
          }
          if (tag == null) {
            partFailed(why);
          } else {
            storedPart(new StoredPart(number, tag, body.size(), Optional.of(body.checksum())));
          }
        });
  }

  private CompletableFuture<String> begin() {
    CompletableFuture<String> mine;
    synchronized (this) {
      if (id != null) {
        return id;
      }
      mine = new CompletableFuture<>();
      id = mine;
    }
    new Beginning(calls)
        .run()
        .whenComplete(
            (begunAs, why) -> {
              if (begunAs != null) {
                mine.complete(begunAs);
              } else {
                mine.completeExceptionally(cause(why));
              }
            });
    return mine;
  }

  private void storedPart(StoredPart part) {
    synchronized (progressLock) {
      long sum;
      long given;
      synchronized (this) {
        storedBytes += part.size();
        sum = storedBytes;
        given = offset;
      }
      try {
        options.progress().onProgress(sum, given);
      } catch (RuntimeException e) {
        failWith(refusal("the progress callback failed: " + e, e));
      }
    }
    settled(List.of(part));
  }

  private void partFailed(@Nullable Throwable why) {
    if (why != null) {
      failWith(why);
    }
    settled(List.of());
  }

  /** One part less is in flight. */
  private void settled(List<StoredPart> parts) {
    List<CompletableFuture<Void>> woken;
    synchronized (this) {
      parts.forEach(part -> stored.put(part.number(), part));
      inFlight--;
      woken = List.copyOf(settleWaiters);
      settleWaiters.clear();
    }
    woken.forEach(waiter -> waiter.complete(null));
  }

  /** Completes when no part is in flight. */
  private CompletableFuture<Void> allSettled() {
    CompletableFuture<Void> waiter = new CompletableFuture<>();
    synchronized (this) {
      if (inFlight == 0) {
        return CompletableFuture.completedFuture(null);
      }
      settleWaiters.add(waiter);
    }
    return waiter.thenCompose(nothing -> allSettled());
  }

  // Ending.

  @Override
  public CompletableFuture<ObjectInfo> complete() {
    CompletableFuture<ObjectInfo> outcome = cancellable();
    enqueue(() -> lastJob(outcome, () -> finish(outcome)));
    return outcome;
  }

  private interface Ending {
    void run() throws ExpressException;
  }

  /** The job after which nothing more is taken. */
  private void lastJob(CompletableFuture<?> outcome, Ending ending) {
    ExpressException refused = null;
    synchronized (this) {
      if (failure != null || state != State.OPEN) {
        refused = failure != null ? failure : over();
      } else {
        state = State.COMPLETING;
      }
    }
    if (refused != null) {
      failAfterAll(outcome, refused);
    } else {
      try {
        ending.run();
      } catch (ExpressException e) {
        endWith(e, outcome);
      }
    }
    next();
  }

  private void finish(CompletableFuture<ObjectInfo> outcome) throws ExpressException {
    Part last;
    boolean isAll;
    synchronized (this) {
      requireDeclared();
      last = takeCurrent();
      isAll = last == null ? nextNumber == 1 : nextNumber == 2;
      inFlight -= isAll && last != null ? 1 : 0;
    }
    if (isAll) {
      finishWhole(last == null ? new Part(1, 0, algorithm) : last, outcome);
      return;
    }
    if (last != null) {
      send(last);
    }
    allSettled().whenComplete((nothing, unused) -> finishParts(outcome));
  }

  private void requireDeclared() throws ExpressException {
    long declared = options.size().orElse(offset);
    if (declared != offset) {
      throw refusal(
          "the size was declared as " + declared + " bytes, but only " + offset + " were given",
          null);
    }
  }

  /** From here on the service decides; false when the upload failed before. */
  private synchronized boolean tryDecide() {
    deciding = failure == null;
    return deciding;
  }

  private void finishWhole(Part all, CompletableFuture<ObjectInfo> outcome) {
    CompletableFuture<String> begun;
    synchronized (this) {
      begun = id;
    }
    CompletableFuture<Void> alone =
        begun == null ? CompletableFuture.completedFuture(null) : begun.thenCompose(calls::abort);
    alone.whenComplete(
        (nothing, why) -> {
          if (why == null && tryDecide()) {
            calls.put(all.body()).whenComplete((info, no) -> decided(info, no, outcome));
          } else {
            all.drop();
            endWith(why == null ? over() : why, outcome);
          }
        });
  }

  private void finishParts(CompletableFuture<ObjectInfo> outcome) {
    if (!tryDecide()) {
      endWith(over(), outcome);
      return;
    }
    List<StoredPart> parts;
    String begunAs;
    long size;
    synchronized (this) {
      parts = List.copyOf(stored.values());
      size = offset;
      begunAs = Objects.requireNonNull(id, "no upload was begun").join();
    }
    new Completion(calls, options.how(), key, begunAs, parts, size)
        .run()
        .whenComplete((info, no) -> decided(info, no, outcome));
  }

  private void decided(
      @Nullable ObjectInfo info, @Nullable Throwable no, CompletableFuture<ObjectInfo> outcome) {
    synchronized (this) {
      deciding = false;
      state = info == null ? state : State.OVER;
    }
    if (info == null) {
      endWith(cause(no), outcome);
    } else {
      ended.complete(null);
      outcome.complete(info);
    }
  }

  /** Fails the upload, and the outcome once nothing of it is left. */
  private void endWith(Throwable why, CompletableFuture<?> outcome) {
    failAfterAll(outcome, failWith(why));
  }

  private void failAfterAll(CompletableFuture<?> outcome, ExpressException why) {
    if (failure() == null) {
      outcome.completeExceptionally(why);
    } else {
      ended.whenComplete((nothing, unused) -> outcome.completeExceptionally(why));
    }
  }

  @Override
  public CompletableFuture<UploadToken> token() {
    ExpressException why = failure();
    return why != null ? CompletableFuture.failedFuture(why) : begin().thenApply(this::token);
  }

  private UploadToken token(String begunAs) {
    return new UploadToken(bucket, key, begunAs, algorithm, plan.first(), plan.largest());
  }

  @Override
  public CompletableFuture<UploadToken> pause() {
    CompletableFuture<UploadToken> outcome = cancellable();
    enqueue(() -> lastJob(outcome, () -> rest(outcome)));
    return outcome;
  }

  private void rest(CompletableFuture<UploadToken> outcome) {
    Part last;
    synchronized (this) {
      last = takeCurrent();
    }
    if (last != null && last.left() == 0) {
      send(last);
    } else {
      forget(last);
    }
    begin()
        .thenCompose(begunAs -> allSettled().thenApply(nothing -> begunAs))
        .whenComplete(
            (begunAs, why) -> {
              ExpressException known = failure();
              if (begunAs == null || known != null) {
                endWith(known == null ? cause(why) : known, outcome);
                return;
              }
              synchronized (this) {
                state = State.OVER;
              }
              ended.complete(null);
              outcome.complete(token(begunAs));
            });
  }

  @Override
  public CompletableFuture<Void> abort() {
    synchronized (this) {
      if (deciding) {
        return ended.copy();
      }
    }
    fail(refusal("the upload was aborted", null));
    return ended.copy();
  }

  @Override
  public void close() {
    Waits.quietly(abort());
  }

  // Failing.

  synchronized @Nullable ExpressException failure() {
    return failure;
  }

  private ExpressException refusal(String problem, @Nullable Throwable cause) {
    return new InvalidRequestException(
        problem, RequestSite.of(Operation.UPLOAD_PART, bucket, key, null), cause);
  }

  private static Throwable cause(@Nullable Throwable why) {
    Throwable cause = why instanceof CompletionException ? why.getCause() : why;
    return cause == null ? new IllegalStateException("failed without a cause", why) : cause;
  }

  /** Ends the upload for this reason, unless it ended before; gives the reason it ended for. */
  ExpressException failWith(Throwable why) {
    Throwable cause = cause(why);
    fail(
        cause instanceof ExpressException known
            ? known
            : refusal("the upload cannot go on: " + cause.getMessage(), cause));
    ExpressException ended = failure();
    return ended == null ? refusal("the upload is over", cause) : ended;
  }

  /** Changes when anything of the bucket's uploads moved on. */
  long movement() {
    return memory.returns() + offset();
  }

  ExpressException stuck(int seconds) {
    return failWith(
        refusal(
            "no memory came free for "
                + seconds
                + " s: other uploads of the bucket hold it and do not move on; write to fewer at"
                + " once, close those not in use, or raise ExpressOptions.uploadMemory",
            null));
  }

  ExpressException interrupted(InterruptedException why) {
    return failWith(refusal("the writing thread was interrupted", why));
  }

  private void fail(ExpressException why) {
    Part orphan;
    List<CompletableFuture<?>> givenUp;
    List<CompletableFuture<Void>> woken;
    CompletableFuture<String> begun;
    synchronized (this) {
      if (failure != null || deciding || state == State.OVER) {
        return;
      }
      failure = why;
      state = State.OVER;
      orphan = busy ? null : takeCurrent();
      givenUp = new ArrayList<>(underWay.values());
      if (roomWaiter != null) {
        givenUp.add(roomWaiter);
      }
      woken = List.copyOf(settleWaiters);
      settleWaiters.clear();
      begun = id;
    }
    givenUp.forEach(future -> future.cancel(true));
    woken.forEach(waiter -> waiter.complete(null));
    forget(orphan);
    failing.complete(null);
    allSettled().whenComplete((nothing, unused) -> dropParts(begun));
  }

  /** Parts that were under way may have landed: they are dropped with the rest. */
  private void dropParts(@Nullable CompletableFuture<String> begun) {
    if (begun == null) {
      ended.complete(null);
      return;
    }
    begun
        .thenCompose(calls::abort)
        .whenComplete((nothing, unused) -> ended.complete(null)); // else lifecycle rules drop them
  }
}
