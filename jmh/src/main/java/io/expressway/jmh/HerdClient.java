package io.expressway.jmh;

import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.session.Sessions;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** A client with sessions, none made yet, that reads one small object. Safe for many threads. */
interface HerdClient extends AutoCloseable {
  /** Long enough that no client gives up for a reason other than its sessions. */
  Duration PATIENCE = Duration.ofSeconds(60);

  /** As many connections for each. */
  int CONNECTIONS = 64;

  /** Reads; the call itself is what a caller's thread spends. A blocking client reads in it. */
  CompletableFuture<?> read();

  @Override
  void close();

  /** Who reads. */
  enum Kind {
    /** This library. */
    EXPRESSWAY("Expressway, async") {
      @Override
      HerdClient open(ServerAddress server) {
        return new Ours(server);
      }
    },
    /** The SDK's asynchronous client over Netty. */
    SDK_ASYNC("SDK async, Netty") {
      @Override
      HerdClient open(ServerAddress server) {
        return new SdkAsync(server, netty(server));
      }
    },
    /** The SDK's blocking client over Apache HttpClient 5. */
    SDK_SYNC("SDK sync, Apache 5") {
      @Override
      HerdClient open(ServerAddress server) {
        return new SdkSync(server);
      }
    },
    /**
     * The S3 client over the AWS Common Runtime. Its CreateSession asks the host for {@code
     * /?session} whatever the style, so that the bucket must be in the host's name.
     */
    S3_CRT("S3 CRT, async") {
      @Override
      boolean canReach(ServerAddress server) {
        try {
          return InetAddress.getByName(server.bucket() + ".localhost").isLoopbackAddress();
        } catch (UnknownHostException e) {
          return false;
        }
      }

      @Override
      HerdClient open(ServerAddress server) {
        return new SdkAsync(server, crt(server));
      }
    };

    final String title;

    Kind(String title) {
      this.title = title;
    }

    /** Whether this machine lets it find the server. */
    boolean canReach(ServerAddress server) {
      return true;
    }

    abstract HerdClient open(ServerAddress server);
  }

  private static StaticCredentialsProvider identity(ServerAddress server) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
  }

  private static S3AsyncClient netty(ServerAddress server) {
    return S3AsyncClient.builder()
        .httpClientBuilder(
            NettyNioAsyncHttpClient.builder()
                .maxConcurrency(CONNECTIONS)
                .maxPendingConnectionAcquires(100_000)
                .connectionAcquisitionTimeout(PATIENCE))
        .region(Region.of(server.region()))
        .endpointOverride(server.endpoint())
        .credentialsProvider(identity(server))
        .build();
  }

  private static S3AsyncClient crt(ServerAddress server) {
    return S3AsyncClient.crtBuilder()
        .region(Region.of(server.region()))
        .endpointOverride(URI.create("http://localhost:" + server.endpoint().getPort()))
        .maxConcurrency(CONNECTIONS)
        .credentialsProvider(identity(server))
        .build();
  }

  /** Sessions and a bucket of their own. */
  final class Ours implements HerdClient {
    private final Sessions sessions;
    private final ExpressBucket bucket;

    Ours(ServerAddress server) {
      sessions = Sessions.over(Credentials.of(server.accessKeyId(), server.secretAccessKey()));
      bucket =
          ExpressBucket.open(
              server.bucket(),
              sessions,
              ExpressOptions.defaults()
                  .endpoint(server.endpoint())
                  .readDeadline(PATIENCE)
                  .concurrentRequests(CONNECTIONS)
                  .waitingRequests(100_000));
    }

    @Override
    public CompletableFuture<?> read() {
      return bucket.read(ServerAddress.KEY, ByteRange.of(0, 1)).thenAccept(slice -> slice.close());
    }

    @Override
    public void close() {
      bucket.close();
      sessions.close();
    }
  }

  /** Either of the SDK's asynchronous clients. */
  final class SdkAsync implements HerdClient {
    private final S3AsyncClient client;
    private final GetObjectRequest request;

    SdkAsync(ServerAddress server, S3AsyncClient client) {
      this.client = client;
      this.request = firstByte(server);
    }

    @Override
    public CompletableFuture<?> read() {
      return client.getObject(request, AsyncResponseTransformer.toBytes());
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** The SDK's blocking client: it returns what is done. */
  final class SdkSync implements HerdClient {
    private final S3Client client;
    private final GetObjectRequest request;

    SdkSync(ServerAddress server) {
      request = firstByte(server);
      client =
          S3Client.builder()
              .httpClientBuilder(
                  Apache5HttpClient.builder()
                      .maxConnections(2 * CONNECTIONS)
                      .connectionAcquisitionTimeout(PATIENCE))
              .region(Region.of(server.region()))
              .endpointOverride(server.endpoint())
              .credentialsProvider(identity(server))
              .build();
    }

    @Override
    public CompletableFuture<?> read() {
      return CompletableFuture.completedFuture(
          client.getObject(request, ResponseTransformer.toBytes()));
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private static GetObjectRequest firstByte(ServerAddress server) {
    return GetObjectRequest.builder()
        .bucket(server.bucket())
        .key(ServerAddress.KEY)
        .range("bytes=0-0")
        .build();
  }
}
