package io.expressway.jmh;

import java.io.IOException;

/** Somebody who opens objects and reads them in their order. Used by several threads. */
interface StreamClient extends AutoCloseable {
  /** An open object. Confined to one thread. */
  interface Stream extends AutoCloseable {
    /**
     * Reads on until the array is full to {@code length}.
     *
     * @param from the place; where the last read ended, unless the client can do more
     */
    void read(long from, byte[] into, int length) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Opens one object of which nothing but the key is known. */
  Stream open(String key) throws Exception;

  /** Forgets all bytes that it keeps; connections stay. */
  void forget() throws IOException;

  @Override
  void close() throws IOException;
}
