package io.expressway.multiaz;

import io.expressway.ExpressException;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.Operation;
import io.expressway.PreconditionFailedException;
import io.expressway.RequestSite;
import io.expressway.Upload;
import io.expressway.UploadOptions;
import io.expressway.UploadToken;
import io.expressway.WriteOptions;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An upload's begin in every replica: under which stamp, and over what each replica had then. In
 * zones that are down none is begun where the policy can do without.
 *
 * <p>Thread: made by one, then read by many.
 */
final class Lanes {
  private static final String SEPARATOR = "|";
  private final Kit kit;
  private final String key;
  private final UploadOptions options;
  private final List<Lane> lanes = new ArrayList<>();
  private final CompletableFuture<Stamp> stamp;
  private @Nullable Progress progress;

  /** Told what a lane has stored. */
  interface Progress {
    void stored(Lane lane, long bytes);
  }

  /** Opens one replica's upload, new or resumed. */
  private interface Opening {
    CompletableFuture<Upload> open(Replica replica, UploadOptions how);
  }

  private Lanes(
      Kit kit, String key, UploadOptions options, @Nullable Stamp given, Opening opening) {
    this.kit = kit;
    this.key = key;
    this.options = options;
    boolean isFree = !looksFirst();
    if (isFree) {
      Stamp now = given == null ? kit.clock().next() : given;
      this.stamp = CompletableFuture.completedFuture(now);
      kit.replicas().forEach(each -> add(each, opening, plain(now)));
      return;
    }
    List<Replica> asked = kit.asked();
    Looks looks = Looks.withMarkers(kit.fleet(), asked, key);
    boolean isQuorum = kit.fleet().options().writes().isQuorum();
    this.stamp =
        looks
            .atLeast(isQuorum ? kit.acks() : 1)
            .thenCompose(heard -> stamp(new Picture(heard), isQuorum, given));
    for (Replica replica : kit.replicas()) {
      CompletableFuture<WriteOptions> conditioned =
          asked.contains(replica)
              ? stamp.thenCombine(looks.of(replica), this::conditioned).thenCompose(how -> how)
              : CompletableFuture.failedFuture(replica.down(Operation.BEGIN_UPLOAD, key));
      addLater(replica, opening, conditioned);
    }
  }

  /** Every replica takes it whatever it has, unless somebody has to decide. */
  private boolean looksFirst() {
    WritePolicy policy = kit.fleet().options().writes();
    return policy.isQuorum() || policy.isPrimary() || options.how().isConditional();
  }

  static Lanes begun(Kit kit, String key, UploadOptions options) {
    return new Lanes(
        kit,
        key,
        options,
        null,
        (replica, how) -> CompletableFuture.completedFuture(replica.bucket().upload(key, how)));
  }

  static Lanes resumed(Kit kit, UploadToken token, UploadOptions options) {
    String[] words = token.id().split("\\" + SEPARATOR, -1);
    Stamp stamp =
        Stamp.parse(words[0])
            .orElseThrow(
                () -> new IllegalArgumentException("the token is not of a set of replicas"));
    Map<String, UploadToken> tokens = new HashMap<>();
    for (int i = 1; i < words.length; i++) {
      UploadToken each = UploadToken.parse(URLDecoder.decode(words[i], StandardCharsets.UTF_8));
      tokens.put(each.bucket().toString(), each);
    }
    return new Lanes(
        kit,
        token.key(),
        options,
        stamp,
        (replica, how) -> {
          UploadToken own = tokens.get(replica.bucket().name().toString());
          return own == null
              ? CompletableFuture.failedFuture(gone(replica, token.key()))
              : replica.bucket().resume(own, how);
        });
  }

  private static ObjectNotFoundException gone(Replica replica, String key) {
    return new ObjectNotFoundException(
        "the upload had been given up there",
        RequestSite.of(Operation.LIST_PARTS, replica.bucket().name(), key, null),
        null);
  }

  /** The token of all that go on. */
  UploadToken token(List<UploadToken> tokens, Stamp of) {
    UploadToken first = tokens.get(0);
    List<String> words = new ArrayList<>(List.of(of.toString()));
    tokens.forEach(each -> words.add(URLEncoder.encode(each.toString(), StandardCharsets.UTF_8)));
    return new UploadToken(
        kit.primary().bucket().name(),
        key,
        String.join(SEPARATOR, words),
        first.checksum(),
        first.firstPartBytes(),
        first.largestPartBytes());
  }

