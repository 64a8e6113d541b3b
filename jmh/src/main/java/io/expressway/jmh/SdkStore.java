package io.expressway.jmh;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.BlockingOutputStreamAsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import software.amazon.awssdk.transfer.s3.model.UploadFileRequest;
import software.amazon.awssdk.transfer.s3.model.UploadRequest;

/** The SDK's clients, each in the cheapest way it has; parts and threads at their defaults. */
final class SdkStore implements StoreClient {
  private static final int PIECE_BYTES = 8 << 20;
  private final S3AsyncClient client;
  private final @Nullable S3TransferManager manager;
  private final PutObjectRequest request;

  private SdkStore(
      ServerAddress server, S3AsyncClient client, @Nullable S3TransferManager manager) {
    this.client = client;
    this.manager = manager;
    this.request =
        PutObjectRequest.builder()
            .bucket(server.bucket())
            .key(MultipartWrite.KEY)
            .checksumAlgorithm(ChecksumAlgorithm.CRC32_C)
            .build();
  }

  static SdkStore crt(ServerAddress server) {
    return new SdkStore(server, SdkClients.crt(server, SdkClients.OWN_LIMIT), null);
  }

  static SdkStore transferManager(ServerAddress server) {
    S3AsyncClient crt = SdkClients.crt(server, SdkClients.OWN_LIMIT);
    return new SdkStore(server, crt, S3TransferManager.builder().s3Client(crt).build());
  }

  static SdkStore multipart(ServerAddress server) {
    S3AsyncClient netty =
        SdkClients.netty(server, SdkClients.OWN_LIMIT).multipartEnabled(true).build();
    return new SdkStore(server, netty, null);
  }

  @Override
  public void put(ByteBuffer bytes) {
    client.putObject(request, AsyncRequestBody.fromByteBufferUnsafe(bytes)).join();
  }

  @Override
  public void fromMemory(ByteBuffer bytes) {
    ByteBuffer[] pieces = new ByteBuffer[bytes.remaining() / PIECE_BYTES];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = bytes.slice(i * PIECE_BYTES, PIECE_BYTES);
    }
    store(AsyncRequestBody.fromByteBuffersUnsafe(pieces)).join();
  }

  private CompletableFuture<?> store(AsyncRequestBody body) {
    return manager == null
        ? client.putObject(request, body)
        : manager
            .upload(UploadRequest.builder().putObjectRequest(request).requestBody(body).build())
            .completionFuture();
  }

  @Override
  public void fromStream(byte[] array, long size) throws Exception {
    BlockingOutputStreamAsyncRequestBody body = AsyncRequestBody.forBlockingOutputStream(size);
    CompletableFuture<?> stored = store(body);
    try (OutputStream out = body.outputStream()) {
      for (long written = 0; written < size; written += array.length) {
        out.write(array);
      }
    }
    stored.join();
  }

  @Override
  public void fromFile(Path file) {
    if (manager == null) {
      store(AsyncRequestBody.fromFile(file)).join();
    } else {
      manager
          .uploadFile(UploadFileRequest.builder().putObjectRequest(request).source(file).build())
          .completionFuture()
          .join();
    }
  }

  @Override
  public void close() {
    if (manager != null) {
      manager.close();
    }
    client.close();
  }
}
