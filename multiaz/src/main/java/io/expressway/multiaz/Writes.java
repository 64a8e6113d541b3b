package io.expressway.multiaz;

import io.expressway.CopyRequest;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.RenameOptions;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.UploadToken;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Changes, made in every zone as the policy has it: by {@link QuorumWrites} when any most of the
 * zones decide, by {@link LedWrites} when the primary does. Safe for many threads.
 */
final class Writes implements AutoCloseable {
  /** Deletes of {@link #deleteAll} under way at once, where each takes several requests. */
  private static final int DELETES_AT_ONCE = 32;

  /** A zone that answers takes what lags in far less, one that is silent is noticed within it. */
  private static final long LONGEST_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Kit kit;
  private final boolean isQuorum;
  private final QuorumWrites quorum;
  private final LedWrites led;
  private final Moves moves;
  private final Copies copies;

  Writes(Fleet fleet) {
    this.kit = Kit.of(fleet);
    this.isQuorum = fleet.options().writes().isQuorum();
    this.quorum = new QuorumWrites(kit);
    this.led = new LedWrites(kit);
    this.moves = new Moves(kit, led);
    this.copies = new Copies(kit);
  }

  Kit kit() {
    return kit;
  }

  private static String ours(String key) {
    if (key.startsWith(Fleet.RESERVED)) {
      throw new IllegalArgumentException(
          "key must not begin with " + Fleet.RESERVED + ", where the set keeps its own: " + key);
    }
    return key;
  }

  CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions how) {
    Objects.requireNonNull(body, "body must not be null: an empty buffer stores an empty object");
    Content.stamped(how, new Stamp(0, 0)); // refuses metadata before anything begins
    ours(key);
    kit.writes().increment();
    boolean mayLag = isQuorum || !led.isAll();
    LaggingMemory.Body kept = mayLag ? kit.memory().copyIfRoom(body) : kit.memory().lent(body);
    QuorumWrites.Stamped stamped = stamp -> Content.of(key, stamp, kept, how);
    try {
      return isQuorum
          ? quorum.put(key, how, kept.isCopy(), stamped).settledThen(kept::release)
          : led.put(key, how, kept.isCopy(), stamped, kept::release);
    } catch (RuntimeException refused) {
      kept.release();
      throw refused;
    }
  }

  Upload upload(String key, UploadOptions how) {
    Content.stamped(how.how(), new Stamp(0, 0)); // refuses metadata before anything begins
    Lanes lanes = Lanes.begun(kit, ours(key), how);
    kit.writes().increment();
    return new FanOutUpload(kit, key, how, lanes);
  }

  CompletableFuture<Upload> resume(UploadToken token, UploadOptions how) {
    if (!token.bucket().equals(kit.primary().bucket().name())) {
      throw new IllegalArgumentException(
          "the token is of an upload to "
              + token.bucket()
              + ", not to "
              + kit.primary().bucket().name()
              + " and its copies");
    }
    UploadOptions same = how.storedWith(how.how().checksum(token.checksum()));
    Lanes lanes = Lanes.resumed(kit, token, same);
    return lanes
        .offset()
        .thenApply(offset -> new FanOutUpload(kit, token.key(), same, lanes.from(offset)));
  }

  CompletableFuture<Integer> abortUploads(String prefix, Instant begunBefore) {
    CompletableFuture<Integer> most = kit.primary().bucket().abortUploads(prefix, begunBefore);
    for (Replica replica : kit.replicas()) {
      if (replica != kit.primary()) {
        most = most.thenCombine(replica.bucket().abortUploads(prefix, begunBefore), Math::max);
      }
    }
    return most;
  }

  CompletableFuture<ObjectInfo> append(
      String key, long atOffset, ByteBuffer body, WriteOptions how) {
    Objects.requireNonNull(body, "body must not be null");
    Moves.check(key, atOffset, body);
    InvalidRequestException refused = moves.refusal(Operation.APPEND, ours(key));
    if (refused != null) {
      return CompletableFuture.failedFuture(refused);
    }
    kit.writes().increment();
    return moves.append(key, atOffset, body, how);
  }

  CompletableFuture<Void> rename(String from, String to, RenameOptions how) {
    Moves.check(ours(from), to);
    InvalidRequestException refused = moves.refusal(Operation.RENAME, ours(to));
    if (refused != null) {
      return CompletableFuture.failedFuture(refused);
    }
    kit.writes().increment();
    return moves.rename(from, to, how);
  }

  CompletableFuture<ObjectVersion> copy(CopyRequest request) {
    if (request.from().equals(request.to()) && !request.replacesMetadata()) {
      throw new IllegalArgumentException(
          "key must change by a copy unless the metadata does: both are " + request.to());
    }
    ours(request.to());
    InvalidRequestException refused = copies.refusal(request);
    if (refused != null) {
      return CompletableFuture.failedFuture(refused);
    }
    kit.writes().increment();
    WriteOptions how = request.options();
    return isQuorum
        ? copies
            .newestSource(request)
            .thenCompose(
                source ->
                    quorum
                        .put(
                            request.to(),
                            how,
                            kit.isEarly(),
                            stamp -> copies.content(request, source, stamp))
                        .done())
            .thenApply(ObjectInfo::version)
        : copies
            .primarySource(request)
            .thenCompose(
                source ->
                    led.put(
                        request.to(),
                        how,
                        true,
                        stamp -> copies.content(request, source, stamp),
                        () -> {}))
            .thenApply(ObjectInfo::version);
  }

  CompletableFuture<Void> delete(String key) {
    kit.writes().increment();
    return isQuorum ? quorum.delete(ours(key), null) : led.delete(ours(key));
  }

  CompletableFuture<Void> delete(String key, ObjectVersion version) {
    kit.writes().increment();
    return isQuorum ? quorum.delete(ours(key), version) : led.delete(ours(key), version);
  }

  /** One after the other where each takes several requests, else in the buckets' own batches. */
  List<CompletableFuture<Void>> deleteAll(List<String> keys) {
    keys.forEach(Writes::ours);
    kit.writes().add(keys.size());
    if (!isQuorum) {
      return new LedDeletes(kit, led).all(keys);
    }
    List<CompletableFuture<Void>> outcomes = new ArrayList<>();
    if (keys.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("key must not be empty: name one object of the bucket");
    }
    ArrayDeque<CompletableFuture<Void>> underWay = new ArrayDeque<>();
    for (String key : keys) {
      CompletableFuture<Void> outcome;
      if (underWay.size() < DELETES_AT_ONCE) {
        outcome = quorum.delete(key, null);
      } else {
        outcome =
            underWay
                .remove()
                .handle((done, why) -> true)
                .thenCompose(next -> quorum.delete(key, null));
      }
      underWay.add(outcome);
      outcomes.add(outcome);
    }
    return outcomes;
  }

  /** Keys that the replica is owed. */
  long owedKeys(Replica replica) {
    return kit.owed().keys(replica);
  }

  /** Waits for what lags, for a while; the rest of it, and all that is owed, is told as lost. */
  @Override
  public void close() {
    long until = System.nanoTime() + LONGEST_CLOSE_NANOS;
    kit.replicas().forEach(each -> each.lagging.await(until));
    kit.replicas().forEach(each -> each.lagging.letGo(each));
    kit.owed().close();
  }
}
