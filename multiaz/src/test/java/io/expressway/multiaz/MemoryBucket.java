package io.expressway.multiaz;

import io.expressway.Bucket;
import io.expressway.BucketName;
import io.expressway.ByteRange;
import io.expressway.CopyRequest;
import io.expressway.ExpressException;
import io.expressway.ListRequest;
import io.expressway.ObjectInfo;
import io.expressway.ObjectListing;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.ReadRequest;
import io.expressway.RenameOptions;
import io.expressway.RequestSite;
import io.expressway.Slice;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.UploadToken;
import io.expressway.WriteOptions;
import io.expressway.ZoneUnavailableException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A bucket in memory whose requests take simulated time, get lost, or find the zone down. Several
 * may look at one store, as clients of one bucket do, each over a link of its own.
 *
 * <p>A request is sent once: what a repeated write does that arrives a second time, after
 * another's, is not simulated.
 */
final class MemoryBucket implements Bucket {
  /** What is stored, and whether the zone is there. Guarded by itself. */
  static final class Store {
    private record Stored(ObjectInfo info, ByteBuffer bytes) {}

    private final Map<String, Stored> objects = new HashMap<>();
    private final BucketName name;
    private boolean isDown;
    private long tags;

    Store(String zone) {
      this.name = BucketName.directory("memory--" + zone + "--x-s3");
    }

    synchronized void down(boolean isGone) {
      isDown = isGone;
    }

    private synchronized boolean isDown() {
      return isDown;
    }

    private synchronized Optional<Stored> find(String key) {
      return Optional.ofNullable(objects.get(key));
    }

    private synchronized ObjectInfo put(String key, ByteBuffer bytes, WriteOptions how)
        throws ExpressException {
      check(key, how);
      ObjectInfo info =
          new ObjectInfo(
              key,
              bytes.remaining(),
              new ObjectVersion("\"" + ++tags + "\""),
              Instant.now(),
              how.contentType(),
              how.metadata());
      objects.put(key, new Stored(info, bytes));
      return info;
    }

    private void check(String key, WriteOptions how) throws ExpressException {
      Stored there = objects.get(key);
      RequestSite site = RequestSite.of(Operation.WRITE, name, key, null);
      if (how.requiresAbsent() && there != null) {
        throw new PreconditionFailedException("there is one", site, null);
      }
      if (how.version().isPresent()) {
        if (there == null) {
          throw new ObjectNotFoundException("there is none", site, null);
        }
        if (!there.info().version().equals(how.version().get())) {
          throw new PreconditionFailedException("there is another", site, null);
        }
      }
    }

    private synchronized void remove(String key) {
      objects.remove(key);
    }
  }

  /** What a request does to the store. */
  private interface Effect<T> {
    T on(Store store) throws ExpressException;
  }

  /** What a lost answer leaves open. */
  private enum Kind {
    QUESTION,
    /** A change that could be repeated: its loss is the zone's fault. */
    CHANGE,
    /** A change that must not be repeated: whether it took effect is not known. */
    CHANGE_ONCE
  }

  /** The way between this client and the zone. */
  enum Link {
    WHOLE,
    /** Requests do not get there. */
    CUT,
    /** Requests get there, and answers do not come back. */
    MUTE
  }

  private final Store store;
  private final Simulation simulation;
  private volatile Link link = Link.WHOLE;
  private volatile boolean isClosed;
  private volatile boolean isDead;
  private final Queue<CompletableFuture<?>> unheard = new ConcurrentLinkedQueue<>();

  MemoryBucket(Store store, Simulation simulation) {
    this.store = store;
    this.simulation = simulation;
  }

  @Override
  public BucketName name() {
    return store.name;
  }

  void link(Link state) {
    link = state;
  }

  /**
   * The client's process ends at once: no request leaves any more, no answer is heard; what is on
   * its way may still arrive. What waits for answers learns of the end when the bucket is closed.
   */
  void kill() {
    isDead = true;
  }

  private boolean isSilent() {
    return isDead && !isClosed;
  }

