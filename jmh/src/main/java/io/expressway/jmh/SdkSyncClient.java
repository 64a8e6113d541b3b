package io.expressway.jmh;

import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** The SDK's blocking client, streaming into an array that each thread keeps: its cheapest way. */
final class SdkSyncClient extends BlockingClient {
  private static final int ARRAY_BYTES = 64 << 10;
  private final S3Client client;
  private final String bucket;
  private final ThreadLocal<byte[]> memory = ThreadLocal.withInitial(() -> new byte[ARRAY_BYTES]);

  SdkSyncClient(ServerAddress server, S3Client client) {
    this.bucket = server.bucket();
    this.client = client;
  }

  @Override
  public long read(int length) throws IOException {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(bucket)
            .key(ServerAddress.KEY)
            .range("bytes=0-" + (length - 1))
            .build();
    try (InputStream body = client.getObject(request)) {
      return drained(body, memory.get());
    }
  }

  /** How many bytes a body has, each read into {@code array}. */
  static long drained(InputStream body, byte[] array) throws IOException {
    long received = 0;
    for (int count = body.read(array); count >= 0; count = body.read(array)) {
      received += count;
    }
    return received;
  }

  @Override
  public void close() throws IOException {
    super.close();
    client.close();
  }
}
