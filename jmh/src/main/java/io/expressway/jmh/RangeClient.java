package io.expressway.jmh;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * What every client in a comparison can do: read a range of one object until its last byte is in
 * memory. Safe for many threads.
 */
interface RangeClient extends AutoCloseable {
  /**
   * Reads {@code [0, length)} of the object and waits for it.
   *
   * @return bytes received
   */
  long read(int length) throws Exception;

  /** The same without waiting; blocking clients wait on a thread of their own. */
  CompletableFuture<Long> start(int length);

  /** Returns what was received. */
  static long requireAll(long received, int length) {
    if (received != length) {
      throw new IllegalStateException("asked for " + length + " bytes, got " + received);
    }
    return received;
  }

  @Override
  void close() throws IOException;
}
