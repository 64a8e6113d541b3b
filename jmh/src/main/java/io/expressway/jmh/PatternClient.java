package io.expressway.jmh;

import java.util.List;

/** Somebody who opens objects and reads them like files. Used by several threads. */
interface PatternClient extends StreamClient {
  /** An open object that can be read anywhere. Confined to one thread. */
  interface Stream extends StreamClient.Stream {
    /** Reads several stretches at once and waits for all of them. */
    void readVectored(List<ReadPattern.Stretch> stretches) throws Exception;
  }

  @Override
  Stream open(String key) throws Exception;

  /** Opens an object that is read to its end, and says so. */
  Stream openToTheEnd(String key) throws Exception;

  /** Opens one object of which size and version are known, as {@link #learn} found them. */
  Stream openKnown(String key) throws Exception;

  /** Finds out size and version of an object. */
  void learn(String key) throws Exception;
}
