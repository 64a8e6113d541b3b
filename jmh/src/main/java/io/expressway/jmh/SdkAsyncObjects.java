package io.expressway.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** The SDK's asynchronous clients, which check what they fetch, as they do by default. */
final class SdkAsyncObjects implements ObjectClient {
  private final S3AsyncClient client;
  private final GetObjectRequest get;
  private final PutObjectRequest put;

  SdkAsyncObjects(ServerAddress server, S3AsyncClient client) {
    this.client = client;
    this.get = SdkBlockingObjects.getRequest(server);
    this.put = SdkBlockingObjects.putRequest(server);
  }

  @Override
  public CompletableFuture<?> startPut(ByteBuffer bytes) {
    return client.putObject(put, AsyncRequestBody.fromByteBufferUnsafe(bytes.duplicate()));
  }

  @Override
  public CompletableFuture<Long> startGet() {
    return client.getObject(get, new CountedBytes());
  }

  @Override
  public void close() {
    client.close();
  }
}
