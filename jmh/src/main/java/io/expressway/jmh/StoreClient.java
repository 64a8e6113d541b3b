package io.expressway.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** What every client in a comparison can store. Used by one thread. */
interface StoreClient extends AutoCloseable {
  /** Stores a small object with its CRC32C, in one request. */
  void put(ByteBuffer bytes) throws Exception;

  /** Stores bytes that lie in memory. */
  void fromMemory(ByteBuffer bytes) throws Exception;

  /** Stores {@code size} bytes that a program writes, array by array, to a stream. */
  void fromStream(byte[] array, long size) throws Exception;

  /** Stores a file. */
  void fromFile(Path file) throws Exception;

  @Override
  void close() throws IOException;
}
