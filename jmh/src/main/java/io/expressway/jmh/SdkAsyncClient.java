package io.expressway.jmh;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** The SDK's asynchronous clients, over Netty or the CRT, in their cheapest way. */
final class SdkAsyncClient implements RangeClient {
  private final S3AsyncClient client;
  private final String bucket;

  SdkAsyncClient(ServerAddress server, S3AsyncClient client) {
    this.bucket = server.bucket();
    this.client = client;
  }

  @Override
  public long read(int length) {
    return start(length).join();
  }

  @Override
  public CompletableFuture<Long> start(int length) {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(bucket)
            .key(ServerAddress.KEY)
            .range("bytes=0-" + (length - 1))
            .build();
    return client.getObject(request, new CountedBytes());
  }

  @Override
  public void close() {
    client.close();
  }
}
