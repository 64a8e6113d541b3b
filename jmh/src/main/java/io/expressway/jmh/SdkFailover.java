package io.expressway.jmh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * The SDK's asynchronous clients of the same zones with their defaults: the primary alone, and the
 * loop that one writes by hand, which gives each zone a second and then tries the next.
 */
final class SdkFailover implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final List<S3AsyncClient> clients = new ArrayList<>();
  private final List<String> buckets = new ArrayList<>();
  private final S3AsyncClient alone;

  SdkFailover(ZoneProcesses zones) {
    alone = client(zones.address(0));
    for (int zone = 0; zone < ZoneProcesses.IDS.size(); zone++) {
      clients.add(client(zones.address(zone)));
      buckets.add(zones.address(zone).bucket());
    }
  }

  private static S3AsyncClient client(ServerAddress server) {
    return S3AsyncClient.builder()
        .httpClientBuilder(NettyNioAsyncHttpClient.builder())
        .region(Region.of(server.region()))
        .endpointOverride(server.endpoint())
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
        .build();
  }

  private GetObjectRequest.Builder request(int zone, int bytes) {
    return GetObjectRequest.builder()
        .bucket(buckets.get(zone))
        .key(ServerAddress.KEY)
        .range("bytes=0-" + (bytes - 1));
  }

  /** Reads from the primary, as the SDK would have it. */
  CompletableFuture<?> primaryOnly(int bytes) {
    return alone.getObject(request(0, bytes).build(), AsyncResponseTransformer.toBytes());
  }

  /** Reads from the first zone that answers in a second. */
  CompletableFuture<?> oneAfterAnother(int bytes) {
    return within(0, bytes)
        .exceptionallyCompose(failure -> within(1, bytes))
        .exceptionallyCompose(failure -> within(2, bytes));
  }

  private CompletableFuture<Object> within(int zone, int bytes) {
    GetObjectRequest request =
        request(zone, bytes).overrideConfiguration(limit -> limit.apiCallTimeout(PATIENCE)).build();
    return clients
        .get(zone)
        .getObject(request, AsyncResponseTransformer.toBytes())
        .thenApply(body -> body);
  }

  @Override
  public void close() {
    alone.close();
    clients.forEach(S3AsyncClient::close);
  }
}
