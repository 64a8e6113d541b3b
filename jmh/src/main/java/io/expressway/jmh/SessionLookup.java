package io.expressway.jmh;

import io.expressway.AccessKey;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import io.expressway.session.Sessions;
import io.expressway.testkit.ZonalServer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.identity.SdkIdentityProperty;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.internal.s3express.DefaultS3ExpressIdentityProvider;
import software.amazon.awssdk.services.s3.internal.s3express.S3ExpressAuthSchemeProvider;
import software.amazon.awssdk.services.s3.internal.s3express.S3ExpressIdentityCache;
import software.amazon.awssdk.services.s3.s3express.S3ExpressSessionCredentials;

/**
 * What it costs to find the live session that signs a request: a volatile field, ours, and the
 * SDK's provider, which is what its clients ask with every request. Run it with {@code -prof gc}
 * and {@code -t 1}, then {@code -t 2}: a score is the time of one lookup on one thread, so equal
 * scores mean that two threads do twice the work.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SessionLookup {
  private static final Duration LIFETIME = Duration.ofMinutes(5);

  /** The floor: one future in one volatile field, behind the same interface. */
  @State(Scope.Benchmark)
  public static class Field implements BucketCredentials {
    private volatile CompletableFuture<AccessKey> key = new CompletableFuture<>();

    /** Puts a session there. */
    @Setup
    public void open() {
      key = CompletableFuture.completedFuture(newSession());
    }

    @Override
    public CompletableFuture<AccessKey> current() {
      return key;
    }

    @Override
    public void reject(AccessKey refused) {}
  }

  /** Ours, as a bucket gets it; CreateSession answers at once. */
  @State(Scope.Benchmark)
  public static class Ours {
    private final Sessions sessions = Sessions.over(Credentials.of("BENCHKEY", "benchmark-secret"));
    private final SessionIssuer issuer =
        (mode, identity) -> CompletableFuture.completedFuture(newSession());
    final BucketCredentials credentials =
        sessions.forBucket(
            BucketName.directory("demo--usw2-az1--x-s3"), SessionMode.READ_WRITE, issuer);

    /** Has the first session made. */
    @Setup
    public void open() {
      AccessKey key = credentials.current().join();
      if (!key.isSession() || !credentials.current().isDone()) {
        throw new IllegalStateException("no live session to look up");
      }
    }

    /** Ends the refreshes. */
    @TearDown
    public void close() {
      sessions.close();
    }
  }

  /** The SDK's provider with a session of a server in this process. */
  @State(Scope.Benchmark)
  public static class Sdk {
    private final ZonalServer server = ZonalServer.builder().start();
    private final StaticCredentialsProvider identity =
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
    private final S3Client client =
        S3Client.builder()
            .httpClient(UrlConnectionHttpClient.create())
            .region(Region.of(server.region()))
            .endpointOverride(server.zones().get(0).endpoint())
            .credentialsProvider(identity)
            .build();
    private final DefaultS3ExpressIdentityProvider provider =
        new DefaultS3ExpressIdentityProvider(S3ExpressIdentityCache.create(), identity);
    private final ResolveIdentityRequest request =
        ResolveIdentityRequest.builder()
            .putProperty(S3ExpressAuthSchemeProvider.BUCKET, server.zones().get(0).bucket())
            .putProperty(SdkIdentityProperty.SDK_CLIENT, client)
            .build();

    CompletableFuture<? extends S3ExpressSessionCredentials> resolve() {
      return provider.resolveIdentity(request);
    }

    /** Has the first session made, by one CreateSession. */
    @Setup
    public void open() {
      resolve().join();
      resolve().join();
      long made = server.roundTrips().createSessions();
      if (made != 1) {
        throw new IllegalStateException(made + " CreateSessions for one session");
      }
    }

    /** Ends server and client. */
    @TearDown
    public void close() {
      client.close();
      server.close();
    }
  }

  private static AccessKey newSession() {
    return AccessKey.session("SESSIONKEY", "secret", "token", Instant.now().plus(LIFETIME));
  }

  /** The floor. */
  @Benchmark
  public Object volatileRead(Field field) {
    return field.current();
  }

  /** Ours. */
  @Benchmark
  public Object expressway(Ours ours) {
    return ours.credentials.current();
  }

  /** The SDK's. */
  @Benchmark
  public Object sdk(Sdk sdk) {
    return sdk.resolve();
  }
}
