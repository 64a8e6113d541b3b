package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.Upload;
import io.expressway.UploadToken;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One replica's part in an upload: what is given before it is open waits, in order.
 *
 * <p>Thread: calls that give bytes come one after the other; the rest is safe for many.
 */
final class Lane {
  private final Replica replica;
  private final CompletableFuture<Upload> opened;

  /** Completes when all that was given so far was handed to the upload. */
  private CompletableFuture<Upload> handed;

  private long skip;
  private volatile long stored;
  private volatile @Nullable Throwable failure;

  Lane(Replica replica, CompletableFuture<Upload> opened) {
    this.replica = replica;
    this.opened = opened;
    this.handed = opened;
  }

  Replica replica() {
    return replica;
  }

  CompletableFuture<Upload> opened() {
    return opened;
  }

  /** The first bytes to come are there already: the lane was paused behind the others. */
  void skip(long bytes) {
    skip = bytes;
  }

  /** Bytes whose parts are stored. */
  long stored() {
    return stored;
  }

  void stored(long bytes) {
    stored = bytes;
  }

  /** Why it takes no more; null while it does. */
  @Nullable Throwable failure() {
    return failure;
  }

  void failed(Throwable why) {
    if (failure == null) {
      failure = why;
    }
  }

  /** Sends bytes from where they lie; completes when nothing reads them any more. */
  CompletableFuture<Void> lend(ByteBuffer bytes) {
    ByteBuffer mine = bytes.duplicate();
    int skipped = (int) Math.min(skip, mine.remaining());
    skip -= skipped;
    mine.position(mine.position() + skipped);
    return give(upload -> upload.lend(mine));
  }

  CompletableFuture<Void> write(FileChannel file, long position, long length) {
    long skipped = Math.min(skip, length);
    skip -= skipped;
    return give(upload -> upload.write(file, position + skipped, length - skipped));
  }

  private CompletableFuture<Void> give(Function<Upload, CompletableFuture<Void>> gift) {
    CompletableFuture<Void> free = new CompletableFuture<>();
    handed =
        handed.thenApply(
            upload -> {
              gift.apply(upload).whenComplete((nothing, why) -> settle(free, why));
              return upload;
            });
    handed.whenComplete(
        (upload, why) -> {
          if (why != null) {
            settle(free, why);
          }
        });
    return free;
  }

  private static void settle(CompletableFuture<Void> future, @Nullable Throwable why) {
    Throwable cause = Fleet.cause(why);
    if (cause == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(cause);
    }
  }

  CompletableFuture<ObjectInfo> complete() {
    return handed.thenCompose(Upload::complete);
  }

  CompletableFuture<UploadToken> token() {
    return handed.thenCompose(Upload::token);
  }

  CompletableFuture<UploadToken> pause() {
    return handed.thenCompose(Upload::pause);
  }

  /** Completes when nothing of it is left; never fails. */
  CompletableFuture<Void> abort() {
    return opened.thenCompose(Upload::abort).exceptionally(why -> null);
  }

  /** Aborts it, and waits where one may wait. */
  void close() {
    if (opened.isDone() && !opened.isCompletedExceptionally()) {
      opened.join().close();
    } else {
      opened.thenAccept(Upload::close);
    }
  }
}
