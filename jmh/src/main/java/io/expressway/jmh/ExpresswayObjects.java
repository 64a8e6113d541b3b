package io.expressway.jmh;

import io.expressway.ByteRange;
import io.expressway.ExpressBucket;
import io.expressway.Slice;
import io.expressway.WriteOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Ours, every option at its default. */
final class ExpresswayObjects implements ObjectClient {
  private final ExpressBucket bucket;

  ExpresswayObjects(ServerAddress server) {
    bucket = ExpresswayClient.open(server, SdkClients.OWN_LIMIT);
  }

  @Override
  public CompletableFuture<?> startPut(ByteBuffer bytes) {
    return bucket.write(KEY, bytes, WriteOptions.defaults());
  }

  @Override
  public long get() {
    return ExpresswayClient.closed(fetch().join());
  }

  @Override
  public CompletableFuture<Long> startGet() {
    return fetch().thenApply(ExpresswayClient::closed);
  }

  private CompletableFuture<Slice> fetch() {
    return bucket.read(KEY, ByteRange.all());
  }

  @Override
  public void close() {
    bucket.close();
  }
}
