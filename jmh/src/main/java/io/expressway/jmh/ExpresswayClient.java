package io.expressway.jmh;

import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ReadRequest;
import io.expressway.Slice;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Ours: a slice is leased, its length taken, and closed. Signed with IAM keys as the peers are. */
final class ExpresswayClient implements RangeClient {
  private final ExpressBucket bucket;

  ExpresswayClient(ServerAddress server) {
    ExpressOptions options = ExpressOptions.defaults().endpoint(server.endpoint());
    if (server.isTls()) {
      options = options.trust(List.of(ServerAddress.certificate()));
    }
    bucket =
        ExpressBucket.open(
            server.bucket(),
            Credentials.of(server.accessKeyId(), server.secretAccessKey()),
            options);
  }

  @Override
  public long read(int length) {
    try (Slice slice = fetch(length).join()) {
      return slice.length();
    }
  }

  @Override
  public CompletableFuture<Long> start(int length) {
    return fetch(length)
        .thenApply(
            slice -> {
              try (slice) {
                return slice.length();
              }
            });
  }

  private CompletableFuture<Slice> fetch(int length) {
    return bucket.read(ReadRequest.of(ServerAddress.KEY, ByteRange.of(0, length)));
  }

  @Override
  public void close() {
    bucket.close();
  }
}
