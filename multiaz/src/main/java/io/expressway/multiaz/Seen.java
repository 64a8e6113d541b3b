package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one replica answered about a key. Immutable.
 *
 * @param replica who answered
 * @param raw the object as that replica knows it; null when there is none
 * @param gone by which stamp the key was deleted, as far as that replica was asked and knows
 */
record Seen(Replica replica, @Nullable ObjectInfo raw, @Nullable Stamp gone) {
  /** Asks for the object alone: one HEAD. */
  static CompletableFuture<Seen> at(Replica replica, String key) {
    return ask(replica, key)
        .thenApply(found -> new Seen(replica, found.orElse(null), (Stamp) null));
  }

  /** Asks for the object, and whether it was deleted: two HEADs at once. */
  static CompletableFuture<Seen> withMarker(Replica replica, String key) {
    CompletableFuture<Optional<ObjectInfo>> object = ask(replica, key);
    return ask(replica, Gone.markerOf(key))
        .thenCombine(object, (marker, found) -> of(replica, found, marker));
  }

  private static Seen of(Replica replica, Optional<ObjectInfo> found, Optional<ObjectInfo> marker) {
    return new Seen(replica, found.orElse(null), marker.flatMap(Stamp::of).orElse(null));
  }

  private static CompletableFuture<Optional<ObjectInfo>> ask(Replica replica, String key) {
    return replica
        .bucket()
        .stat(key)
        .thenApply(Optional::of)
        .exceptionallyCompose(
            why ->
                Fleet.cause(why) instanceof ObjectNotFoundException
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(why));
  }

  /** The same, with what the replica says of the key's deletion. */
  CompletableFuture<Seen> askMarker(String key) {
    return ask(replica, Gone.markerOf(key))
        .thenApply(marker -> new Seen(replica, raw, marker.flatMap(Stamp::of).orElse(null)));
  }

  boolean isAbsent() {
    return raw == null;
  }

  /** The stamp of what is there; null when nothing is, or others wrote it. */
  @Nullable Stamp stamp() {
    return raw == null ? null : Stamp.of(raw).orElse(null);
  }

  long size() {
    return raw == null ? -1 : raw.size();
  }

  /**
   * Whether another replica has as many bytes and neither a stamp: only the bytes tell then whether
   * they are alike.
   */
  boolean isOnlyAsLongAs(Seen other) {
    return replica != other.replica
        && raw != null
        && other.raw != null
        && stamp() == null
        && other.stamp() == null
        && size() == other.size();
  }

  /** Whether it is of this version, as callers know versions. */
  boolean isOf(io.expressway.ObjectVersion known) {
    return raw != null && replica.naming().version(raw).equals(known);
  }

  /** Whether the content with this stamp and size is there, or a newer one. */
  boolean isAtLeast(Stamp wanted, long size) {
    Stamp stamp = stamp();
    int order = stamp == null ? -1 : stamp.compareTo(wanted);
    return order > 0 || (order == 0 && size() >= size);
  }
}
