package io.expressway;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The SDK requests of one bucket that are under way: gives each its deadline, names its failure,
 * and fails them all when the bucket closes. Safe for many threads.
 */
final class SdkCalls {
  private final BucketName bucket;
  private final Set<Call<?>> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  SdkCalls(BucketName bucket) {
    this.bucket = bucket;
  }

  /** Sends one request; {@code request} is not called when the bucket is closed. */
  <T> CompletableFuture<T> send(
      Call<T> call, Optional<Duration> deadline, Supplier<CompletableFuture<T>> request) {
    underWay.add(call);
    if (closed) {
      underWay.remove(call);
      call.giveUp(closed(call));
      return call;
    }
    CompletableFuture<T> sent = request.get();
    CompletableFuture<Void> timer = new CompletableFuture<>();
    CompletableFuture<T> unusedEnd =
        call.whenComplete(
            (value, failure) -> {
              underWay.remove(call);
              timer.cancel(false);
              sent.cancel(false);
            });
    CompletableFuture<T> unusedAnswer = sent.whenComplete(call::settle);
    deadline.ifPresent(total -> arm(timer, total, call));
    return call;
  }

  private static void arm(CompletableFuture<Void> timer, Duration total, Call<?> call) {
    CompletableFuture<Void> unused =
        timer
            .orTimeout(total.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete(
                (nothing, end) -> {
                  if (end instanceof TimeoutException) {
                    call.giveUp(late(total, call));
                  }
                });
  }

  private static DeadlineExceededException late(Duration total, Call<?> call) {
    return new DeadlineExceededException(
        "no complete answer within " + total.toMillis() + " ms", call.site, null);
  }

  private BucketClosedException closed(Call<?> call) {
    return new BucketClosedException("the bucket " + bucket + " is closed", call.site, null);
  }

  void close() {
    closed = true;
    underWay.forEach(call -> call.giveUp(closed(call)));
  }

  /**
   * One request as its caller sees it. Who claims it first decides how it ends: the answer once it
   * is complete, or the caller, the deadline or the bucket that gives it up.
   */
  static final class Call<T> extends CompletableFuture<T> {
    private final RequestSite site;
    private final Consumer<T> discard;
    private final AtomicBoolean claimed = new AtomicBoolean();
    private Runnable beforeGivingUp = () -> {};
    private boolean once;

    /** A request whose answer goes to {@code discard} when it comes too late. */
    Call(RequestSite site, Consumer<T> discard) {
      this.site = site;
      this.discard = discard;
    }

    /** A request that must not happen twice. */
    Call<T> once() {
      once = true;
      return this;
    }

    /** Runs {@code stop} before the caller learns that the request failed; set before sending. */
    void beforeGivingUp(Runnable stop) {
      beforeGivingUp = stop;
    }

    /** Whether the answer that is about to be handed out is still wanted. */
    boolean claim() {
      return claimed.compareAndSet(false, true);
    }

    private void settle(@Nullable T value, @Nullable Throwable failure) {
      if (failure != null) {
        claimed.set(true);
        beforeGivingUp.run();
        completeExceptionally(
            once ? SdkFailures.ofOnce(failure, site) : SdkFailures.named(failure, site));
      } else if (!complete(value) && value != null) {
        discard.accept(value);
      }
    }

    private void giveUp(ExpressException failure) {
      if (claim()) {
        beforeGivingUp.run();
        completeExceptionally(failure);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      if (claim()) {
        beforeGivingUp.run();
        return super.cancel(mayInterruptIfRunning);
      }
      return isCancelled();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new CompletableFuture<>();
    }
  }
}
