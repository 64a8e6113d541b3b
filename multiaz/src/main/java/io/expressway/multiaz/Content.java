package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.OutcomeUnknownException;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is to be at a key, and how it gets to a replica. Immutable.
 *
 * @param key where it is to be
 * @param stamp its version
 * @param size its bytes
 * @param how media type, metadata with the stamp, checksum; no condition
 * @param sending brings it to a replica under the options given
 */
record Content(String key, Stamp stamp, long size, WriteOptions how, Sending sending) {
  /** One request that stores the content, or a server-side copy. */
  interface Sending {
    /** Gives when it was stored. */
    CompletableFuture<Instant> to(Replica replica, WriteOptions conditioned);

    /** Sends the replica nothing more, where that keeps memory. */
    default void letGo(Replica replica) {}
  }

  /** A body in memory that stays. */
  static Content of(String key, Stamp stamp, ByteBuffer body, WriteOptions how) {
    return new Content(
        key,
        stamp,
        body.remaining(),
        stamped(how, stamp),
        (replica, conditioned) ->
            replica
                .bucket()
                .write(key, body.duplicate(), conditioned)
                .thenApply(ObjectInfo::lastModified));
  }

  /** A body that may outlive its write. */
  static Content of(String key, Stamp stamp, LaggingMemory.Body body, WriteOptions how) {
    Sending sending =
        new Sending() {
          @Override
          public CompletableFuture<Instant> to(Replica replica, WriteOptions conditioned) {
            return body.lendTo(replica, bytes -> replica.bucket().write(key, bytes, conditioned))
                .thenApply(ObjectInfo::lastModified);
          }

          @Override
          public void letGo(Replica replica) {
            body.letGo(replica);
          }
        };
    return new Content(key, stamp, body.bytes().remaining(), stamped(how, stamp), sending);
  }

  /** The replica is waited for no more: what it has not got by now it gets from another. */
  void letGo(Replica replica) {
    sending.letGo(replica);
  }

  /** The options without their conditions, and with the stamp among the metadata. */
  static WriteOptions stamped(WriteOptions how, Stamp stamp) {
    Map<String, String> metadata = new HashMap<>(how.metadata());
    if (metadata.put(Stamp.METADATA, stamp.toString()) != null) {
      throw new IllegalArgumentException(
          "metadata must not have the name " + Stamp.METADATA + ": the set keeps versions there");
    }
    return described(how).metadata(metadata);
  }

  /** The options without their conditions and metadata. */
  static WriteOptions described(WriteOptions how) {
    WriteOptions plain = WriteOptions.defaults().checksum(how.checksum());
    return how.contentType().map(plain::contentType).orElse(plain);
  }

  /** Stores it whatever is there. */
  CompletableFuture<ObjectInfo> send(Replica replica) {
    return sending.to(replica, how).thenApply(this::known);
  }

  /** Stores it under the condition. */
  CompletableFuture<ObjectInfo> send(Replica replica, WriteOptions conditioned) {
    return sending.to(replica, conditioned).thenApply(this::known);
  }

  /** Stores it where what was seen still is. */
  CompletableFuture<ObjectInfo> sendOver(Seen seen) {
    return send(seen.replica(), over(seen.raw()));
  }

  /** Stores it under a condition that decides; after a lost answer the replica is looked at. */
  CompletableFuture<ObjectInfo> sendOnce(Replica replica, WriteOptions conditioned) {
    return send(replica, conditioned)
        .exceptionallyCompose(
            why -> {
              Throwable cause = Fleet.cause(why);
              CompletableFuture<ObjectInfo> lost =
                  CompletableFuture.failedFuture(cause == null ? why : cause);
              return cause instanceof OutcomeUnknownException
                  ? Seen.at(replica, key)
                      .thenCompose(seen -> isThere(seen) ? found(seen) : lost)
                      .exceptionallyCompose(blind -> lost)
                  : lost;
            });
  }

  private boolean isThere(Seen seen) {
    return stamp.equals(seen.stamp());
  }

  private CompletableFuture<ObjectInfo> found(Seen seen) {
    return CompletableFuture.completedFuture(
        known(Objects.requireNonNull(seen.raw()).lastModified()));
  }

  /** The options to store it over what is there. */
  WriteOptions over(@Nullable ObjectInfo there) {
    return there == null ? how.ifAbsent() : how.ifVersion(there.version());
  }

  /** The object as callers know it. */
  ObjectInfo known(Instant storedAt) {
    Map<String, String> metadata = new HashMap<>(how.metadata());
    metadata.remove(Stamp.METADATA);
    return new ObjectInfo(
        key, size, Naming.version(stamp, size), storedAt, how.contentType(), Map.copyOf(metadata));
  }
}
