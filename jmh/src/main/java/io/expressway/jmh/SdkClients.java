package io.expressway.jmh;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3CrtAsyncClientBuilder;
import software.amazon.awssdk.services.s3.crt.S3CrtHttpConfiguration;

/**
 * The SDK's clients of one server, signing with IAM keys, all else at its default.
 *
 * <p>{@code connections} is the most that a client opens; {@link #OWN_LIMIT} for its default.
 */
final class SdkClients {
  /** Each client's own limit of connections. */
  static final int OWN_LIMIT = 0;

  private SdkClients() {}

  static S3Client apache(ServerAddress server, int connections) {
    Apache5HttpClient.Builder http = Apache5HttpClient.builder();
    if (connections != OWN_LIMIT) {
      http.maxConnections(connections);
    }
    if (server.isTls()) {
      http.tlsTrustManagersProvider(ServerAddress::trust);
    }
    return blocking(server, http.build());
  }

  static S3Client urlConnection(ServerAddress server) {
    UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder();
    if (server.isTls()) {
      http.tlsTrustManagersProvider(ServerAddress::trust);
    }
    return blocking(server, http.build());
  }

  private static S3Client blocking(ServerAddress server, SdkHttpClient http) {
    return S3Client.builder()
        .httpClient(http)
        .region(Region.of(server.region()))
        .endpointOverride(server.endpoint())
        .forcePathStyle(true)
        .disableS3ExpressSessionAuth(true)
        .credentialsProvider(credentials(server))
        .build();
  }

  static S3AsyncClientBuilder netty(ServerAddress server, int connections) {
    NettyNioAsyncHttpClient.Builder http = NettyNioAsyncHttpClient.builder();
    if (connections != OWN_LIMIT) {
      http.maxConcurrency(connections);
    }
    if (server.isTls()) {
      http.tlsTrustManagersProvider(ServerAddress::trust);
    }
    return S3AsyncClient.builder()
        .httpClientBuilder(http)
        .region(Region.of(server.region()))
        .endpointOverride(server.endpoint())
        .forcePathStyle(true)
        .disableS3ExpressSessionAuth(true)
        .credentialsProvider(credentials(server));
  }

  static S3AsyncClient crt(ServerAddress server, int connections) {
    S3CrtAsyncClientBuilder builder = S3AsyncClient.crtBuilder();
    if (connections != OWN_LIMIT) {
      builder.maxConcurrency(connections);
    }
    return builder
        .region(Region.of(server.region()))
        .endpointOverride(server.endpoint())
        .forcePathStyle(true)
        .disableS3ExpressSessionAuth(true)
        .httpConfiguration(
            S3CrtHttpConfiguration.builder().trustAllCertificatesEnabled(server.isTls()).build())
        .credentialsProvider(credentials(server))
        .build();
  }

  static StaticCredentialsProvider credentials(ServerAddress server) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
  }
}
