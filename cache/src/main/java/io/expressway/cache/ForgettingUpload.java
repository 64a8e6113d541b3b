package io.expressway.cache;

import io.expressway.ObjectInfo;
import io.expressway.Upload;
import io.expressway.UploadToken;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** An upload that makes the cache forget the object it replaces when it is complete. */
final class ForgettingUpload implements Upload {
  private final Upload upload;
  private final CachedBucket bucket;

  ForgettingUpload(Upload upload, CachedBucket bucket) {
    this.upload = upload;
    this.bucket = bucket;
  }

  @Override
  public String key() {
    return upload.key();
  }

  @Override
  public long offset() {
    return upload.offset();
  }

  @Override
  public CompletableFuture<Void> write(ByteBuffer bytes) {
    return upload.write(bytes);
  }

  @Override
  public CompletableFuture<Void> lend(ByteBuffer bytes) {
    return upload.lend(bytes);
  }

  @Override
  public CompletableFuture<Void> write(FileChannel file, long position, long length) {
    return upload.write(file, position, length);
  }

  @Override
  public CompletableFuture<Void> write(Flow.Publisher<ByteBuffer> source) {
    return upload.write(source);
  }

  @Override
  public WritableByteChannel channel() {
    return upload.channel();
  }

  @Override
  public OutputStream stream() {
    return upload.stream();
  }

  @Override
  public CompletableFuture<ObjectInfo> complete() {
    return bucket.changing(upload.key(), upload::complete);
  }

  @Override
  public CompletableFuture<UploadToken> token() {
    return upload.token();
  }

  @Override
  public CompletableFuture<UploadToken> pause() {
    return upload.pause();
  }

  @Override
  public CompletableFuture<Void> abort() {
    return upload.abort();
  }

  @Override
  public void close() {
    upload.close();
  }

  @Override
  public String toString() {
    return upload.toString();
  }
}
