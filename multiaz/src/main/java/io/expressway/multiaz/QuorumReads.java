package io.expressway.multiaz;

import io.expressway.DeadlineExceededException;
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
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads that bring the newest content that is done: most replicas are asked what they have while
 * one of them sends the bytes, and what most do not have yet is brought to them before the answer,
 * so that no later read finds less. Under {@link WritePolicy#primary()} the primary's word is
 * enough.
 *
 * <p>A read's own deadline is for all of that: what is still asked then is let come, and counts for
 * nobody. Without one each request has its bucket's.
 *
 * <p>Contents without a stamp are not compared: of those that answered soonest the first replica's
 * is taken. That is no register; {@link Repair} tells whether they differ.
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
    return look(key, looks -> {})
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

  /**
   * What the key holds; most replicas have it when the future completes.
   *
   * @param asking is told whom it asks
   */
  private CompletableFuture<Picture> look(String key, Consumer<Looks> asking) {
    if (!kit.fleet().options().writes().isPrimary()) {
      return look(key, asking, 0);
    }
    Looks looks = Looks.atPrimary(kit.fleet(), key);
    asking.accept(looks);
    return looks.atLeast(1).thenApply(Picture::new);
  }

  /** Looks again when a writer came between a look and what was to be brought. */
  private CompletableFuture<Picture> look(String key, Consumer<Looks> asking, int tries) {
    Looks looks = Looks.withMarkers(kit.fleet(), kit.fleet().replicas(), key);
    asking.accept(looks);
    CompletableFuture<List<Seen>> heard = looks.atLeast(most);
    return heard
        .thenApply(Picture::new)
        .thenCompose(picture -> secured(picture, key, looks, heard))
        .exceptionallyCompose(
            why ->
                Fleet.cause(why) instanceof PreconditionFailedException && tries < MOST_TRIES
                    ? look(key, asking, tries + 1)
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
    Stamp gone = picture.gone();
    if (newest == null && gone != null && !picture.isKnownGone()) {
      return new QuorumWrites(kit).erase(key, gone, looks, like).thenApply(done -> picture);
    }
    boolean isUnstamped = newest != null && newest.stamp() == null;
    if (isUnstamped || picture.seen().stream().allMatch(picture::isCurrent)) {
      return CompletableFuture.completedFuture(picture);
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
    long began = System.nanoTime();
    CompletableFuture<Slice> begun = new LentRace(kit.fleet(), request).start();
    Reading reading = new Reading(request, began, begun.newIncompleteFuture());
    reading.watch();
    read(reading, begun, 0);
    return reading.answer;
  }

  private void read(Reading reading, CompletableFuture<Slice> begun, int tries) {
    reading.isKnown = false;
    reading.takesAlong(begun);
    look(reading.request.key(), looks -> reading.looks = looks)
        .whenComplete(
            (picture, why) -> {
              Throwable refused =
                  picture == null ? Fleet.cause(why) : refusal(reading.request, picture);
              if (refused != null) {
                reading.answer.completeExceptionally(refused);
              } else {
                settle(reading, Objects.requireNonNull(picture), begun, tries);
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
  private void settle(Reading reading, Picture picture, CompletableFuture<Slice> begun, int tries) {
    // What was asked for is one of the newest; without stamps each zone has a version of its own.
    ObjectVersion newest =
        reading
            .request
            .version()
            .orElseGet(() -> known(Objects.requireNonNull(picture.newest())).version());
    reading.isKnown = true;
    begun.whenComplete(
        (slice, why) -> {
          if (slice != null && slice.info().version().equals(newest)) {
            reading.give(slice);
            return;
          }
          if (slice != null) {
            slice.close();
          }
          if (!reading.isOver()) {
            readAgain(reading, newest, tries);
          }
        });
  }

  private void readAgain(Reading reading, ObjectVersion newest, int tries) {
    CompletableFuture<Slice> again = reading.race(reading.request.ifVersion(newest));
    reading.takesAlong(again);
    again.whenComplete(
        (slice, why) -> {
          Throwable cause = Fleet.cause(why);
          boolean isReplaced =
              cause instanceof PreconditionFailedException
                  || cause instanceof ObjectNotFoundException;
          if (slice != null) {
            reading.give(slice);
          } else if (isReplaced && tries < MOST_TRIES && !reading.isOver()) {
            read(reading, reading.race(reading.request), tries + 1);
          } else {
            reading.answer.completeExceptionally(Objects.requireNonNull(cause));
          }
        });
  }

  /** One read with all that it asks, and until when. Told by the watch when its time is up. */
  private final class Reading extends Watch.Entry {
    private final ReadRequest request;
    private final long beganNanos;

    /** 0 for as long as the buckets allow. */
    private final long allowedNanos;

    private final CompletableFuture<Slice> answer;

    // What it waits for: answers to these, then the bytes. For its failure's words.
    private volatile @Nullable Looks looks;
    private volatile boolean isKnown;

    Reading(ReadRequest request, long beganNanos, CompletableFuture<Slice> answer) {
      this.request = request;
      this.beganNanos = beganNanos;
      this.allowedNanos = request.deadline().map(Duration::toNanos).orElse(0L);
      this.answer = answer;
    }

    void watch() {
      if (allowedNanos != 0) {
        kit.fleet().watch().add(this, beganNanos, allowedNanos);
      }
    }

    /** Asks for bytes, within what is left of the time; fails when nothing is. */
    CompletableFuture<Slice> race(ReadRequest what) {
      if (allowedNanos == 0) {
        return new LentRace(kit.fleet(), what).start();
      }
      long left = beganNanos + allowedNanos - System.nanoTime();
      return left <= 0
          ? CompletableFuture.failedFuture(late())
          : new LentRace(kit.fleet(), what.deadline(Duration.ofNanos(left))).start();
    }

    /** Bytes on their way are given up with the read, when it is cancelled or fails. */
    void takesAlong(CompletableFuture<Slice> bytes) {
      answer.whenComplete(
          (slice, why) -> {
            if (why != null) {
              drop(bytes);
            }
          });
    }

    private void drop(CompletableFuture<Slice> bytes) {
      bytes.cancel(false);
      bytes.whenComplete(
          (slice, why) -> {
            if (slice != null) {
              slice.close();
            }
          });
    }

    void give(Slice slice) {
      if (!answer.complete(slice)) {
        slice.close();
      }
    }

    @Override
    boolean isOver() {
      return answer.isDone();
    }

    @Override
    void due(long nowNanos) {
      answer.completeExceptionally(late());
    }

    private DeadlineExceededException late() {
      return new DeadlineExceededException(
          "no answer within "
              + TimeUnit.NANOSECONDS.toMillis(allowedNanos)
              + " ms: waited for "
              + awaited()
              + "; raise the deadline, or look at the zones",
          RequestSite.of(
              Operation.READ, kit.primary().bucket().name(), request.key(), request.range()),
          null);
    }

    private String awaited() {
      Looks asked = looks;
      if (isKnown || asked == null) {
        return "the bytes of the newest content";
      }
      List<String> unheard = asked.unheard();
      int needed = kit.fleet().options().writes().isPrimary() ? 1 : most;
      return asked.size() - unheard.size() < needed
          ? "what "
              + String.join(", ", unheard)
              + (unheard.size() == 1 ? " has" : " have")
              + " of it, to know the newest content"
          : "the newest content to be settled in most zones";
    }
  }
}
