package io.expressway.internal.upload;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Takes a source's buffers one at a time: the next is asked for when the last was taken. It holds
 * the upload's turn until the source ends or the upload does.
 *
 * <p>Thread: safe for many, by its own lock; signals of the source come one after the other
 * (Reactive Streams 1.0.4, rule 1.3), the end of the upload may come at any time.
 */
final class SourceSubscriber implements Flow.Subscriber<ByteBuffer> {
  private final PartedUpload upload;
  private final CompletableFuture<Void> taken;
  // Guarded by this.
  private Flow.@Nullable Subscription subscription;
  private boolean turn;
  private boolean pouring;
  private boolean over;

  SourceSubscriber(PartedUpload upload, CompletableFuture<Void> taken) {
    this.upload = upload;
    this.taken = taken;
  }

  /** Takes the turn; false when the upload ended before. */
  synchronized boolean tryTurn() {
    turn = !over;
    return turn;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    boolean first;
    synchronized (this) {
      first = subscription == null && !over;
      if (first) {
        subscription = given;
      }
    }
    if (first) {
      given.request(1);
    } else {
      given.cancel();
    }
  }

  @Override
  public void onNext(ByteBuffer bytes) {
    synchronized (this) {
      if (over) {
        return;
      }
      pouring = true;
    }
    CompletableFuture<Void> one = new CompletableFuture<>();
    one.whenComplete((nothing, why) -> poured(why));
    upload.pourNext(bytes, one);
  }

  private void poured(@Nullable Throwable why) {
    Flow.Subscription from;
    synchronized (this) {
      pouring = false;
      over |= why != null;
      from = subscription;
    }
    if (from != null && why == null) {
      from.request(1);
    } else if (from != null) {
      from.cancel();
    }
    releaseIfOver();
  }

  @Override
  public void onError(Throwable why) {
    upload.sourceFailed(why);
    end();
  }

  @Override
  public void onComplete() {
    end();
  }

  /** The upload failed: nothing more is wanted. */
  void stop() {
    Flow.Subscription from;
    synchronized (this) {
      from = subscription;
    }
    if (from != null) {
      from.cancel();
    }
    end();
  }

  private void end() {
    synchronized (this) {
      over = true;
    }
    releaseIfOver();
  }

  /** Gives the turn back, once, when nothing is being poured any more. */
  private void releaseIfOver() {
    boolean had;
    synchronized (this) {
      if (!over || pouring) {
        return;
      }
      had = turn;
      turn = false;
    }
    if (had) {
      upload.next();
    }
    Throwable why = upload.failure();
    if (why == null) {
      taken.complete(null);
    } else {
      taken.completeExceptionally(why);
    }
  }
}
