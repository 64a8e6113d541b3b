package io.expressway;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Adds to the end of one object, as a log is written: small writes are gathered into one append,
 * and the next is gathered while the last is under way. What {@link #flush} returned from is
 * stored.
 *
 * <pre>{@code
 * try (AppendStream log = AppendStream.open(bucket, "app.log")) {
 *   log.write(line);
 *   log.flush();
 * }
 * }</pre>
 *
 * <p>An object takes 10,000 appends; then it is copied, which makes it one piece again, and the
 * copy renamed over it, unless another wrote meanwhile. Copies end at 5 GB: a larger object that is
 * full fails with {@link InvalidRequestException}, and a new one must be begun (S3 User Guide,
 * "Appending data to objects in directory buckets", and S3 API, CopyObject, read on 2026-11-22).
 *
 * <p>One writer at a time: when another adds to the object, the next append fails with {@link
 * PreconditionFailedException}. After a failure every call fails for the same reason; what is
 * stored ends at {@link #storedBytes}, as far as is known.
 *
 * <p>Thread: confined to one at a time, which waits; not for event loops. Owner: the bucket stays
 * the caller's.
 */
public final class AppendStream extends OutputStream {
  // One append takes about as long for a byte as for these, at 80 MB/s a connection and 5 ms.
  private static final int USUAL_BATCH = 256 << 10;
  private static final int LARGEST_BATCH = 1 << 30;
  private static final long LARGEST_COPY = 5L << 30;

  private final Bucket bucket;
  private final String key;
  private final WriteOptions options;
  private ByteBuffer gathered;
  private ByteBuffer sent;
  private long stored;
  private @Nullable ObjectVersion version;
  private @Nullable CompletableFuture<ObjectInfo> underWay;
  private @Nullable IOException failure;
  private boolean closed;

  private AppendStream(
      Bucket bucket,
      String key,
      WriteOptions options,
      int batchBytes,
      Optional<ObjectInfo> object) {
    this.bucket = bucket;
    this.key = key;
    this.options = options;
    this.gathered = ByteBuffer.allocateDirect(batchBytes);
    this.sent = ByteBuffer.allocateDirect(batchBytes);
    this.stored = object.map(ObjectInfo::size).orElse(0L);
    this.version = object.map(ObjectInfo::version).orElse(null);
  }

  /** Goes on at the object's end, or makes it; appends of up to 256 KiB. */
  public static AppendStream open(Bucket bucket, String key) throws IOException {
    return open(bucket, key, WriteOptions.defaults(), USUAL_BATCH);
  }

  /**
   * Goes on at the object's end, or makes it.
   *
   * @param options media type, metadata and checksum of an object that is not there yet; an object
   *     that is there keeps its own and needs the same checksum
   * @param batchBytes bytes gathered before they are sent without a flush, 1 to 1 GiB
   */
  public static AppendStream open(Bucket bucket, String key, WriteOptions options, int batchBytes)
      throws IOException {
    if (batchBytes < 1 || batchBytes > LARGEST_BATCH) {
      throw new IllegalArgumentException(
          "a batch must have 1 byte to 1 GiB, but has " + batchBytes);
    }
    if (options.isConditional()) {
      throw new IllegalArgumentException(
          "a stream keeps its own conditions: open it without ifAbsent or ifVersion");
    }
    return new AppendStream(bucket, key, options, batchBytes, find(bucket, key));
  }

  private static Optional<ObjectInfo> find(Bucket bucket, String key) throws IOException {
    try {
      return Optional.of(await(bucket.stat(key)));
    } catch (ObjectNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Where the object ends, as far as the service confirmed it. */
  public long storedBytes() {
    return stored;
  }

  @Override
  public void write(int octet) throws IOException {
    requireOpen();
    if (!gathered.hasRemaining()) {
      send();
    }
    gathered.put((byte) octet);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    Objects.checkFromIndexSize(from, count, bytes.length);
    write(ByteBuffer.wrap(bytes, from, count));
  }

  /** Adds the bytes from position to limit and moves the position. */
  public void write(ByteBuffer bytes) throws IOException {
    requireOpen();
    while (bytes.hasRemaining()) {
      if (!gathered.hasRemaining()) {
        send();
      }
      int count = Math.min(gathered.remaining(), bytes.remaining());
      gathered.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
    }
  }

  /** Returns when everything written is stored. */
  @Override
  public void flush() throws IOException {
    requireOpen();
    send();
    settle();
  }

  /** Flushes; the object stays as it is. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      if (failure == null) {
        flush();
      }
    } finally {
      closed = true;
    }
  }

  private void requireOpen() throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
  }

  /** Begins to add what is gathered, once the append before is stored. */
  private void send() throws IOException {
    settle();
    if (gathered.position() == 0) {
      return;
    }
    ByteBuffer full = gathered.flip();
    gathered = sent.clear();
    sent = full;
    underWay = append();
  }

  private CompletableFuture<ObjectInfo> append() {
    return bucket.append(key, stored, sent, options);
  }

  /** Waits for the append under way. */
  private void settle() throws IOException {
    CompletableFuture<ObjectInfo> last = underWay;
    underWay = null;
    if (last == null) {
      return;
    }
    try {
      added(await(last));
    } catch (InvalidRequestException e) {
      if (!"TooManyParts".equals(e.site().errorCode())) {
        throw fail(e);
      }
      roll(e);
    } catch (IOException e) {
      throw fail(e);
    }
  }

  private void added(ObjectInfo longer) {
    stored = longer.size();
    version = longer.version();
  }

  private IOException fail(IOException why) {
    failure = why;
    return why;
  }

  /** Makes the object one piece again, and adds what did not fit. */
  private void roll(InvalidRequestException full) throws IOException {
    if (stored > LARGEST_COPY) {
      throw fail(
          new InvalidRequestException(
              "the object has taken 10,000 appends and is too large to be copied (5 GB): go on"
                  + " with another key",
              full.site(),
              full));
    }
    String copy = key + ".rolled-" + UUID.randomUUID();
    try {
      replaceBy(copy);
      added(await(append()));
    } catch (IOException e) {
      e.addSuppressed(full);
      throw fail(e);
    }
  }

  private void replaceBy(String copy) throws IOException {
    CopyRequest request = CopyRequest.of(key, copy);
    RenameOptions over = RenameOptions.defaults();
    ObjectVersion known = version;
    if (known != null) {
      request = request.ifSourceVersion(known);
      over = over.ifVersion(known);
    }
    ObjectVersion made = await(bucket.copy(request));
    try {
      await(bucket.rename(copy, key, over));
    } catch (IOException e) {
      bucket.delete(copy, made);
      throw e;
    }
    version = null; // a rename may give another
  }

  private static <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while an append was under way");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException known) {
        throw known;
      }
      throw new IOException("an append failed: " + e.getCause(), e.getCause());
    }
  }
}
