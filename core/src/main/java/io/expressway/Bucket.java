package io.expressway;

import java.nio.ByteBuffer;
import java.time.Instant;
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
   * Reads a range into several buffers, filled in the order given, and moves their positions by the
   * bytes each got: one request for memory in pieces. Otherwise as {@link #readInto(ReadRequest,
   * ByteBuffer)}; copies once where the bucket, or a heap buffer among the targets, cannot have it
   * otherwise.
   */
  default CompletableFuture<ObjectInfo> readInto(ReadRequest request, List<ByteBuffer> targets) {
    return ScatteredCopy.of(this, request, targets);
  }

  /**
   * Reads several ranges of one object, each completing on its own, in the order given. Ranges that
   * lie close together share a request; every slice is closed on its own.
   */
  default List<CompletableFuture<Slice>> readAll(String key, List<ByteRange> ranges) {
    Arguments.key(key);
    return VectoredRead.of(name(), key, Arguments.ranges(ranges), range -> read(key, range));
  }

  /** What the bucket knows of an object, without its bytes (HeadObject). */
  CompletableFuture<ObjectInfo> stat(String key);

  /**
   * The same, told of a failure at once instead of trying again: for whoever has another bucket to
   * ask, as {@link ReadRequest#once()} is. A bucket that cannot leave its retries, and a decorator
   * that says nothing of it, answers as {@link #stat} does.
   */
  default CompletableFuture<ObjectInfo> statOnce(String key) {
    return stat(key);
  }

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

  /**
   * Begins an object whose bytes are given piece by piece and sent in parallel parts. Makes no
   * request yet.
   *
   * <p>Owner: the caller closes the upload, before the bucket: what a closed bucket was still
   * uploading stays unfinished with the service until a lifecycle rule aborts it.
   */
  Upload upload(String key, UploadOptions options);

  /**
   * Goes on with an upload that was paused, or whose process died: {@link Upload#offset} tells from
   * which byte. Parts behind a gap are given again, compared, and sent only when they differ. Fails
   * with {@link ObjectNotFoundException} when the upload is gone.
   *
   * @param options as for {@link #upload}; media type and metadata are those it was begun with
   */
  CompletableFuture<Upload> resume(UploadToken token, UploadOptions options);

  /**
   * Aborts uploads in parts that were begun before a moment and never ended, as crashed processes
   * leave them; gives how many. Only keys below {@code prefix}, which is empty or ends in {@code
   * /}. Uploads of that age that somebody still works on fail.
   */
  CompletableFuture<Integer> abortUploads(String prefix, Instant begunBefore);

  /**
   * Adds {@code body} to the end of an object, which must be at {@code atOffset}; at 0 the object
   * is made if it is not there. Only directory buckets append.
   *
   * <p>After a lost answer the object is looked at before anything is sent again, so that the bytes
   * are added once. Fails with {@link PreconditionFailedException} when the object does not end at
   * the offset, and with {@link InvalidRequestException} and the code {@code TooManyParts} when it
   * was appended to 10,000 times (S3 User Guide, "Appending data to objects in directory buckets",
   * read on 2026-11-22).
   *
   * @param body at least one byte; its position is not moved
   * @param options conditions and checksum; media type and metadata count at offset 0 only
   */
  CompletableFuture<ObjectInfo> append(
      String key, long atOffset, ByteBuffer body, WriteOptions options);

  /** Adds {@code body} to the end of an object. */
  default CompletableFuture<ObjectInfo> append(String key, long atOffset, ByteBuffer body) {
    return append(key, atOffset, body, WriteOptions.defaults());
  }

  /**
   * Moves an object to another key of the bucket in one step, without touching its bytes; what lies
   * there is replaced, unless the options forbid it. Sent with a client token, so that a repetition
   * does it once. Only directory buckets rename, and no key that ends in {@code /} (S3 API,
   * RenameObject, read on 2026-11-22).
   */
  CompletableFuture<Void> rename(String from, String to, RenameOptions options);

  /**
   * Copies an object inside the service, from this bucket or another. Signed with the IAM identity,
   * which needs rights to both. Gives the version of the copy.
   */
  CompletableFuture<ObjectVersion> copy(CopyRequest request);

  /** Removes an object. Removing one that is not there succeeds, as S3 has it. */
  CompletableFuture<Void> delete(String key);

  /**
   * Removes an object while it is of this version; else {@link PreconditionFailedException}.
   * Removing one that is not there succeeds in directory buckets (S3 API, DeleteObject, read on
   * 2026-11-22). A lost answer is {@link OutcomeUnknownException}.
   */
  CompletableFuture<Void> delete(String key, ObjectVersion version);

  /**
   * Removes many objects, a thousand with each request; each completes on its own, in the order
   * given. Removing one that is not there succeeds.
   */
  List<CompletableFuture<Void>> deleteAll(List<String> keys);

  /** Closes the bucket: requests under way fail, memory already lent stays valid until closed. */
  @Override
  void close();
}
