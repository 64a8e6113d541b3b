package io.expressway.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * What every client in a comparison can do with small objects: store one with its CRC32C, and fetch
 * it whole. Safe for many threads.
 */
interface ObjectClient extends AutoCloseable {
  /** The key of the object. */
  String KEY = "small";

  /** Stores the object, and waits for it. */
  default void put(ByteBuffer bytes) throws Exception {
    startPut(bytes).join();
  }

  /** Stores it without waiting; blocking clients wait on a thread of their own. */
  CompletableFuture<?> startPut(ByteBuffer bytes);

  /**
   * Fetches the object, and waits for it.
   *
   * @return bytes received
   */
  default long get() throws Exception {
    return startGet().join();
  }

  /** Fetches it without waiting; blocking clients wait on a thread of their own. */
  CompletableFuture<Long> startGet();

  @Override
  void close() throws IOException;
}
