package io.expressway;

import io.expressway.internal.http.WireBucket;
import io.expressway.internal.upload.PartMemory;
import io.expressway.internal.upload.PartedUpload;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A general-purpose S3 bucket over our own wire: no sessions, one Region. The third copy where a
 * Region has two Express zones, and what lets the wire be tried against S3 servers of others.
 *
 * <p>Thread: safe for many; one instance per bucket and process is enough. Opening makes no
 * request.
 */
public final class StandardBucket implements Bucket {
  private final BucketName name;
  private final ExpressOptions options;
  private final WireBucket wire;
  private final PartMemory memory;

  private StandardBucket(BucketName name, ExpressOptions options, WireBucket wire) {
    this.name = name;
    this.options = options;
    this.wire = wire;
    this.memory = new PartMemory(options.uploadMemory());
  }

  /**
   * Opens the bucket.
   *
   * @param name the bucket's name
   * @param source what signs requests, {@link Credentials} as a rule
   * @param options names the Region, at least
   * @throws IllegalArgumentException when the name is malformed or no Region is set
   */
  public static StandardBucket open(String name, CredentialsSource source, ExpressOptions options) {
    BucketName bucket = BucketName.general(name);
    String region = Regions.required(bucket, options);
    return new StandardBucket(
        bucket, options, WireBucket.regional(bucket, region, source, options));
  }

  @Override
  public BucketName name() {
    return name;
  }

  /** What was sent and received so far, by operation, and how the connections stand. */
  public BucketStats stats() {
    return wire.stats();
  }

  @Override
  public CompletableFuture<Slice> read(ReadRequest request) {
    return wire.read(Arguments.request(request));
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target) {
    Arguments.target(target, request.range());
    return wire.readInto(Arguments.request(request), target);
  }

  @Override
  public CompletableFuture<ObjectInfo> readInto(ReadRequest request, List<ByteBuffer> targets) {
    Arguments.targets(targets, request.range());
    return targets.stream().allMatch(ByteBuffer::isDirect)
        ? wire.readInto(Arguments.request(request), targets)
        : ScatteredCopy.of(this, request, targets);
  }

  /**
   * Opens {@code connections} ahead of need, each with one HeadBucket, so that the first requests
   * find session, names, TLS and connections ready. Fails with the first that cannot be opened.
   *
   * @throws IllegalArgumentException when the options allow fewer
   */
  public CompletableFuture<Void> warmUp(int connections) {
    return wire.warmUp(Arguments.connections(connections, options.connections()));
  }

  @Override
  public CompletableFuture<ObjectInfo> stat(String key) {
    return wire.stat(Arguments.key(key));
  }

  @Override
  public CompletableFuture<ObjectInfo> statOnce(String key) {
    return wire.statOnce(Arguments.key(key));
  }

  @Override
  public CompletableFuture<ObjectListing> list(ListRequest request) {
    return wire.list(Arguments.listing(name, request));
  }

  @Override
  public CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions how) {
    Arguments.key(key, body);
    return ReadOnly.<ObjectInfo>refuses(options, Operation.WRITE, name, key)
        .orElseGet(() -> wire.write(key, body, how));
  }

  @Override
  public Upload upload(String key, UploadOptions how) {
    Arguments.key(key);
    return new PartedUpload(name, key, how, memory, wire.uploadCalls(key, how.how()));
  }

  @Override
  public CompletableFuture<Upload> resume(UploadToken token, UploadOptions how) {
    UploadOptions same = Arguments.token(name, token, how);
    return PartedUpload.resume(token, same, memory, wire.uploadCalls(token.key(), same.how()));
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    Arguments.key(key);
    return ReadOnly.<Void>refuses(options, Operation.DELETE, name, key)
        .orElseGet(() -> wire.delete(key));
  }

  @Override
  public CompletableFuture<Integer> abortUploads(String prefix, Instant begunBefore) {
    Arguments.directory(prefix);
    return ReadOnly.<Integer>refuses(options, Operation.ABORT_UPLOAD, name, prefix)
        .orElseGet(() -> wire.abortUploads(prefix, begunBefore));
  }

  @Override
  public CompletableFuture<ObjectInfo> append(
      String key, long atOffset, ByteBuffer body, WriteOptions how) {
    Arguments.append(key, atOffset, body);
    return DirectoryOnly.refuse(Operation.APPEND, name, key);
  }

  @Override
  public CompletableFuture<Void> rename(String from, String to, RenameOptions how) {
    Arguments.rename(from, to);
    return DirectoryOnly.refuse(Operation.RENAME, name, to);
  }

  @Override
  public CompletableFuture<ObjectVersion> copy(CopyRequest request) {
    Arguments.copy(request);
    return ReadOnly.<ObjectVersion>refuses(options, Operation.COPY, name, request.to())
        .orElseGet(() -> wire.copy(request));
  }

  @Override
  public CompletableFuture<Void> delete(String key, ObjectVersion version) {
    Arguments.key(key);
    return ReadOnly.<Void>refuses(options, Operation.DELETE, name, key)
        .orElseGet(() -> wire.delete(key, version));
  }

  @Override
  public List<CompletableFuture<Void>> deleteAll(List<String> keys) {
    Arguments.keys(keys);
    return DeleteAll.of(
        keys,
        batch ->
            ReadOnly.<Map<String, ExpressException>>refuses(
                    options, Operation.DELETE_ALL, name, batch.get(0))
                .orElseGet(() -> wire.deleteAll(batch)));
  }

  @Override
  public void close() {
    wire.close();
  }

  @Override
  public String toString() {
    return "StandardBucket[" + wire + "]";
  }
}
