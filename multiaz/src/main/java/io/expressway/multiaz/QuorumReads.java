package io.expressway.multiaz;

import io.expressway.ExpressException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.OutcomeUnknownException;
import io.expressway.PreconditionFailedException;
import io.expressway.ReadRequest;
import io.expressway.RequestSite;
import io.expressway.Slice;
import io.expressway.ZoneUnavailableException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads that bring the newest content that is done: most replicas are asked what they have while
 * one of them sends the bytes, and what most do not have yet is brought to them before the answer,
 * so that no later read finds less. Under {@link WritePolicy#primary()} the primary's word is
 * enough.
 *
 * <p>Source: the second phase of reads of Attiya, Bar-Noy and Dolev, "Sharing Memory Robustly in
 * Message-Passing Systems" (JACM 1995).
 *
 * <p>Thread: safe for many; holds nothing of a read.
 */
final class QuorumReads {
  /** Each try but the first was overtaken by a writer. */
  private static final int MOST_TRIES = 8;

  private final Kit kit;
  private final int most;

  QuorumReads(Kit kit) {
    this.kit = kit;
    this.most = kit.fleet().size() / 2 + 1;
  }

  // What is there.

  CompletableFuture<ObjectInfo> stat(String key) {
    return look(key)
        .thenCompose(
            picture -> {
              Seen newest = picture.newest();
              return newest == null
                  ? CompletableFuture.failedFuture(absent(Operation.STAT, key))
                  : CompletableFuture.completedFuture(known(newest));
            });
  }

  private static ObjectInfo known(Seen newest) {
    return newest.replica().naming().known(Objects.requireNonNull(newest.raw()));
  }

  private ObjectNotFoundException absent(Operation operation, String key) {
    return new ObjectNotFoundException("no object is at the key", site(operation, key), null);
  }

  private RequestSite site(Operation operation, String key) {
    return RequestSite.of(operation, kit.primary().bucket().name(), key, null);
  }

  /** What the key holds; most replicas have it when the future completes. */
  private CompletableFuture<Picture> look(String key) {
    return kit.fleet().options().writes().isPrimary()
        ? Seen.at(kit.primary(), key).thenApply(seen -> new Picture(List.of(seen)))
        : look(key, 0);
  }

  /** Looks again when a writer came between a look and what was to be brought. */
  private CompletableFuture<Picture> look(String key, int tries) {
    Looks looks = Looks.at(kit.fleet(), key);
    CompletableFuture<List<Seen>> heard = looks.atLeast(most);
    return heard
        .thenCompose(some -> Mending.settled(new Picture(some), key))
        .thenCompose(picture -> secured(picture, key, looks, heard))
        .exceptionallyCompose(
            why ->
                Fleet.cause(why) instanceof PreconditionFailedException && tries < MOST_TRIES
                    ? look(key, tries + 1)
                    : CompletableFuture.failedFuture(why));
  }

  private CompletableFuture<Picture> secured(
      Picture picture, String key, Looks looks, CompletableFuture<?> like) {
    Seen newest = picture.newest();
    if (picture.isConflict()) {
      List<String> zones = picture.seen().stream().map(each -> each.replica().zone()).toList();
      kit.fleet().listener().onConflict(key, zones);
      return CompletableFuture.completedFuture(picture);
    }
    boolean isUnstamped = newest != null && newest.stamp() == null;
    if (isUnstamped || picture.seen().stream().allMatch(picture::isCurrent)) {
      return CompletableFuture.completedFuture(picture);
    }
    Stamp gone = picture.gone();
    if (newest == null && gone != null) {
      return new QuorumWrites(kit).erase(key, gone, looks, like).thenApply(done -> picture);
    }
    Tally<Boolean> holders =
        new Tally<>(kit.fleet(), Operation.STAT, key, most, true, like.newIncompleteFuture());
    return holders
        .ask(replica -> looks.of(replica).thenCompose(seen -> brought(picture, seen, key, 0)))
        .done()
        .thenApply(done -> picture)
        .exceptionallyCompose(why -> CompletableFuture.failedFuture(unsecured(key, holders)));
  }

  /**
   * Completes when the replica has what the picture says, or something newer. Only by this picture:
   * another may not have heard of the newest content, and would be content with less.
   */
  private CompletableFuture<Boolean> brought(Picture picture, Seen seen, String key, int tries) {
    if (picture.isCurrent(seen)) {
      return CompletableFuture.completedFuture(true);
    }
    return kit.mending()
        .mend(picture.with(seen), seen.replica(), key)
        .thenApply(done -> true)
        .exceptionallyCompose(
            why -> {
              Throwable cause = Objects.requireNonNull(Fleet.cause(why));
              boolean isRace =
                  cause instanceof PreconditionFailedException
                      || cause instanceof ObjectNotFoundException
                      || cause instanceof OutcomeUnknownException;
              return isRace && tries < MOST_TRIES
                  ? Seen.at(seen.replica(), key)
                      .thenCompose(fresh -> brought(picture, fresh, key, tries + 1))
                  : CompletableFuture.failedFuture(cause);
            });
  }

  /** A race when a writer replaced what was to be brought, else the zones' fault. */
  private ExpressException unsecured(String key, Tally<Boolean> holders) {
    PreconditionFailedException overtaken = holders.overtaken();
    return overtaken != null
        ? overtaken
        : new ZoneUnavailableException(
            "the newest content is not in most zones, and could not be brought to them",
            site(Operation.STAT, key),
            holders.failure());
  }

  // Bytes.

  CompletableFuture<Slice> read(ReadRequest request) {
    CompletableFuture<Slice> begun = new LentRace(kit.fleet(), request).start();
    CompletableFuture<Slice> answer = begun.newIncompleteFuture();
    read(request, begun, answer, 0);
    return answer;
  }

  private void read(
      ReadRequest request,
      CompletableFuture<Slice> begun,
      CompletableFuture<Slice> answer,
      int tries) {
    answer.whenComplete((slice, why) -> giveUpIfCancelled(begun, why));
    look(request.key())
        .whenComplete(
            (picture, why) -> {
              Throwable refused = picture == null ? Fleet.cause(why) : refusal(request, picture);
              if (refused != null) {
                drop(begun);
                answer.completeExceptionally(refused);
              } else {
                settle(request, Objects.requireNonNull(picture), begun, answer, tries);
              }
            });
  }

  private static void giveUpIfCancelled(CompletableFuture<Slice> begun, @Nullable Throwable why) {
    if (why instanceof CancellationException) {
      drop(begun);
    }
  }

  private static void drop(CompletableFuture<Slice> begun) {
    begun.cancel(false);
    begun.whenComplete(
        (slice, why) -> {
          if (slice != null) {
            slice.close();
          }
        });
  }

  private @Nullable ExpressException refusal(ReadRequest request, Picture picture) {
    if (picture.newest() == null) {
      return absent(Operation.READ, request.key());
    }
    ObjectVersion required = request.version().orElse(null);
    return required == null || QuorumWrites.isNewest(picture, required)
        ? null
        : new PreconditionFailedException(
            "the object is not of version " + required, site(Operation.READ, request.key()), null);
  }

  /** The bytes are good when they are of the newest content; else they are asked for again. */
  private void settle(
      ReadRequest request,
      Picture picture,
      CompletableFuture<Slice> begun,
      CompletableFuture<Slice> answer,
      int tries) {
    ObjectVersion newest = known(Objects.requireNonNull(picture.newest())).version();
    begun.whenComplete(
        (slice, why) -> {
          if (slice != null && slice.info().version().equals(newest)) {
            give(slice, answer);
            return;
          }
          if (slice != null) {
            slice.close();
          }
          if (!answer.isDone()) {
            readAgain(request, newest, answer, tries);
          }
        });
  }

  private static void give(Slice slice, CompletableFuture<Slice> answer) {
    if (!answer.complete(slice)) {
      slice.close();
    }
  }

  private void readAgain(
      ReadRequest request, ObjectVersion newest, CompletableFuture<Slice> answer, int tries) {
    CompletableFuture<Slice> again = new LentRace(kit.fleet(), request.ifVersion(newest)).start();
    answer.whenComplete((slice, why) -> giveUpIfCancelled(again, why));
    again.whenComplete(
        (slice, why) -> {
          Throwable cause = Fleet.cause(why);
          boolean isReplaced =
              cause instanceof PreconditionFailedException
                  || cause instanceof ObjectNotFoundException;
          if (slice != null) {
            give(slice, answer);
          } else if (isReplaced && tries < MOST_TRIES && !answer.isDone()) {
            read(request, new LentRace(kit.fleet(), request).start(), answer, tries + 1);
          } else {
            answer.completeExceptionally(Objects.requireNonNull(cause));
          }
        });
  }
}
