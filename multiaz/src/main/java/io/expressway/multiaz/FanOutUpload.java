package io.expressway.multiaz;

import io.expressway.ExpressException;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.Operation;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.UploadToken;
import io.expressway.WriteOptions;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One object on its way to every replica: bytes are copied once, and sent to each from there.
 *
 * <pre>
 *   write ─► chunk, full ─► lent to each lane ─► free again when no lane reads it
 *   complete ─► lanes complete as the policy has it ─► done
 *   a lane fails ─► dropped and owed, where the policy can do without; else the upload fails
 *   a zone goes down ─► its lane is dropped and owed, where the policy can do without
 * </pre>
 *
 * <p>Thread: safe for many. What is asked takes its turn; fields below are guarded by this, but the
 * chunk being filled, which belongs to the turn. Nothing foreign is called under the lock.
 */
final class FanOutUpload implements Upload {
  private static final String TURN = "";
  private static final int STREAM_BYTES = 16 << 10;

  private final Kit kit;
  private final String key;
  private final UploadOptions options;
  private final Lanes lanes;
  private final WritePolicy policy;
  private final ChunkBudget budget;
  private final Turns turns = new Turns(new CompletableFuture<Void>().defaultExecutor());
  private final CompletableFuture<ExpressException> failing = new CompletableFuture<>();

  /** Completes when nothing more will be given: zones that go down later are the ending's own. */
  private final CompletableFuture<Void> given = new CompletableFuture<>();

  private final Object progressLock = new Object();
  private @Nullable ByteBuffer chunk;
  private @Nullable ExpressException failure;
  private boolean isOver;
  private long offset;
  private long told;

  FanOutUpload(Kit kit, String key, UploadOptions options, Lanes lanes) {
    this.kit = kit;
    this.key = key;
    this.options = options;
    this.lanes = lanes;
    this.policy = kit.fleet().options().writes();
    this.budget = new ChunkBudget(kit.chunks(), options);
    this.offset = lanes.begun();
    this.told = 0;
    lanes.progress(this::stored);
    for (Lane lane : lanes.all()) {
      Lagging.Lag underWay = down -> letGo(lane);
      lane.replica().lanes.add(underWay);
      given.whenComplete((nothing, unused) -> lane.replica().lanes.remove(underWay));
      lane.opened()
          .whenComplete(
              (upload, why) -> {
                if (why != null) {
                  drop(lane, why);
                }
              });
      if (!lane.replica().isUp()) {
        letGo(lane);
      }
    }
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public synchronized long offset() {
    return offset;
  }

  /** The most bytes of chunks held at once. */
  long mostBytes() {
    return budget.mostBytes();
  }

  // Giving bytes.

  @Override
  public CompletableFuture<Void> write(ByteBuffer bytes) {
    Objects.requireNonNull(bytes, "bytes");
    return inTurn(() -> pour(bytes));
  }

  private <T> CompletableFuture<T> inTurn(Supplier<CompletableFuture<T>> job) {
    return turns.take(
        TURN,
        () -> {
          ExpressException refused = refusal();
          return refused == null ? job.get() : CompletableFuture.failedFuture(refused);
        });
  }

  private synchronized @Nullable ExpressException refusal() {
    if (failure != null) {
      return failure;
    }
    return isOver ? invalid("the upload was completed or paused, and takes no more", null) : null;
  }

  private CompletableFuture<Void> pour(ByteBuffer bytes) {
    ExpressException refused = accept(bytes.remaining());
    if (refused != null) {
      return CompletableFuture.failedFuture(refused);
    }
    return pourOn(bytes);
  }

  /** On this thread as long as there is room, and then aside once room is made. */
  private CompletableFuture<Void> pourOn(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      ByteBuffer target = chunk;
      if (target == null) {
        CompletableFuture<ByteBuffer> taken = budget.take(offset());
        if (!taken.isDone()) {
          return untilFailing(taken).thenCompose(room -> pourInto(room, bytes));
        }
        target = taken.join();
        chunk = target;
      }
      fill(target, bytes);
    }
    ExpressException late = failed();
    return late == null
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(late);
  }

  private CompletableFuture<Void> pourInto(ByteBuffer room, ByteBuffer bytes) {
    chunk = room;
    return pourOn(bytes);
  }

