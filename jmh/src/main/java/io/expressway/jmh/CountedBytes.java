package io.expressway.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * A body of the SDK's, counted as it arrives and dropped: cheaper than {@code toBytes()}, which
 * would copy it once or twice more.
 */
final class CountedBytes implements AsyncResponseTransformer<GetObjectResponse, Long> {
  private final CompletableFuture<Long> count = new CompletableFuture<>();

  @Override
  public CompletableFuture<Long> prepare() {
    return count;
  }

  @Override
  public void onResponse(GetObjectResponse response) {}

  @Override
  public void onStream(SdkPublisher<ByteBuffer> publisher) {
    publisher.subscribe(new Counting(count));
  }

  @Override
  public void exceptionOccurred(Throwable error) {
    count.completeExceptionally(error);
  }

  private static final class Counting implements Subscriber<ByteBuffer> {
    private final CompletableFuture<Long> count;
    private long bytes;

    Counting(CompletableFuture<Long> count) {
      this.count = count;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer chunk) {
      bytes += chunk.remaining();
    }

    @Override
    public void onError(Throwable error) {
      count.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      count.complete(bytes);
    }
  }
}
