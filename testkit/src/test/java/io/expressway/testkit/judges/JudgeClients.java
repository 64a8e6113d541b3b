package io.expressway.testkit.judges;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.expressway.testkit.ZonalServer;
import io.expressway.testkit.Zone;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3CrtAsyncClientBuilder;
import software.amazon.awssdk.services.s3.crt.S3CrtProxyConfiguration;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** Points the clients of the SDK at a server; the caller closes what it gets. */
final class JudgeClients {
  private JudgeClients() {}

  /** A blocking client by address, so in path style; takes the HTTP client over. */
  static Judge blocking(ZonalServer server, SdkHttpClient http) {
    S3Client client =
        S3Client.builder()
            .httpClient(http)
            .endpointOverride(server.zones().get(0).endpoint())
            .region(Region.of(server.region()))
            .credentialsProvider(credentials(server))
            .build();
    return new BlockingJudge(client, http);
  }

  /** An asynchronous client by address, so in path style; takes the HTTP client over. */
  static Judge async(ZonalServer server, SdkAsyncHttpClient http) {
    return async(server, http, http);
  }

  private static Judge async(ZonalServer server, SdkAsyncHttpClient http, SdkAutoCloseable owned) {
    S3AsyncClient client =
        S3AsyncClient.builder()
            .httpClient(http)
            .endpointOverride(server.zones().get(0).endpoint())
            .region(Region.of(server.region()))
            .credentialsProvider(credentials(server))
            .build();
    return new AsyncJudge(client, owned);
  }

  /** The SDK's Netty client, whose threads end without the two seconds they wait by default. */
  @SuppressWarnings("deprecation") // of the groups that Netty 4.2 has, the SDK knows only old ones
  static Judge netty(ZonalServer server) {
    NioEventLoopGroup loops = new NioEventLoopGroup(1);
    SdkAsyncHttpClient http =
        NettyNioAsyncHttpClient.builder()
            .eventLoopGroup(SdkEventLoopGroup.create(loops, NioSocketChannel::new))
            .build();
    return async(
        server,
        http,
        () -> {
          http.close();
          loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
        });
  }

  /**
   * The S3 client of the Common Runtime, over virtual hosts that its native resolver need not know.
   * By address it would make its sessions with a {@code Host} that names no bucket.
   */
  static Judge s3Crt(ZonalServer server) {
    Zone zone = server.zones().get(0);
    Tunnel tunnel = new Tunnel(zone.port());
    S3AsyncClient client =
        crt(server, zone.hostEndpoint())
            .httpConfiguration(http -> http.proxyConfiguration(proxy(tunnel.port())))
            .build();
    return new AsyncJudge(client, tunnel::close);
  }

  /** The same client by address, whose sessions name no bucket. */
  static Judge s3CrtByAddress(ZonalServer server) {
    S3AsyncClient client =
        crt(server, server.zones().get(0).endpoint()).forcePathStyle(true).build();
    return new AsyncJudge(client, () -> {});
  }

  private static S3CrtAsyncClientBuilder crt(ZonalServer server, URI endpoint) {
    return S3AsyncClient.crtBuilder()
        .endpointOverride(endpoint)
        .region(Region.of(server.region()))
        .credentialsProvider(credentials(server));
  }

  private static S3CrtProxyConfiguration proxy(int port) {
    return S3CrtProxyConfiguration.builder()
        .scheme("http")
        .host("127.0.0.1")
        .port(port)
        .useEnvironmentVariableValues(false)
        .useSystemPropertyValues(false)
        .build();
  }

  private static StaticCredentialsProvider credentials(ZonalServer server) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
  }
}