  /**
   * Room, or the end of the upload: what failed gives no room back that anybody should wait for.
   */
  private CompletableFuture<ByteBuffer> untilFailing(CompletableFuture<ByteBuffer> taken) {
    CompletableFuture<ByteBuffer> either = new CompletableFuture<>();
    taken.whenComplete(
        (room, why) -> {
          if (!either.complete(room)) {
            budget.giveBack(room);
          }
        });
    failing.thenAccept(either::completeExceptionally);
    return either;
  }

  private void fill(ByteBuffer target, ByteBuffer bytes) {
    int count = Math.min(target.remaining(), bytes.remaining());
    int limit = bytes.limit();
    target.put(bytes.limit(bytes.position() + count));
    bytes.limit(limit);
    if (!target.hasRemaining()) {
      ship();
    }
  }

  /** Counts the bytes; too many fail the upload. */
  private @Nullable ExpressException accept(long bytes) {
    long declared = options.size().orElse(Long.MAX_VALUE);
    long end;
    synchronized (this) {
      end = offset + bytes;
      if (end <= declared) {
        offset = end;
        return null;
      }
    }
    return fail(
        invalid(
            "the size was declared as " + declared + " bytes, but at least " + end + " were given",
            null));
  }

  /** Lends the chunk at hand to every lane. */
  private void ship() {
    ByteBuffer full = chunk;
    chunk = null;
    if (full != null) {
      lendAll(full.flip()).whenComplete((nothing, why) -> budget.giveBack(full));
    }
  }

  /** Completes when no lane reads the bytes any more; fails when the upload does. */
  private CompletableFuture<Void> lendAll(ByteBuffer bytes) {
    return each(lane -> lane.lend(bytes));
  }

  private interface Gift {
    CompletableFuture<Void> to(Lane lane);
  }

