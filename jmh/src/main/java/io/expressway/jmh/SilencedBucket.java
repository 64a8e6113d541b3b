package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.ForwardingBucket;
import io.expressway.ObjectInfo;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A bucket that leaves reads unanswered while it is told to, as one does whose zone is lost: nobody
 * can take a zone of AWS away to see what happens. Safe for many threads.
 */
final class SilencedBucket extends ForwardingBucket {
  private volatile boolean silent;

  SilencedBucket(Bucket delegate) {
    super(delegate);
  }

  void silence(boolean from) {
    silent = from;
  }

  @Override
  public CompletableFuture<Slice> read(ReadRequest request) {
    return silent ? new CompletableFuture<>() : super.read(request);
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target) {
    return silent ? new CompletableFuture<>() : super.readInto(request, target);
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, List<ByteBuffer> targets) {
    return silent ? new CompletableFuture<>() : super.readInto(request, targets);
  }
}
