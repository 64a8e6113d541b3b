package io.expressway;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The objects of one bucket: the seam that every other part of Expressway implements or decorates.
 *
 * <p>Thread: safe for many. Futures complete on an event loop; dependents must not block it, and a
 * {@code join()} there fails at once. Every future fails with an {@link ExpressException}, or with
 * {@link IllegalArgumentException} thrown at the call when an argument could never work.
 *
 * <p>Owner: whoever opened the bucket closes it; a decorator closes what it wraps. What may be
 * shared (credentials, sessions, caches) is closed by whoever made it.
 */
public interface Bucket extends AutoCloseable {

  /** The bucket's full name, as errors and events show it. */
  BucketName name();

  /**
   * Reads a range into memory lent to the caller.
   *
   * <p>Owner: the caller closes the slice. Cancelling the future gives up the read; a slice that
   * arrives too late is closed for the caller.
   */
  CompletableFuture<Slice> read(ReadRequest request);

  /** Reads a range into memory lent to the caller. */
  default CompletableFuture<Slice> read(String key, ByteRange range) {
    return read(ReadRequest.of(key, range));
  }

  /**
   * Reads a range into {@code target} and moves its position by the bytes written.
   *
   * <p>A direct target receives the bytes from the socket (or the decryption) itself; a heap target
   * costs one copy. The target belongs to the read until the future completes. On failure the bytes
   * between the old position and the limit are undefined and the position is unchanged. A range
   * longer than {@code target.remaining()} fails before any request when its length is known, else
   * when the response head tells it.
   */
  CompletableFuture<ObjectInfo> readInto(ReadRequest request, ByteBuffer target);

  /**
   * Reads several ranges of one object, each completing on its own, in the order given. Ranges that
   * lie close together share a request; every slice is closed on its own.
   */
  List<CompletableFuture<Slice>> readAll(String key, List<ByteRange> ranges);

  /** What the bucket knows of an object, without its bytes (HeadObject). */
  CompletableFuture<ObjectInfo> stat(String key);

  /**
   * One page of a listing (ListObjectsV2). Directory buckets list in an order that is stable but
   * not lexicographic, and take prefixes that end in {@code /} only.
   */
  CompletableFuture<ObjectListing> list(ListRequest request);

  /**
   * Stores {@code body}, from its position to its limit, as one object with one PutObject. The
   * buffer must not change until the future completes; its position is not moved.
   */
  CompletableFuture<ObjectInfo> write(String key, ByteBuffer body, WriteOptions options);

  /** Removes an object. Removing one that is not there succeeds, as S3 has it. */
  CompletableFuture<Void> delete(String key);

  /** Closes the bucket: requests under way fail, memory already lent stays valid until closed. */
  @Override
  void close();
}
