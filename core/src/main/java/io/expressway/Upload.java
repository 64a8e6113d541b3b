package io.expressway;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * One object on its way to the bucket, its bytes given piece by piece in their order. Nothing is at
 * the key before {@link #complete}; without it nothing stays behind.
 *
 * <pre>{@code
 * try (Upload upload = bucket.upload("day.parquet", UploadOptions.defaults())) {
 *   try (OutputStream out = upload.stream()) {
 *     writer.writeTo(out);
 *   }
 *   upload.complete().join();
 * }
 * }</pre>
 *
 * <p>What fits one part is stored by one PutObject when it is complete. More is cut into parts that
 * are sent while others are filled, each with its CRC, which the service verifies together with the
 * CRC of the whole; a part that fails is sent again alone.
 *
 * <p>Memory: parts in flight × part size, the one that is being filled included, taken from what
 * {@link ExpressOptions#uploadMemory} allows the bucket. When it is used up, futures of writes stay
 * open, and streams and channels block.
 *
 * <p>Thread: safe for many. Writes take their turns, in the order they were called. Errors: futures
 * fail with an {@link ExpressException}; a failed upload is aborted at once, and everything asked
 * of it afterwards fails for the same reason.
 */
public interface Upload extends AutoCloseable {
  /** Where the object will be. */
  String key();

  /** Where the next byte given goes: the number of bytes given, or found to be stored already. */
  long offset();

  /**
   * Takes the bytes from position to limit and moves the position. They are copied once; the future
   * completes when the buffer is the caller's again.
   */
  CompletableFuture<Void> write(ByteBuffer bytes);

  /**
   * Sends the bytes from position to limit from where they lie, without a copy, and moves the
   * position. They must not change until the future completes: when nothing reads them any more,
   * which for the last part is during {@link #complete}.
   */
  CompletableFuture<Void> lend(ByteBuffer bytes);

  /**
   * Sends {@code length} bytes of a file from {@code position} on. Whole parts go from the file to
   * the socket by the kernel alone where there is no TLS; what is less, or encrypted, goes through
   * the upload's memory. The file must stay open and not change until the future completes, as for
   * {@link #lend}. Reading it is done by a thread of its own.
   */
  CompletableFuture<Void> write(FileChannel file, long position, long length);

  /**
   * Takes everything that a source publishes, one buffer at a time. A buffer is the publisher's
   * again when it is asked for the next. Its failure fails the upload.
   */
  CompletableFuture<Void> write(Flow.Publisher<ByteBuffer> source);

  /** Bytes written to it are taken as by {@link #write(ByteBuffer)}, blocking. */
  WritableByteChannel channel();

  /**
   * Bytes written to it are taken as by {@link #write(ByteBuffer)}, blocking. Closing it takes what
   * it has buffered and does not complete the upload, so that a failing writer stores nothing.
   */
  OutputStream stream();

  /** Stores the object: it is at its key when the future completes. */
  CompletableFuture<ObjectInfo> complete();

  /**
   * The token to resume this upload with after a restart, for instance after a crash; keep it where
   * it outlives the process. Asking for it begins a multipart upload, however small the object.
   */
  CompletableFuture<UploadToken> token();

  /**
   * Ends this upload without aborting it, once the parts under way are stored. A part that was not
   * full is dropped: {@link Bucket#resume} tells from where to go on.
   */
  CompletableFuture<UploadToken> pause();

  /** Gives the upload up; completes when the service has dropped its parts. */
  CompletableFuture<Void> abort();

  /** Aborts the upload unless it was completed or paused, and waits until it is. */
  @Override
  void close();
}
