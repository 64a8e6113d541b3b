package io.expressway.cache;

import io.expressway.Bucket;

/** Reading like a file without a cache. */
final class PlainReaderTest extends ReaderContract {
  @Override
  Bucket over(Bucket plain) {
    return plain;
  }

  @Override
  int roundedTo() {
    return 0;
  }

  @Override
  void closeAll() {}
}
