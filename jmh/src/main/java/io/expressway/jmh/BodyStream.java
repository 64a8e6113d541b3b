package io.expressway.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A body that is read as it comes.
 *
 * @param body the whole of it
 * @param staysOpen whether who closes this leaves it open: a socket that is used again
 */
record BodyStream(InputStream body, boolean staysOpen) implements StreamClient.Stream {
  @Override
  public void read(long from, byte[] into, int length) throws IOException {
    if (body.readNBytes(into, 0, length) < length) {
      throw new EOFException("the object ended before " + (from + length));
    }
  }

  @Override
  public void close() throws IOException {
    if (!staysOpen) {
      body.close();
    }
  }
}
