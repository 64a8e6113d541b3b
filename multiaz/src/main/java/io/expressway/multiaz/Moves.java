package io.expressway.multiaz;

import io.expressway.BucketName;
import io.expressway.InvalidRequestException;
import io.expressway.ObjectInfo;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.RenameOptions;
import io.expressway.RequestSite;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Appends and renames: decided by the primary, then made in the other replicas that stand where the
 * primary stood. Any other is owed the whole object. They have no meaning without one replica that
 * decides, so quorum writes refuse them.
 *
 * <p>Thread: safe for many; those of one key by this process take turns.
 */
final class Moves {
  private final Kit kit;
  private final LedWrites led;

  Moves(Kit kit, LedWrites led) {
    this.kit = kit;
    this.led = led;
  }

  /** Why the set does not do this; null when it does. */
  @Nullable InvalidRequestException refusal(Operation operation, String key) {
    BucketName primary = kit.primary().bucket().name();
    RequestSite site = RequestSite.of(operation, primary, key, null);
    if (kit.fleet().options().writes().isQuorum()) {
      return new InvalidRequestException(
          "quorum writes have no replica that decides where an object ends or moves: "
              + instead(operation)
              + ", or use WritePolicy.primary() or all()",
          site,
          null);
    }
    BucketName last = kit.replicas().get(kit.fleet().size() - 1).bucket().name();
    if (led.isAll() && last.zone().isEmpty()) {
      return new InvalidRequestException(
          "only directory buckets can do this, and "
              + last
              + " is none: "
              + instead(operation)
              + ", or use WritePolicy.primary()",
          site,
          null);
    }
    return null;
  }

  private static String instead(Operation operation) {
    return operation == Operation.RENAME ? "copy and delete" : "write the whole object";
  }

  // Appending.

