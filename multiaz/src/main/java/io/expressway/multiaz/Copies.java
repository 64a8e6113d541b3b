package io.expressway.multiaz;

import io.expressway.BucketName;
import io.expressway.CopyRequest;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import io.expressway.WriteOptions;
import io.expressway.ZoneUnavailableException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Copies inside each zone's bucket, of the version that the set takes for the newest; a replica
 * that has another is owed the copy. Thread: safe for many.
 */
final class Copies {
  private final Kit kit;

  Copies(Kit kit) {
    this.kit = kit;
  }

  /** Why the set cannot do it; null when it can. */
  @Nullable InvalidRequestException refusal(CopyRequest request) {
    BucketName other = request.sourceBucket().orElse(null);
    boolean isOurs =
        other == null
            || kit.replicas().stream().anyMatch(each -> each.bucket().name().equals(other));
    return isOurs
        ? null
        : new InvalidRequestException(
            "a set of replicas copies its own objects only: read from " + other + " and write here",
            site(request.to()),
            null);
  }

  private RequestSite site(String key) {
    return RequestSite.of(Operation.COPY, kit.primary().bucket().name(), key, null);
  }

  /** The source that is to be copied, by the primary's word. */
  CompletableFuture<Seen> primarySource(CopyRequest request) {
    return Seen.at(kit.primary(), request.from())
        .thenCompose(seen -> checked(request, new Picture(List.of(seen))));
  }

  /** The source that is to be copied, by that of most replicas. */
  CompletableFuture<Seen> newestSource(CopyRequest request) {
    return Looks.at(kit.fleet(), request.from())
        .atLeast(kit.acks())
        .thenCompose(heard -> Mending.settled(new Picture(heard), request.from()))
        .thenCompose(picture -> checked(request, picture));
  }

  private CompletableFuture<Seen> checked(CopyRequest request, Picture picture) {
    Seen newest = picture.newest();
    Optional<ObjectVersion> required = request.sourceVersion();
    if (newest == null) {
      return CompletableFuture.failedFuture(
          new ObjectNotFoundException("no object to copy", site(request.from()), null));
    }
    if (required.isPresent() && !QuorumWrites.isNewest(picture, required.get())) {
      return CompletableFuture.failedFuture(
          new PreconditionFailedException(
              "the object to copy is not of version " + required.get(),
              site(request.from()),
              null));
    }
    return CompletableFuture.completedFuture(newest);
  }

  /** What is to be at the copy's key. */
  Content content(CopyRequest request, Seen source, Stamp stamp) {
    return new Content(
        request.to(),
        stamp,
        source.size(),
        Content.stamped(described(request, source), stamp),
        (replica, conditioned) -> copy(request, source, replica, conditioned));
  }

  /** As the caller describes the copy, or as the source is described. */
  private static WriteOptions described(CopyRequest request, Seen source) {
    if (request.replacesMetadata()) {
      return request.options();
    }
    ObjectInfo raw = Objects.requireNonNull(source.raw());
    Map<String, String> metadata = new HashMap<>(raw.metadata());
    metadata.remove(Stamp.METADATA);
    WriteOptions plain = request.options().metadata(metadata);
    return raw.contentType().map(plain::contentType).orElse(plain);
  }

  private CompletableFuture<Instant> copy(
      CopyRequest request, Seen source, Replica replica, WriteOptions conditioned) {
    return Seen.at(replica, request.from())
        .thenCompose(
            there -> {
              ObjectInfo raw = there.raw();
              if (raw == null || !isSame(there, source)) {
                return CompletableFuture.failedFuture(
                    new ZoneUnavailableException(
                        "the zone has not got what is to be copied", site(request.to()), null));
              }
              return replica
                  .bucket()
                  .copy(
                      CopyRequest.of(request.from(), request.to())
                          .ifSourceVersion(raw.version())
                          .storedWith(conditioned))
                  .thenApply(copied -> Instant.now());
            });
  }

  private static boolean isSame(Seen there, Seen source) {
    return there.replica() == source.replica()
        || (there.stamp() != null
            && there.size() == source.size()
            && there.stamp().equals(source.stamp()));
  }
}
