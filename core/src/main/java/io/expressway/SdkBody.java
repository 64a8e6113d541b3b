package io.expressway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Takes the body of one GetObject to its place, each attempt of the SDK beginning anew. The SDK
 * calls it from its own threads, one attempt after the other; {@link #abandon} comes from any.
 */
final class SdkBody<T> implements AsyncResponseTransformer<GetObjectResponse, T> {
  private final ReadRequest request;
  private final RequestSite site;
  private final Supplier<SdkLanding<T>> landings;
  private final BooleanSupplier claim;
  private final Runnable giveUp;
  private @Nullable Attempt current;
  private boolean abandoned;
  private @Nullable ObjectInfo told;

  /**
   * Lands the answer to {@code request} in what {@code landings} makes, one for each attempt, and
   * hands it out when {@code claim} says that it is still wanted.
   *
   * @param giveUp cancels the call, when another attempt at the read goes on
   */
  SdkBody(
      ReadRequest request,
      RequestSite site,
      Supplier<SdkLanding<T>> landings,
      BooleanSupplier claim,
      Runnable giveUp) {
    this.request = request;
    this.site = site;
    this.landings = landings;
    this.claim = claim;
    this.giveUp = giveUp;
  }

  @Override
  public synchronized CompletableFuture<T> prepare() {
    if (current != null) {
      current.landing.discard();
    }
    current = new Attempt(landings.get());
    if (abandoned) {
      current.landing.discard();
    }
    return current.outcome;
  }

  /** Nothing is written from now on. */
  synchronized void abandon() {
    abandoned = true;
    if (current != null) {
      current.landing.discard();
    }
  }

  /** Discards what was handed to the SDK when the SDK does not pass it on. */
  void dropUnless(boolean passedOn, Consumer<T> discard) {
    CompletableFuture<T> outcome = attempt().outcome;
    if (!passedOn && outcome.isDone() && !outcome.isCompletedExceptionally()) {
      discard.accept(outcome.join());
    }
  }

  @Override
  public void onResponse(GetObjectResponse response) {
    attempt().answer = response;
  }

  @Override
  public void onStream(SdkPublisher<ByteBuffer> publisher) {
    publisher.subscribe(attempt());
  }

  @Override
  public void exceptionOccurred(Throwable error) {
    attempt().fail(error);
  }

  /**
   * What the bytes are to be described as, null when another attempt at the read goes on. Asked
   * once, however often the SDK tries.
   */
  private @Nullable ObjectInfo claimed(ObjectInfo found) {
    if (request.claim().isEmpty()) {
      return found;
    }
    if (told == null) {
      told = request.claim().get().tryClaim(found);
    }
    return told;
  }

  private synchronized Attempt attempt() {
    if (current == null) {
      throw new IllegalStateException("the SDK answers before it asked");
    }
    return current;
  }

  /** One answer on its way to memory. Confined to the SDK's thread of the moment. */
  private final class Attempt implements Subscriber<ByteBuffer> {
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final SdkLanding<T> landing;
    private @Nullable GetObjectResponse answer;
    private @Nullable ObjectInfo info;
    private @Nullable Subscription subscription;
    private long missing;

    Attempt(SdkLanding<T> landing) {
      this.landing = landing;
    }

    @Override
    public void onSubscribe(Subscription body) {
      subscription = body;
      try {
        SdkPart part = SdkPart.of(request, site, answer);
        info = claimed(part.info());
        if (info == null) {
          body.cancel();
          giveUp.run();
          return;
        }
        landing.open(part.length(), site);
        missing = part.length();
        body.request(Long.MAX_VALUE);
      } catch (ExpressException | RuntimeException | OutOfMemoryError e) {
        body.cancel();
        fail(e);
      }
    }

    @Override
    public void onNext(ByteBuffer bytes) {
      missing -= bytes.remaining();
      if (missing >= 0) {
        landing.put(bytes);
      } else {
        fail(new IOException("the body goes on for " + -missing + " bytes past its length"));
      }
    }

    @Override
    public void onComplete() {
      ObjectInfo of = info;
      if (missing != 0 || of == null) {
        fail(new IOException("the body ended " + missing + " bytes early"));
      } else if (claim.getAsBoolean()) {
        landing.finish(of).ifPresent(outcome::complete);
      }
    }

    @Override
    public void onError(Throwable error) {
      fail(error);
    }

    void fail(Throwable error) {
      if (subscription != null) {
        subscription.cancel();
      }
      landing.discard();
      outcome.completeExceptionally(error);
    }
  }
}
