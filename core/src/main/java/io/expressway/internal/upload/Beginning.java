package io.expressway.internal.upload;

import io.expressway.OutcomeUnknownException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Begins an upload in parts, and leaves none behind. After a lost answer it looks which uploads of
 * the key were begun since: one is this one, none means that nothing happened. Of several, begun by
 * others at the same moment, it takes none and begins another.
 */
final class Beginning {
  private static final int MOST_TRIES = 5;
  // The service tells whole seconds, and the clocks agree to about one.
  private static final int TOLERANCE_SECONDS = 2;

  private final UploadCalls calls;
  private final CompletableFuture<String> outcome = new CompletableFuture<>();
  private final Instant started = Instant.now().minusSeconds(TOLERANCE_SECONDS);

  Beginning(UploadCalls calls) {
    this.calls = calls;
  }

  CompletableFuture<String> run() {
    ask(1);
    return outcome;
  }

  private void ask(int tries) {
    calls
        .begin()
        .whenComplete(
            (id, why) -> {
              if (id != null) {
                outcome.complete(id);
              } else {
                decide(cause(why), tries);
              }
            });
  }

  private static Throwable cause(@Nullable Throwable why) {
    Throwable cause = why instanceof CompletionException ? why.getCause() : why;
    return cause == null ? new IllegalStateException("no outcome") : cause;
  }

  private void decide(Throwable why, int tries) {
    if (!(why instanceof OutcomeUnknownException) || tries == MOST_TRIES) {
      outcome.completeExceptionally(why);
      return;
    }
    calls
        .open()
        .whenComplete(
            (open, unseen) -> {
              if (open == null) {
                outcome.completeExceptionally(why);
                return;
              }
              List<OpenUpload> since =
                  open.stream().filter(upload -> upload.begun().isAfter(started)).toList();
              if (since.size() == 1) {
                outcome.complete(since.get(0).id());
              } else {
                ask(tries + 1);
              }
            });
  }
}