  /** What no bucket takes for an append. */
  static void check(String key, long atOffset, ByteBuffer body) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("key must not be empty: name one object of the bucket");
    }
    if (atOffset < 0) {
      throw new IllegalArgumentException("the offset must not be negative, but is " + atOffset);
    }
    if (!body.hasRemaining()) {
      throw new IllegalArgumentException(
          "an append to " + key + " needs at least one byte: an empty body adds nothing");
    }
  }

  /** What no bucket takes for a rename. */
  static void check(String from, String to) {
    for (String each : List.of(from, to)) {
      if (each.isEmpty() || each.endsWith("/")) {
        throw new IllegalArgumentException(
            "key must name an object to be renamed, but is \"" + each + "\"");
      }
    }
    if (from.equals(to)) {
      throw new IllegalArgumentException("key must change by a rename, but both are " + from);
    }
  }

  CompletableFuture<ObjectInfo> append(
      String key, long atOffset, ByteBuffer body, WriteOptions how) {
    LaggingMemory.Body kept = led.isAll() ? kit.memory().lent(body) : kit.memory().copyIfRoom(body);
    try {
      return led.turns()
          .take(key, () -> appendInTurn(key, atOffset, kept, how))
          .thenCompose(done -> done);
    } catch (RuntimeException refused) {
      kept.release();
      throw refused;
    }
  }

  /** The future inside ends the turn, the one it gives the call. */
  private CompletableFuture<CompletableFuture<ObjectInfo>> appendInTurn(
      String key, long atOffset, LaggingMemory.Body body, WriteOptions how) {
    Stamp stamp = kit.clock().next();
    WriteOptions stamped = Content.stamped(how, stamp);
    ObjectVersion required = how.version().orElse(null);
    CompletableFuture<ObjectInfo> first =
        required == null
            ? atPrimary(key, atOffset, body, how.requiresAbsent() ? stamped.ifAbsent() : stamped)
            : led.atVersion(Operation.APPEND, key, required)
                .thenCompose(
                    seen ->
                        atPrimary(
                            key,
                            atOffset,
                            body,
                            stamped.ifVersion(Objects.requireNonNull(seen.raw()).version())));
    long end = atOffset + body.bytes().remaining();
    return first
        .exceptionallyCompose(why -> ontoEmpty(key, atOffset, body, how, why))
        .whenComplete((info, why) -> led.oweIfUnclear(key, Fleet.cause(why)))
        .thenCompose(appended -> described(key, appended, end))
        .thenApply(grown -> spread(key, atOffset, body, stamped, grown))
        .thenCompose(this::endOfTurn)
        .whenComplete((done, why) -> body.release());
  }

  /** Of all replicas when they are waited for, else of the primary: the rest follows in order. */
  private CompletableFuture<CompletableFuture<ObjectInfo>> endOfTurn(
      CompletableFuture<ObjectInfo> done) {
    return led.isAll() ? done.thenApply(info -> done) : CompletableFuture.completedFuture(done);
  }

  private CompletableFuture<ObjectInfo> atPrimary(
      String key, long atOffset, LaggingMemory.Body body, WriteOptions conditioned) {
    return kit.primary().bucket().append(key, atOffset, body.bytes(), conditioned);
  }

  /**
   * An append at 0 brings the stamp of the object that it makes. Where an empty object is already,
   * no metadata is taken (S3 API Reference, "PutObject", 2026-11-26): that object keeps its stamp,
   * and the new size makes the new version.
   */
  private CompletableFuture<ObjectInfo> ontoEmpty(
      String key, long atOffset, LaggingMemory.Body body, WriteOptions how, Throwable why) {
    Throwable cause = Fleet.cause(why);
    CompletableFuture<ObjectInfo> refused = CompletableFuture.failedFuture(cause);
    boolean mayBeForTheStamp =
        atOffset == 0
            && cause instanceof InvalidRequestException
            && how.metadata().isEmpty()
            && !how.requiresAbsent();
    if (!mayBeForTheStamp) {
      return refused;
    }
    ObjectVersion required = how.version().orElse(null);
    return Seen.at(kit.primary(), key)
        .thenCompose(
            seen -> {
              ObjectInfo raw = seen.raw();
              return raw != null && (required == null || seen.isOf(required))
                  ? atPrimary(key, 0, body, Content.described(how).ifVersion(raw.version()))
                  : refused;
            });
  }

  /** The answer to an append tells no metadata: the stamp has to be asked for. */
  private CompletableFuture<Seen> described(String key, ObjectInfo appended, long end) {
    return Seen.at(kit.primary(), key)
        .exceptionally(blind -> new Seen(kit.primary(), null, null))
        .thenApply(
            seen -> {
              ObjectInfo raw = seen.raw() == null ? appended : seen.raw();
              return new Seen(
                  kit.primary(),
                  new ObjectInfo(
                      key,
                      end,
                      appended.version(),
                      appended.lastModified(),
                      raw.contentType(),
                      raw.metadata()),
                  null);
            });
  }

  private CompletableFuture<ObjectInfo> spread(
      String key, long atOffset, LaggingMemory.Body body, WriteOptions stamped, Seen grown) {
    ObjectInfo known = kit.primary().naming().known(Objects.requireNonNull(grown.raw()));
    Function<Replica, CompletableFuture<ObjectInfo>> follow =
        replica -> follow(replica, key, atOffset, body, stamped, grown).thenApply(done -> known);
    if (led.isAll()) {
      CompletableFuture<ObjectInfo> first = CompletableFuture.completedFuture(known);
      Tally<ObjectInfo> tally = led.tally(Operation.APPEND, key, first);
      tally.settled().thenAccept(all -> owe(all, key));
      return tally.ask(replica -> replica == kit.primary() ? first : follow.apply(replica)).done();
    }
    body.retain();
    CompletableFuture<Boolean> followed =
        led.followers().follow(List.of(key), replica -> follow.apply(replica), body::letGo);
    followed.whenComplete((all, why) -> body.release());
    return body.isCopy()
        ? CompletableFuture.completedFuture(known)
        : followed.thenApply(all -> known);
  }

  private void owe(Tally<?> tally, String key) {
    if (tally.isPartial()) {
      kit.partial().increment();
      tally.missed().forEach(replica -> kit.owed().add(replica, key, true));
    }
  }

  /** Appends where the replica has what the primary had before. */
  private static CompletableFuture<ObjectInfo> follow(
      Replica replica,
      String key,
      long atOffset,
      LaggingMemory.Body body,
      WriteOptions stamped,
      Seen grown) {
    WriteOptions grows = Content.described(stamped);
    return Seen.at(replica, key)
        .thenCompose(
            seen -> {
              ObjectInfo raw = seen.raw();
              if (raw == null && atOffset == 0) {
                return body.lendTo(
                    replica, bytes -> replica.bucket().write(key, bytes, stamped.ifAbsent()));
              }
              Stamp stamp = seen.stamp();
              boolean isLevel = stamp != null && stamp.equals(grown.stamp());
              return raw != null && isLevel && raw.size() == atOffset
                  ? body.lendTo(
                      replica,
                      bytes ->
                          replica
                              .bucket()
                              .append(key, atOffset, bytes, grows.ifVersion(raw.version())))
                  : CompletableFuture.failedFuture(behind(replica, Operation.APPEND, key));
            });
  }

  private static PreconditionFailedException behind(
      Replica replica, Operation operation, String key) {
    return new PreconditionFailedException(
        "the zone does not have what the primary has: it will be brought",
        RequestSite.of(operation, replica.bucket().name(), key, null),
        null);
  }

  // Renaming.

  CompletableFuture<Void> rename(String from, String to, RenameOptions how) {
    boolean isForward = from.compareTo(to) < 0;
    return led.turns()
        .take(
            isForward ? from : to,
            () -> led.turns().take(isForward ? to : from, () -> renameInTurn(from, to, how)));
  }

  private CompletableFuture<Void> renameInTurn(String from, String to, RenameOptions how) {
    RenameOptions named =
        how.clientToken().isPresent() ? how : how.clientToken(UUID.randomUUID().toString());
    return conditions(from, to, named)
        .thenCompose(
            plan ->
                kit.primary()
                    .bucket()
                    .rename(from, to, plan.how())
                    .whenComplete(
                        (done, why) -> {
                          led.oweIfUnclear(from, Fleet.cause(why));
                          led.oweIfUnclear(to, Fleet.cause(why));
                        })
                    .thenCompose(done -> spread(from, to, named, plan.source())));
  }

  /** How the primary is asked, and what it has at the source. */
  private record Plan(RenameOptions how, Seen source) {}

  private CompletableFuture<Plan> conditions(String from, String to, RenameOptions how) {
    CompletableFuture<Seen> source = Seen.at(kit.primary(), from);
    ObjectVersion required = how.sourceVersion().orElse(null);
    ObjectVersion replaced = how.version().orElse(null);
    CompletableFuture<RenameOptions> mapped = source.thenApply(seen -> how);
    if (required != null) {
      mapped =
          led.atVersion(Operation.RENAME, from, required)
              .thenApply(seen -> how.ifSourceVersion(raw(seen).version()));
    }
    if (replaced != null) {
      mapped =
          mapped.thenCombine(
              led.atVersion(Operation.RENAME, to, replaced),
              (so, seen) -> so.ifVersion(raw(seen).version()));
    }
    return mapped.thenCombine(source, Plan::new);
  }

  private static ObjectInfo raw(Seen seen) {
    return Objects.requireNonNull(seen.raw());
  }

  private CompletableFuture<Void> spread(String from, String to, RenameOptions named, Seen source) {
    RenameOptions plain = RenameOptions.defaults().clientToken(named.clientToken().orElseThrow());
    if (!led.isAll()) {
      led.followers()
          .follow(List.of(from, to), replica -> follow(replica, from, to, plain, source), null);
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Boolean> first = CompletableFuture.completedFuture(true);
    Tally<Boolean> tally = led.tally(Operation.RENAME, to, first);
    tally
        .settled()
        .thenAccept(
            all -> {
              owe(all, to);
              all.missed().forEach(replica -> kit.owed().add(replica, from, true));
            });
    return tally
        .ask(replica -> replica == kit.primary() ? first : follow(replica, from, to, plain, source))
        .done()
        .thenApply(done -> null);
  }

  /** Renames where the replica has what the primary had. */
  private static CompletableFuture<Boolean> follow(
      Replica replica, String from, String to, RenameOptions plain, Seen source) {
    return Seen.at(replica, from)
        .thenCompose(
            seen -> {
              ObjectInfo raw = seen.raw();
              if (raw == null && source.isAbsent()) {
                return CompletableFuture.completedFuture(true); // done before, with its token
              }
              Stamp stamp = seen.stamp();
              boolean isLevel = stamp != null && stamp.equals(source.stamp());
              return raw != null && isLevel && raw.size() == source.size()
                  ? replica
                      .bucket()
                      .rename(from, to, plain.ifSourceVersion(raw.version()))
                      .thenApply(done -> true)
                  : CompletableFuture.failedFuture(behind(replica, Operation.RENAME, from));
            });
  }
}
