package io.expressway.jmh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** The SDK's blocking client, which checks what it fetches, as it does by default. */
final class SdkBlockingObjects extends BlockingObjects {
  private static final int ARRAY_BYTES = 64 << 10;
  private final S3Client client;
  private final GetObjectRequest get;
  private final PutObjectRequest put;
  private final ThreadLocal<byte[]> memory = ThreadLocal.withInitial(() -> new byte[ARRAY_BYTES]);

  SdkBlockingObjects(ServerAddress server, S3Client client) {
    this.client = client;
    this.get = getRequest(server);
    this.put = putRequest(server);
  }

  static GetObjectRequest getRequest(ServerAddress server) {
    return GetObjectRequest.builder().bucket(server.bucket()).key(KEY).build();
  }

  static PutObjectRequest putRequest(ServerAddress server) {
    return PutObjectRequest.builder()
        .bucket(server.bucket())
        .key(KEY)
        .checksumAlgorithm(ChecksumAlgorithm.CRC32_C)
        .build();
  }

  @Override
  public void put(ByteBuffer bytes) {
    var unused = client.putObject(put, RequestBody.fromRemainingByteBuffer(bytes.duplicate()));
  }

  @Override
  public long get() throws IOException {
    try (InputStream body = client.getObject(get)) {
      return SdkSyncClient.drained(body, memory.get());
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    client.close();
  }
}