  private CompletableFuture<Void> each(Gift gift) {
    List<CompletableFuture<Void>> free = new ArrayList<>();
    for (Lane lane : lanes.all()) {
      CompletableFuture<Void> one = gift.to(lane);
      one.whenComplete(
          (nothing, why) -> {
            if (why != null) {
              drop(lane, why);
            }
          });
      free.add(one.exceptionally(why -> null));
    }
    return CompletableFuture.allOf(free.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> unlessFailed(CompletableFuture<Void> free) {
    return free.thenCompose(
        nothing -> {
          ExpressException why = failed();
          return why == null
              ? CompletableFuture.completedFuture(null)
              : CompletableFuture.failedFuture(why);
        });
  }

  @Override
  public CompletableFuture<Void> lend(ByteBuffer bytes) {
    Objects.requireNonNull(bytes, "bytes");
    return give(
        bytes.remaining(),
        () -> {
          ByteBuffer lent = bytes.slice();
          bytes.position(bytes.limit());
          return lendAll(lent);
        });
  }

  @Override
  public CompletableFuture<Void> write(FileChannel file, long position, long length) {
    Objects.requireNonNull(file, "file");
    if (position < 0 || length < 0) {
      throw new IllegalArgumentException(
          "position and length must not be negative, but are " + position + " and " + length);
    }
    return give(length, () -> each(lane -> lane.write(file, position, length)));
  }

  /** Gives what is not copied here: the turn is over when the lanes have it, the future later. */
  private CompletableFuture<Void> give(long length, Supplier<CompletableFuture<Void>> gift) {
    CompletableFuture<CompletableFuture<Void>> given =
        inTurn(
            () -> {
              ExpressException refused = accept(length);
              if (refused != null) {
                return CompletableFuture.failedFuture(refused);
              }
              ship();
              return CompletableFuture.completedFuture(unlessFailed(gift.get()));
            });
    return given.thenCompose(free -> free);
  }

  @Override
  public CompletableFuture<Void> write(Flow.Publisher<ByteBuffer> source) {
    Objects.requireNonNull(source, "source");
    CompletableFuture<Void> taken = new CompletableFuture<>();
    inTurn(
            () -> {
              Pouring pouring = new Pouring(this::pour, this::sourceFailed);
              failing.thenAccept(pouring::stop);
              try {
                source.subscribe(pouring);
              } catch (RuntimeException e) {
                pouring.onError(e);
              }
              return pouring.over();
            })
        .whenComplete(
            (nothing, why) -> {
              ExpressException known = failed();
              if (known != null || why != null) {
                Throwable cause = Fleet.cause(why);
                taken.completeExceptionally(known != null ? known : Objects.requireNonNull(cause));
              } else {
                taken.complete(null);
              }
            });
    return taken;
  }

  private ExpressException sourceFailed(Throwable why) {
    return fail(invalid("the source failed: " + why, why));
  }

  @Override
  public WritableByteChannel channel() {
    return new FanOutChannel(this);
  }

  @Override
  public OutputStream stream() {
    return new BufferedOutputStream(
        Channels.newOutputStream(new FanOutChannel(this)), STREAM_BYTES);
  }

  // What lanes tell.

  private void stored(Lane lane, long bytes) {
    synchronized (progressLock) {
      lane.stored(bytes);
      long safe = safeBytes();
      if (safe > told) {
        told = safe;
        options.progress().onProgress(safe, offset());
      }
    }
  }

  /** Bytes that as many replicas have stored as must have all of them for the upload to be done. */
  private long safeBytes() {
    if (policy.isPrimary()) {
      return lane(kit.primary()).stored();
    }
    long[] stored = lanes.all().stream().mapToLong(Lane::stored).sorted().toArray();
    return stored[stored.length - kit.acks()];
  }

  /** One replica takes no more: the others go on where the policy allows. */
  private void drop(Lane lane, Throwable why) {
    Throwable cause = Objects.requireNonNull(Fleet.cause(why));
    lane.replica().changed(cause);
    lane.failed(cause);
    synchronized (this) {
      if (isOver) {
        return; // how it ends is counted there
      }
    }
    if (!isEnoughWithout(lane) || !(cause instanceof ExpressException)) {
      fail(known(cause));
    }
  }

  private boolean isEnoughWithout(Lane lane) {
    long left = lanes.all().stream().filter(each -> each != lane && each.failure() == null).count();
    return policy.isPrimary()
        ? lane.replica() != kit.primary()
        : left >= policy.acks(kit.fleet().size());
  }

  /** Its zone is down: what the lane holds is free again where the policy can do without it. */
  private void letGo(Lane lane) {
    synchronized (this) {
      if (isOver) {
        return;
      }
    }
    if (lane.failure() == null && isEnoughWithout(lane)) {
      ExpressException why = lane.replica().down(Operation.UPLOAD_PART, key);
      drop(lane, why);
      lane.letGo(why);
    }
  }

  private ExpressException known(Throwable why) {
    return why instanceof ExpressException express
        ? express
        : invalid("the upload cannot go on: " + why.getMessage(), why);
  }

  // Ending.

  private void end() {
    synchronized (this) {
      isOver = true;
    }
    given.complete(null);
  }

  @Override
  public CompletableFuture<ObjectInfo> complete() {
    return this.<CompletableFuture<ObjectInfo>>inTurn(
            () -> {
              ship();
              end();
              return CompletableFuture.completedFuture(lanes.stamp().thenCompose(this::completed));
            })
        .thenCompose(done -> done)
        .exceptionallyCompose(
            why -> {
              ExpressException cause = fail(known(Objects.requireNonNull(Fleet.cause(why))));
              return abortLanes().thenCompose(nothing -> CompletableFuture.failedFuture(cause));
            });
  }

  private CompletableFuture<ObjectInfo> completed(Stamp stamp) {
    Tally<ObjectInfo> tally =
        new Tally<ObjectInfo>(
                kit.fleet(),
                Operation.COMPLETE_UPLOAD,
                key,
                policy.acks(kit.fleet().size()),
                kit.isEarly(),
                new CompletableFuture<>())
            .lettingGo(each -> lane(each).letGo(each.down(Operation.COMPLETE_UPLOAD, key)));
    kit.owe(tally, key, policy.isPrimary());
    if (!policy.isPrimary() && !options.how().isConditional()) {
      return tally.ask(replica -> completed(lane(replica), stamp)).done();
    }
    Lane first = decider();
    return completed(first, stamp)
        .thenCompose(
            info ->
                tally
                    .ask(
                        replica ->
                            replica == first.replica()
                                ? CompletableFuture.completedFuture(info)
                                : completed(lane(replica), stamp))
                    .done());
  }

  private Lane lane(Replica replica) {
    return lanes.all().get(replica.index());
  }

  /** The primary, or the first that goes on. */
  private Lane decider() {
    Lane primary = lane(kit.primary());
    return policy.isQuorum()
        ? lanes.all().stream().filter(each -> each.failure() == null).findFirst().orElse(primary)
        : primary;
  }

  private CompletableFuture<ObjectInfo> completed(Lane lane, Stamp stamp) {
    Throwable dropped = lane.failure();
    if (dropped != null) {
      return CompletableFuture.failedFuture(dropped);
    }
    long size = offset();
    WriteOptions how = options.how();
    return lane.complete()
        .thenApply(raw -> raw.lastModified())
        .exceptionallyCompose(
            why -> {
              Throwable cause = Objects.requireNonNull(Fleet.cause(why));
              boolean mayBeThere =
                  cause instanceof PreconditionFailedException
                      || cause instanceof OutcomeUnknownException;
              return mayBeThere
                  ? Seen.at(lane.replica(), key)
                      .thenCompose(
                          seen ->
                              isDone(seen, stamp, size)
                                  ? CompletableFuture.completedFuture(
                                      Objects.requireNonNull(seen.raw()).lastModified())
                                  : CompletableFuture.failedFuture(cause))
                  : CompletableFuture.failedFuture(cause);
            })
        .thenApply(
            storedAt ->
                new ObjectInfo(
                    key,
                    size,
                    Naming.version(stamp, size),
                    storedAt,
                    how.contentType(),
                    how.metadata()));
  }

  /** It is there; or, when the caller asked for no condition, something newer is. */
  private boolean isDone(Seen seen, Stamp stamp, long size) {
    return options.how().isConditional() ? stamp.equals(seen.stamp()) : seen.isAtLeast(stamp, size);
  }

  @Override
  public CompletableFuture<UploadToken> token() {
    ExpressException why = failed();
    return why != null
        ? CompletableFuture.failedFuture(why)
        : lanes.stamp().thenCompose(stamp -> tokens(Lane::token, stamp));
  }

  @Override
  public CompletableFuture<UploadToken> pause() {
    return this.<CompletableFuture<UploadToken>>inTurn(
            () -> {
              ByteBuffer dropped = chunk;
              chunk = null;
              if (dropped != null) {
                budget.giveBack(dropped);
              }
              end();
              return CompletableFuture.completedFuture(
                  lanes.stamp().thenCompose(stamp -> tokens(Lane::pause, stamp)));
            })
        .thenCompose(token -> token);
  }

  private interface Tokens {
    CompletableFuture<UploadToken> of(Lane lane);
  }

  private CompletableFuture<UploadToken> tokens(Tokens which, Stamp stamp) {
    CompletableFuture<List<UploadToken>> all = CompletableFuture.completedFuture(new ArrayList<>());
    for (Lane lane : lanes.all()) {
      if (lane.failure() == null) {
        all =
            all.thenCombine(
                which.of(lane),
                (some, one) -> {
                  some.add(one);
                  return some;
                });
      }
    }
    return all.thenApply(tokens -> lanes.token(tokens, stamp));
  }

  @Override
  public CompletableFuture<Void> abort() {
    synchronized (this) {
      if (isOver && failure == null) {
        return CompletableFuture.completedFuture(null);
      }
    }
    fail(invalid("the upload was aborted", null));
    return abortLanes();
  }

  private CompletableFuture<Void> abortLanes() {
    return CompletableFuture.allOf(
        lanes.all().stream().map(Lane::abort).toArray(CompletableFuture[]::new));
  }

  @Override
  public void close() {
    synchronized (this) {
      if (isOver && failure == null) {
        return; // lanes that lag go on by themselves
      }
    }
    fail(invalid("the upload was aborted", null));
    lanes.all().forEach(Lane::close);
  }

  // Failing.

  private synchronized @Nullable ExpressException failed() {
    return failure;
  }

  private ExpressException invalid(String problem, @Nullable Throwable cause) {
    return new InvalidRequestException(
        problem,
        RequestSite.of(Operation.UPLOAD_PART, kit.primary().bucket().name(), key, null),
        cause);
  }

  /** Ends the upload for this reason, unless it ended before; gives the reason it ended for. */
  ExpressException fail(ExpressException why) {
    ExpressException first;
    synchronized (this) {
      failure = failure == null ? why : failure;
      first = failure;
    }
    if (failing.complete(first)) {
      given.complete(null);
      abortLanes();
    }
    return first;
  }

  ExpressException interrupted(InterruptedException why) {
    return fail(invalid("the writing thread was interrupted", why));
  }
}
