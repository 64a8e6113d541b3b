package io.expressway.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.crt.S3CrtHttpConfiguration;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The SDK's asynchronous clients, over Netty or the CRT. Bytes are counted as they arrive and
 * dropped: cheaper than {@code toBytes()}, which would copy them once or twice more.
 */
final class SdkAsyncClient implements RangeClient {
  private final S3AsyncClient client;
  private final String bucket;

  private SdkAsyncClient(ServerAddress server, S3AsyncClient client) {
    this.bucket = server.bucket();
    this.client = client;
  }

  private static StaticCredentialsProvider credentials(ServerAddress server) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
  }

  static SdkAsyncClient netty(ServerAddress server) {
    NettyNioAsyncHttpClient.Builder http = NettyNioAsyncHttpClient.builder();
    if (server.isTls()) {
      http.tlsTrustManagersProvider(ServerAddress::trust);
    }
    return new SdkAsyncClient(
        server,
        S3AsyncClient.builder()
            .httpClientBuilder(http)
            .region(Region.of(server.region()))
            .endpointOverride(server.endpoint())
            .disableS3ExpressSessionAuth(true)
            .credentialsProvider(credentials(server))
            .build());
  }

  static SdkAsyncClient crt(ServerAddress server) {
    return new SdkAsyncClient(
        server,
        S3AsyncClient.crtBuilder()
            .region(Region.of(server.region()))
            .endpointOverride(server.endpoint())
            .forcePathStyle(true)
            .disableS3ExpressSessionAuth(true)
            .httpConfiguration(
                S3CrtHttpConfiguration.builder()
                    .trustAllCertificatesEnabled(server.isTls())
                    .build())
            .credentialsProvider(credentials(server))
            .build());
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
    return client.getObject(request, new Counting());
  }

  @Override
  public void close() {
    client.close();
  }

  private static final class Counting implements AsyncResponseTransformer<GetObjectResponse, Long> {
    private final CompletableFuture<Long> count = new CompletableFuture<>();

    @Override
    public CompletableFuture<Long> prepare() {
      return count;
    }

    @Override
    public void onResponse(GetObjectResponse response) {}

    @Override
    public void onStream(SdkPublisher<ByteBuffer> publisher) {
      publisher.subscribe(new CountingSubscriber(count));
    }

    @Override
    public void exceptionOccurred(Throwable error) {
      count.completeExceptionally(error);
    }
  }

  private static final class CountingSubscriber implements Subscriber<ByteBuffer> {
    private final CompletableFuture<Long> count;
    private long bytes;

    CountingSubscriber(CompletableFuture<Long> count) {
      this.count = count;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer chunk) {
      bytes += chunk.remaining();
    }

    @Override
    public void onError(Throwable error) {
      count.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      count.complete(bytes);
    }
  }
}
