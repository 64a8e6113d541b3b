package io.expressway.jmh;

import io.expressway.ExpressBucket;
import io.expressway.cache.ObjectReader;
import java.io.IOException;

/** Ours as an input stream, every setting at its default. */
final class ExpresswayStream implements StreamClient {
  private final ExpressBucket bucket;

  ExpresswayStream(ServerAddress server) {
    bucket = ExpresswayClient.open(server, SdkClients.OWN_LIMIT);
  }

  @Override
  public Stream open(String key) throws IOException {
    ObjectReader reader = ObjectReader.open(bucket, key);
    BodyStream body = new BodyStream(reader.asInputStream(), false);
    return new Stream() {
      @Override
      public void read(long from, byte[] into, int length) throws IOException {
        body.read(from, into, length);
      }

      @Override
      public void close() {
        reader.close(); // and its streams
      }
    };
  }

  @Override
  public void forget() {}

  @Override
  public void close() {
    bucket.close();
  }
}
