package io.expressway.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.s3.analyticsaccelerator.S3SdkObjectClient;
import software.amazon.s3.analyticsaccelerator.S3SeekableInputStream;
import software.amazon.s3.analyticsaccelerator.S3SeekableInputStreamConfiguration;
import software.amazon.s3.analyticsaccelerator.S3SeekableInputStreamFactory;
import software.amazon.s3.analyticsaccelerator.S3SyncSdkObjectClient;
import software.amazon.s3.analyticsaccelerator.common.ObjectRange;
import software.amazon.s3.analyticsaccelerator.request.ObjectClient;
import software.amazon.s3.analyticsaccelerator.request.ObjectMetadata;
import software.amazon.s3.analyticsaccelerator.util.OpenStreamInformation;
import software.amazon.s3.analyticsaccelerator.util.S3URI;

/** The Analytics Accelerator, every setting at its default, as its own suite has it. */
final class AalPatterns implements PatternClient {
  /** Smaller objects are fetched whole when they are opened (its default, release 1.3.1). */
  static final int WHOLE_BYTES = 8 << 20;

  private static final int CONNECTIONS = 400;
  private final S3Client heads;
  private final AutoCloseable client;
  private final Supplier<ObjectClient> objects;
  private final String bucket;
  private final Map<String, ObjectMetadata> known = new ConcurrentHashMap<>();
  private volatile S3SeekableInputStreamFactory factory;

  private AalPatterns(
      ServerAddress server, S3Client heads, AutoCloseable client, Supplier<ObjectClient> objects) {
    this.bucket = server.bucket();
    this.heads = heads;
    this.client = client;
    this.objects = objects;
    this.factory = newFactory();
  }

  static PatternClient async(ServerAddress server) {
    S3AsyncClient client = SdkClients.netty(server, CONNECTIONS).build();
    return new AalPatterns(
        server,
        SdkClients.apache(server, CONNECTIONS),
        client,
        () -> new S3SdkObjectClient(client, false));
  }

  static PatternClient sync(ServerAddress server) {
    S3Client client = SdkClients.apache(server, CONNECTIONS);
    return new AalPatterns(server, client, client, () -> new S3SyncSdkObjectClient(client));
  }

  private S3SeekableInputStreamFactory newFactory() {
    return new S3SeekableInputStreamFactory(
        objects.get(), S3SeekableInputStreamConfiguration.DEFAULT);
  }

  @Override
  public Stream open(String key) throws IOException {
    return new Opened(
        factory.createStream(S3URI.of(bucket, key), OpenStreamInformation.ofDefaults()));
  }

  @Override
  public Stream openToTheEnd(String key) throws IOException {
    return open(key);
  }

  @Override
  public Stream openKnown(String key) throws IOException {
    return new Opened(
        factory.createStream(
            S3URI.of(bucket, key),
            OpenStreamInformation.builder()
                .objectMetadata(Objects.requireNonNull(known.get(key)))
                .build()));
  }

  @Override
  public void learn(String key) {
    HeadObjectResponse head = heads.headObject(request -> request.bucket(bucket).key(key));
    known.put(
        key,
        ObjectMetadata.builder().contentLength(head.contentLength()).etag(head.eTag()).build());
  }

  @Override
  public void forget() throws IOException {
    factory.close();
    factory = newFactory();
  }

  private record Opened(S3SeekableInputStream stream) implements Stream {
    @Override
    public void read(long from, byte[] into, int length) throws IOException {
      if (stream.getPos() != from) {
        stream.seek(from);
      }
      for (int at = 0; at < length; ) {
        int count = stream.read(into, at, length - at);
        if (count < 0) {
          throw new EOFException("the object ended");
        }
        at += count;
      }
    }

    @Override
    public void readVectored(List<ReadPattern.Stretch> stretches) throws Exception {
      List<ObjectRange> ranges = new ArrayList<>();
      for (ReadPattern.Stretch stretch : stretches) {
        ranges.add(new ObjectRange(new CompletableFuture<>(), stretch.from(), stretch.length()));
      }
      stream.readVectored(ranges, ByteBuffer::allocate, buffer -> {});
      for (ObjectRange range : ranges) {
        range.getByteBuffer().get();
      }
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  @Override
  public void close() throws IOException {
    factory.close();
    heads.close();
    try {
      client.close();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
