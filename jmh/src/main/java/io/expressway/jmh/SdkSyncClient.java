package io.expressway.jmh;

import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** The SDK's blocking client, streaming into an array that each thread keeps: its cheapest way. */
final class SdkSyncClient extends BlockingClient {
  private final S3Client client;
  private final String bucket;
  private final ThreadLocal<byte[]> memory = ThreadLocal.withInitial(() -> new byte[64 << 10]);

  private SdkSyncClient(ServerAddress server, SdkHttpClient http) {
    this.bucket = server.bucket();
    this.client =
        S3Client.builder()
            .httpClient(http)
            .region(Region.of(server.region()))
            .endpointOverride(server.endpoint())
            .disableS3ExpressSessionAuth(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
            .build();
  }

  static SdkSyncClient apache(ServerAddress server) {
    Apache5HttpClient.Builder http = Apache5HttpClient.builder();
    if (server.isTls()) {
      http.tlsTrustManagersProvider(ServerAddress::trust);
    }
    return new SdkSyncClient(server, http.build());
  }

  static SdkSyncClient urlConnection(ServerAddress server) {
    UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder();
    if (server.isTls()) {
      http.tlsTrustManagersProvider(ServerAddress::trust);
    }
    return new SdkSyncClient(server, http.build());
  }

  @Override
  public long read(int length) throws Exception {
    GetObjectRequest request =
        GetObjectRequest.builder()
            .bucket(bucket)
            .key(ServerAddress.KEY)
            .range("bytes=0-" + (length - 1))
            .build();
    byte[] into = memory.get();
    long received = 0;
    try (InputStream body = client.getObject(request)) {
      for (int count = body.read(into); count >= 0; count = body.read(into)) {
        received += count;
      }
    }
    return received;
  }

  @Override
  public void close() throws IOException {
    super.close();
    client.close();
  }
}
