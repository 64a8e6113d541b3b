package io.expressway.jmh;

import io.expressway.BucketListener;
import io.expressway.BucketName;
import io.expressway.Operation;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Counts what every client sends to a bucket that somebody pays for, retries and all, and stops
 * before there is too much of it. Safe for many threads.
 */
final class RequestMeter implements BucketListener, ExecutionInterceptor {
  private final long most;
  private final AtomicLong sent = new AtomicLong();

  RequestMeter(long most) {
    this.most = most;
  }

  long sent() {
    return sent.get();
  }

  /** Whether so many requests more may be sent; fails when not. */
  void require(int requests) {
    if (sent.get() + requests > most) {
      throw new IllegalStateException(
          "the limit of " + most + " requests is reached: --requests raises it");
    }
  }

  @Override
  public void onResponse(
      BucketName bucket, Operation operation, int status, long bodyBytes, long elapsedNanos) {
    sent.incrementAndGet();
  }

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes with) {
    sent.incrementAndGet();
  }
}
