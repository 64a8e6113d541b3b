package io.expressway;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A bucket that passes every call on: the base of decorators that change only some of them. */
public abstract class ForwardingBucket implements Bucket {
  private final Bucket delegate;

  /** Wraps {@code delegate} and owns it from now on. */
  protected ForwardingBucket(Bucket delegate) {
    this.delegate = delegate;
  }

  /** The bucket calls are passed to. */
  protected final Bucket delegate() {
    return delegate;
  }

  @Override
  public BucketName name() {
    return delegate.name();
  }

  @Override
  public CompletableFuture<Slice> read(ReadRequest request) {
    return delegate.read(request);
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target) {
    return delegate.readInto(request, target);
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, List<ByteBuffer> targets) {
    return delegate.readInto(request, targets);
  }

  @Override
  public List<CompletableFuture<Slice>> readAll(String key, List<ByteRange> ranges) {
    return delegate.readAll(key, ranges);
  }

  @Override
  public CompletableFuture<ObjectInfo> stat(String key) {
    return delegate.stat(key);
  }

  @Override
  public CompletableFuture<ObjectListing> list(ListRequest request) {
    return delegate.list(request);
  }

  @Override
  public CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options) {
    return delegate.write(key, body, options);
  }

  @Override
  public Upload upload(String key, UploadOptions options) {
    return delegate.upload(key, options);
  }

  @Override
  public CompletableFuture<Upload> resume(UploadToken token, UploadOptions options) {
    return delegate.resume(token, options);
  }

  @Override
  public CompletableFuture<Integer> abortUploads(String prefix, Instant begunBefore) {
    return delegate.abortUploads(prefix, begunBefore);
  }

  @Override
  public CompletableFuture<ObjectInfo> append(
      String key, long atOffset, ByteBuffer body, WriteOptions options) {
    return delegate.append(key, atOffset, body, options);
  }

  @Override
  public CompletableFuture<Void> rename(String from, String to, RenameOptions options) {
    return delegate.rename(from, to, options);
  }

  @Override
  public CompletableFuture<ObjectVersion> copy(CopyRequest request) {
    return delegate.copy(request);
  }

  @Override
  public CompletableFuture<Void> delete(String key, ObjectVersion version) {
    return delegate.delete(key, version);
  }

  @Override
  public List<CompletableFuture<Void>> deleteAll(List<String> keys) {
    return delegate.deleteAll(keys);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return delegate.delete(key);
  }

  @Override
  public void close() {
    delegate.close();
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + delegate + "]";
  }
}
