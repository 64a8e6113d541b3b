package io.expressway.multiaz;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes a source's buffers one at a time: the next is asked for when the last was taken.
 *
 * <p>Thread: safe for many, by its own lock; signals of the source come one after the other
 * (Reactive Streams 1.0.4, rule 1.3), the end of the upload may come at any time.
 */
final class Pouring implements Flow.Subscriber<ByteBuffer> {
  private final Function<ByteBuffer, CompletableFuture<Void>> pour;
  private final Consumer<Throwable> failed;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  // Guarded by this.
  private Flow.@Nullable Subscription subscription;
  private boolean ended;
  private boolean pouring;

  Pouring(Function<ByteBuffer, CompletableFuture<Void>> pour, Consumer<Throwable> failed) {
    this.pour = pour;
    this.failed = failed;
  }

  /** Completes when the source has ended and all of it was taken; never fails. */
  CompletableFuture<Void> over() {
    return over;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    boolean isFirst;
    synchronized (this) {
      isFirst = subscription == null && !ended;
      if (isFirst) {
        subscription = given;
      }
    }
    if (isFirst) {
      given.request(1);
    } else {
      given.cancel();
    }
  }

  @Override
  public void onNext(ByteBuffer bytes) {
    synchronized (this) {
      if (ended) {
        return;
      }
      pouring = true;
    }
    pour.apply(bytes).whenComplete((nothing, why) -> poured(why));
  }

  private void poured(@Nullable Throwable why) {
    Flow.Subscription from;
    synchronized (this) {
      pouring = false;
      ended |= why != null;
      from = subscription;
    }
    if (from != null && why == null) {
      from.request(1);
    } else if (from != null) {
      from.cancel();
    }
    endIfOver();
  }

  @Override
  public void onError(Throwable why) {
    failed.accept(why);
    end();
  }

  @Override
  public void onComplete() {
    end();
  }

  /** The upload failed: nothing more is wanted. */
  void stop(Throwable why) {
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
      ended = true;
    }
    endIfOver();
  }

  private void endIfOver() {
    synchronized (this) {
      if (!ended || pouring) {
        return;
      }
    }
    over.complete(null);
  }
}
