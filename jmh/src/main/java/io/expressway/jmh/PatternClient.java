package io.expressway.jmh;

import java.io.IOException;
import java.util.List;

/** Somebody who opens objects and reads them like files. Used by several threads. */
interface PatternClient extends AutoCloseable {
  /** An open object. Confined to one thread. */
  interface Stream extends AutoCloseable {
    /** Reads on from a place until the array is full to {@code length}. */
    void read(long from, byte[] into, int length) throws IOException;

    /** Reads several stretches at once and waits for all of them. */
    void readVectored(List<ReadPattern.Stretch> stretches) throws Exception;

    @Override
    void close() throws IOException;
  }

  /** Opens one object of which nothing but the key is known. */
  Stream open(String key) throws Exception;

  /** Opens one object of which size and version are known, as {@link #learn} found them. */
  Stream openKnown(String key) throws Exception;

  /** Finds out size and version of an object. */
  void learn(String key) throws Exception;

  /** Forgets all bytes that it keeps; connections stay. */
  void forget() throws IOException;

  @Override
  void close() throws IOException;
}
