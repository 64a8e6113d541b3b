package io.expressway.internal.upload;

import io.expressway.Crc;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.ObjectVersion;
import io.expressway.OutcomeUnknownException;
import io.expressway.WriteOptions;
import io.expressway.internal.checksum.JoinedCrc;
import io.expressway.internal.checksum.RunningCrc;
import io.expressway.internal.upload.UploadCalls.Found;
import io.expressway.internal.upload.UploadCalls.StoredPart;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Puts the parts together, once. After a lost answer it looks whether the upload is still there:
 * then nothing happened and it is asked again; else the object tells by its size and CRC whether it
 * is this one.
 */
final class Completion {
  private static final int MOST_LOOKS = 5;
  private final UploadCalls calls;
  private final WriteOptions options;
  private final String key;
  private final String id;
  private final List<StoredPart> parts;
  private final long size;
  private final String checksum;
  private final CompletableFuture<ObjectInfo> outcome = new CompletableFuture<>();

  Completion(
      UploadCalls calls,
      WriteOptions options,
      String key,
      String id,
      List<StoredPart> parts,
      long size) {
    this.calls = calls;
    this.options = options;
    this.key = key;
    this.id = id;
    this.parts = parts;
    this.size = size;
    this.checksum = whole(options.checksum(), parts);
  }

  /** The CRC of the whole, from those of the parts. */
  private static String whole(Crc algorithm, List<StoredPart> parts) {
    long sum = 0;
    long before = 0;
    for (StoredPart part : parts) {
      long crc = RunningCrc.value(algorithm, part.checksum().orElseThrow());
      sum = before == 0 ? crc : JoinedCrc.of(algorithm, sum, crc, part.size());
      before += part.size();
    }
    return RunningCrc.text(algorithm, sum);
  }

  CompletableFuture<ObjectInfo> run() {
    ask(0);
    return outcome;
  }

  private void ask(int looks) {
    calls
        .complete(id, parts, checksum)
        .whenComplete(
            (version, why) -> {
              if (version != null) {
                outcome.complete(info(version));
              } else {
                decide(cause(why), looks);
              }
            });
  }

  private static Throwable cause(@Nullable Throwable why) {
    Throwable cause = why instanceof CompletionException ? why.getCause() : why;
    return cause == null ? new IllegalStateException("no outcome") : cause;
  }

  private ObjectInfo info(ObjectVersion version) {
    return new ObjectInfo(
        key,
        size,
        version,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        options.contentType(),
        options.metadata());
  }

  private void decide(Throwable why, int looks) {
    boolean unclear =
        why instanceof OutcomeUnknownException
            || (looks > 0 && why instanceof ObjectNotFoundException);
    if (!unclear || looks == MOST_LOOKS) {
      outcome.completeExceptionally(why);
      return;
    }
    calls
        .parts(id)
        .whenComplete(
            (still, gone) -> {
              if (still != null) {
                ask(looks + 1);
              } else if (cause(gone) instanceof ObjectNotFoundException) {
                compare(why);
              } else {
                outcome.completeExceptionally(why);
              }
            });
  }

  private void compare(Throwable lost) {
    calls
        .find()
        .whenComplete(
            (found, missing) -> {
              if (found != null && isOurs(found)) {
                outcome.complete(found.info());
              } else {
                outcome.completeExceptionally(lost);
              }
            });
  }

  private boolean isOurs(Found found) {
    return found.info().size() == size && found.checksum().equals(Optional.of(checksum));
  }
}