  private CompletableFuture<Stamp> stamp(Picture picture, boolean isQuorum, @Nullable Stamp given) {
    ExpressException refused =
        isQuorum && options.how().isConditional()
            ? QuorumWrites.refusal(options.how(), picture, key, kit.primary())
            : null;
    if (refused != null) {
      return CompletableFuture.failedFuture(refused);
    }
    picture.teach(kit.clock());
    return CompletableFuture.completedFuture(given == null ? kit.clock().next() : given);
  }

  private WriteOptions plain(Stamp now) {
    return Content.stamped(options.how(), now);
  }

  /** The primary takes the caller's condition where it decides; all others what they had. */
  private CompletableFuture<WriteOptions> conditioned(Stamp now, Seen seen) {
    WriteOptions plain = plain(now);
    boolean isDecider =
        seen.replica() == kit.primary() && !kit.fleet().options().writes().isQuorum();
    if (!isDecider) {
      return CompletableFuture.completedFuture(
          seen.raw() == null ? plain.ifAbsent() : plain.ifVersion(seen.raw().version()));
    }
    Optional<ObjectVersion> required = options.how().version();
    if (required.isPresent()) {
      return seen.isOf(required.get())
          ? CompletableFuture.completedFuture(
              plain.ifVersion(Objects.requireNonNull(seen.raw()).version()))
          : CompletableFuture.failedFuture(otherVersion(required.get()));
    }
    return CompletableFuture.completedFuture(
        options.how().requiresAbsent() ? plain.ifAbsent() : plain);
  }

  private PreconditionFailedException otherVersion(ObjectVersion required) {
    return new PreconditionFailedException(
        "the object is not of version " + required,
        RequestSite.of(Operation.BEGIN_UPLOAD, kit.primary().bucket().name(), key, null),
        null);
  }

  private void add(Replica replica, Opening opening, WriteOptions how) {
    addLater(replica, opening, CompletableFuture.completedFuture(how));
  }

  private void addLater(
      Replica replica, Opening opening, CompletableFuture<WriteOptions> conditioned) {
    int index = lanes.size();
    lanes.add(new Lane(replica, conditioned, how -> opening.open(replica, told(index, how))));
  }

  private UploadOptions told(int index, WriteOptions how) {
    return options
        .storedWith(how)
        .progress(
            (storedBytes, givenBytes) -> {
              Progress told = progress;
              if (told != null) {
                lanes.get(index).replica().changed(null);
                told.stored(lanes.get(index), storedBytes);
              }
            });
  }

  void progress(Progress told) {
    progress = told;
  }

  List<Lane> all() {
    return lanes;
  }

  CompletableFuture<Stamp> stamp() {
    return stamp;
  }

  /** From which byte all go on; fails when too few can. */
  CompletableFuture<Long> offset() {
    int needed = kit.acks();
    CompletableFuture<Void> all =
        CompletableFuture.allOf(lanes.stream().map(Lane::opened).toArray(CompletableFuture[]::new));
    return all.handle((nothing, why) -> Optional.ofNullable(Fleet.cause(why)))
        .thenCompose(
            why -> {
              List<Lane> open =
                  lanes.stream().filter(each -> !each.opened().isCompletedExceptionally()).toList();
              boolean isLed =
                  kit.fleet().options().writes().isQuorum()
                      || open.stream().anyMatch(each -> each.replica() == kit.primary());
              return open.size() < needed || !isLed
                  ? CompletableFuture.failedFuture(why.orElseGet(IllegalStateException::new))
                  : CompletableFuture.completedFuture(
                      open.stream()
                          .mapToLong(each -> each.opened().join().offset())
                          .min()
                          .orElse(0));
            });
  }

  /** The same, when the next byte given is the one at this offset. */
  Lanes from(long offset) {
    for (Lane lane : lanes) {
      if (!lane.opened().isCompletedExceptionally()) {
        lane.skip(lane.opened().join().offset() - offset);
      }
    }
    begun = offset;
    return this;
  }

  private long begun;

  /** The offset of the first byte to be given. */
  long begun() {
    return begun;
  }
}