  /** A request on its way, its effect, and the answer on its way back. */
  private <T> CompletableFuture<T> send(
      Operation operation, String key, Kind kind, Effect<T> effect) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (isSilent()) {
      unheard.add(answer);
      return answer;
    }
    RequestSite site = RequestSite.of(operation, store.name, key, null);
    int luck = simulation.luck();
    boolean isGivenUp = luck >= 15 && luck < 18 && kind != Kind.QUESTION;
    if (isGivenUp) {
      fail(answer, unanswered(kind, site)); // and arrives later, to everybody's surprise
    }
    simulation.after(
        1 + simulation.random(luck < 10 || isGivenUp ? 200 : 10),
        () -> arrive(answer, kind, effect, luck, site));
    return answer;
  }

  private <T> void arrive(
      CompletableFuture<T> answer, Kind kind, Effect<T> effect, int luck, RequestSite site) {
    if (isSilent() && simulation.random(2) == 0) {
      unheard.add(answer);
      return;
    }
    if (store.isDown() || link == Link.CUT || luck < 5 || isClosed) {
      fail(answer, new ZoneUnavailableException("refused", site, null));
      return;
    }
    boolean isLost = link == Link.MUTE || (luck >= 10 && luck < 15 && kind != Kind.QUESTION);
    try {
      T value = effect.on(store);
      if (isLost) {
        fail(answer, unanswered(kind, site));
      } else {
        back(answer, () -> answer.complete(value));
      }
    } catch (ExpressException e) {
      fail(answer, isLost ? unanswered(kind, site) : e);
    }
  }

  private static ExpressException unanswered(Kind kind, RequestSite site) {
    return kind == Kind.CHANGE_ONCE
        ? new OutcomeUnknownException("the answer was lost", site, null)
        : new ZoneUnavailableException("no answer", site, null);
  }

  private void fail(CompletableFuture<?> answer, ExpressException why) {
    back(answer, () -> answer.completeExceptionally(why));
  }

  private void back(CompletableFuture<?> answer, Runnable heard) {
    simulation.after(
        1 + simulation.random(10),
        () -> {
          if (isSilent()) {
            unheard.add(answer);
          } else {
            heard.run();
          }
        });
  }

  private ObjectNotFoundException absent(Operation operation, String key) {
    return new ObjectNotFoundException(
        "there is none", RequestSite.of(operation, store.name, key, null), null);
  }

  @Override
  public CompletableFuture<Slice> read(ReadRequest request) {
    CompletableFuture<Slice> whole =
        send(Operation.READ, request.key(), Kind.QUESTION, store -> found(store, request))
            .thenApply(stored -> Slice.lend(stored.info(), stored.bytes().duplicate(), () -> {}));
    return request.claim().isPresent() ? request.claim().get().over(whole) : whole;
  }

  private Store.Stored found(Store from, ReadRequest request) throws ExpressException {
    Store.Stored stored =
        from.find(request.key()).orElseThrow(() -> absent(Operation.READ, request.key()));
    if (request.version().isPresent() && !request.version().get().equals(stored.info().version())) {
      throw new PreconditionFailedException(
          "there is another",
          RequestSite.of(Operation.READ, store.name, request.key(), null),
          null);
    }
    return stored;
  }

  @Override
  public CompletableFuture<ObjectInfo> stat(String key) {
    return send(
        Operation.STAT,
        key,
        Kind.QUESTION,
        store -> store.find(key).orElseThrow(() -> absent(Operation.STAT, key)).info());
  }

  @Override
  public CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options) {
    ByteBuffer bytes = ByteBuffer.allocate(body.remaining()).put(body.duplicate()).flip();
    Kind kind = options.isConditional() ? Kind.CHANGE_ONCE : Kind.CHANGE;
    return send(Operation.WRITE, key, kind, store -> store.put(key, bytes, options));
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return this.<Optional<Void>>send(
            Operation.DELETE,
            key,
            Kind.CHANGE,
            store -> {
              store.remove(key);
              return Optional.empty();
            })
        .thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<Void> delete(String key, ObjectVersion version) {
    return this.<Optional<Void>>send(
            Operation.DELETE,
            key,
            Kind.CHANGE_ONCE,
            store -> {
              synchronized (store) {
                if (store.find(key).isPresent()) {
                  store.check(key, WriteOptions.defaults().ifVersion(version));
                  store.remove(key);
                }
              }
              return Optional.empty();
            })
        .thenAccept(done -> {});
  }

  @Override
  public void close() {
    isClosed = true;
    for (CompletableFuture<?> answer = unheard.poll(); answer != null; answer = unheard.poll()) {
      answer.completeExceptionally(
          new ZoneUnavailableException("nobody is there", RequestSite.UNKNOWN, null));
    }
  }

  // What the simulation has no need of.

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Slice> read(String key, ByteRange range) {
    return read(ReadRequest.of(key, range));
  }

  @Override
  public CompletableFuture<ObjectListing> list(ListRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Upload upload(String key, UploadOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Upload> resume(UploadToken token, UploadOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Integer> abortUploads(String prefix, Instant begunBefore) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<ObjectInfo> append(
      String key, long atOffset, ByteBuffer body, WriteOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Void> rename(String from, String to, RenameOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<ObjectVersion> copy(CopyRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<CompletableFuture<Void>> deleteAll(List<String> keys) {
    throw new UnsupportedOperationException();
  }
}
