package io.expressway.multiaz;

import io.expressway.ObjectInfo;
import io.expressway.Upload;
import io.expressway.UploadToken;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.CancellationException;
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

  /** What was begun once it was known how; none is begun after the end. Both under this. */
  private @Nullable CompletableFuture<Upload> begun;

  private boolean isOver;

  /** Completes when all that was given so far was handed to the upload. */
  private CompletableFuture<Upload> handed;

  private long skip;
  private volatile long stored;
  private volatile @Nullable Throwable failure;

  /** Begins as soon as it is known how, unless it ends before. */
  Lane(
      Replica replica,
      CompletableFuture<WriteOptions> how,
      Function<WriteOptions, CompletableFuture<Upload>> opening) {
    this.replica = replica;
    this.opened =
        how.isDone() && !how.isCompletedExceptionally()
            ? open(how.join(), opening)
            : how.thenCompose(known -> open(known, opening));
    this.handed = opened;
  }

  private synchronized CompletableFuture<Upload> open(
      WriteOptions how, Function<WriteOptions, CompletableFuture<Upload>> opening) {
    CompletableFuture<Upload> fresh =
        isOver
            ? CompletableFuture.failedFuture(new CancellationException("the upload is over"))
            : opening.apply(how);
    begun = fresh;
    return fresh;
  }

  /** From now on nothing is begun; what was. */
  private synchronized @Nullable CompletableFuture<Upload> end() {
    isOver = true;
    return begun;
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
    CompletableFuture<Upload> left = end();
    return left == null
        ? CompletableFuture.completedFuture(null)
        : left.thenCompose(Upload::abort).exceptionally(why -> null);
  }

  /**
   * Its zone is down: what it was given is not sent any more, and free as soon as no connection
   * reads it.
   */
  void letGo(Throwable why) {
    failed(why);
    opened.completeExceptionally(why); // what waits for that goes on
    CompletableFuture<Void> unused = abort();
  }

  /** Aborts it, and waits where one may wait. */
  void close() {
    CompletableFuture<Upload> left = end();
    if (left == null || left.isCompletedExceptionally()) {
      return;
    }
    if (left.isDone()) {
      left.join().close();
    } else {
      left.thenAccept(Upload::close);
    }
  }
}
