package io.expressway.jmh;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** The SDK's clients on a bucket of AWS, every setting at its default. Safe for many threads. */
final class BucketPeers implements AutoCloseable {
  private final RequestMeter meter;
  private final String bucket;
  private final S3Client blocking;
  private final S3AsyncClient netty;
  private final S3AsyncClient multipart;

  BucketPeers(BucketTarget target, RequestMeter meter) {
    this.meter = meter;
    this.bucket = target.primary().toString();
    S3ClientBuilder builder = S3Client.builder().httpClientBuilder(Apache5HttpClient.builder());
    at(target, builder);
    this.blocking = builder.forcePathStyle(!target.endpoints().isEmpty()).build();
    this.netty = async(target, false);
    this.multipart = async(target, true);
  }

  private S3AsyncClient async(BucketTarget target, boolean inParts) {
    S3AsyncClientBuilder builder =
        S3AsyncClient.builder()
            .httpClientBuilder(NettyNioAsyncHttpClient.builder())
            .multipartEnabled(inParts);
    at(target, builder);
    return builder.forcePathStyle(!target.endpoints().isEmpty()).build();
  }

  private void at(BucketTarget target, AwsClientBuilder<?, ?> builder) {
    target.region().ifPresent(region -> builder.region(Region.of(region)));
    if (!target.endpoints().isEmpty()) {
      builder.endpointOverride(target.endpoints().get(0));
    }
    builder.overrideConfiguration(how -> how.addExecutionInterceptor(meter));
  }

  private GetObjectRequest get(String key, int bytes) {
    return GetObjectRequest.builder()
        .bucket(bucket)
        .key(key)
        .range("bytes=0-" + (bytes - 1))
        .build();
  }

  private PutObjectRequest put(String key) {
    return PutObjectRequest.builder().bucket(bucket).key(key).build();
  }

  /** Reads the first bytes with the blocking client; how many came. */
  long read(String key, int bytes) throws IOException {
    meter.require(1);
    byte[] into = new byte[bytes];
    try (InputStream body = blocking.getObject(get(key, bytes))) {
      return body.readNBytes(into, 0, bytes);
    }
  }

  /** The same with the asynchronous one. */
  CompletableFuture<?> start(String key, int bytes) {
    meter.require(1);
    return netty.getObject(get(key, bytes), AsyncResponseTransformer.toBytes());
  }

  /** Stores an object in one piece. */
  Object write(String key, RequestBody body) {
    meter.require(1);
    return blocking.putObject(put(key), body);
  }

  /** Stores an object in parts of the client's choice. */
  CompletableFuture<?> upload(String key, AsyncRequestBody body) {
    meter.require(BucketPhase.UPLOAD_BYTES / BucketPhase.PART_BYTES + 2);
    return multipart.putObject(put(key), body);
  }

  @Override
  public void close() {
    blocking.close();
    netty.close();
    multipart.close();
  }
}
