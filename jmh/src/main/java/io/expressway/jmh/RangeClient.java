package io.expressway.jmh;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

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

  /**
   * A reader that reads again as soon as its read has ended, in the way that is cheapest here.
   *
   * @param mayRead asked before each read; the reader ends when it says no
   * @param took told the nanoseconds of each, on any thread
   */
  default CompletableFuture<Void> keepReading(
      int length, BooleanSupplier mayRead, LongConsumer took) {
    return ClosedLoop.start(
        () -> {
          long begun = System.nanoTime();
          return start(length)
              .thenAccept(
                  received -> {
                    requireAll(received, length);
                    took.accept(System.nanoTime() - begun);
                  });
        },
        mayRead);
  }

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
