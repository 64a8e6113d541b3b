package io.expressway.jmh;

import io.expressway.AccessKey;
import io.expressway.internal.sign.RequestWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.services.s3.internal.s3express.DefaultS3ExpressHttpSigner;
import software.amazon.awssdk.services.s3.s3express.S3ExpressSessionCredentials;

/**
 * What does it cost to turn one ranged GET into signed bytes? Ours writes the whole head, as each
 * connection does; the SDK's signers leave the headers as objects, which its HTTP clients have yet
 * to write. Run it with {@code -prof gc} and {@code -t 1}, then {@code -t 2}: a score is the time
 * of one signature on one thread.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Signing {
  private static final String REGION = "us-west-2";
  private static final String SERVICE = "s3express";
  private static final String HOST =
      "demo--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com";
  private static final String KEY = "data/day=2026-11-26/part-00017.parquet";
  private static final String ID = "ASIASIGNINGBENCHMARK";
  private static final String SECRET = "a-secret-of-forty-characters-as-they-are";

  /** As long as the test server's, an assumption. */
  private static final String TOKEN = "token".repeat(64);

  /** A head's writer and the memory it writes to, as a connection has them. */
  @State(Scope.Thread)
  public static class Ours {
    private final RequestWriter writer = new RequestWriter(REGION, SERVICE);
    private final ByteBuf head = Unpooled.directBuffer(4096);
    private final byte[] host = HOST.getBytes(StandardCharsets.US_ASCII);
    private final AccessKey session =
        AccessKey.session(ID, SECRET, TOKEN, Instant.now().plus(Duration.ofHours(1)));
    private final AccessKey iam = AccessKey.of(ID, SECRET);

    int write(AccessKey key) {
      head.clear();
      writer.begin("GET", "/", KEY, "").unsigned("user-agent", "expressway/0.1").host(host);
      writer.range(0, 4095).unsignedPayload();
      writer.date(System.currentTimeMillis() / 1_000).token(key).finish(key, head);
      return head.readableBytes();
    }
  }

  /** The SDK's signers and credentials, which threads share. */
  @State(Scope.Benchmark)
  public static class Sdk {
    private final AwsV4HttpSigner sigV4 = AwsV4HttpSigner.create();
    private final DefaultS3ExpressHttpSigner express = DefaultS3ExpressHttpSigner.create();
    private final AwsCredentialsIdentity iam = AwsCredentialsIdentity.create(ID, SECRET);
    private final S3ExpressSessionCredentials session =
        S3ExpressSessionCredentials.create(ID, SECRET, TOKEN);

    private static SdkHttpRequest request() {
      return SdkHttpRequest.builder()
          .method(SdkHttpMethod.GET)
          .protocol("https")
          .host(HOST)
          .encodedPath("/" + KEY)
          .putHeader("Range", "bytes=0-4095")
          .putHeader("User-Agent", "expressway/0.1")
          .build();
    }

    private static <T extends AwsCredentialsIdentity> SignedRequest sign(
        HttpSigner<T> signer, T identity) {
      return signer.sign(
          r ->
              r.identity(identity)
                  .request(request())
                  .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                  .putProperty(AwsV4HttpSigner.REGION_NAME, REGION)
                  .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                  .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, false));
    }
  }

  /** What no signer can do without: a hash of the request and one HMAC of that. */
  @State(Scope.Thread)
  public static class Hashes {
    private final MessageDigest sha256;
    private final Mac hmac;
    private final byte[] canonical =
        ("GET\n/"
                + KEY
                + "\n\nhost:"
                + HOST
                + "\nrange:bytes=0-4095\nx-amz-content-sha256:"
                + "UNSIGNED-PAYLOAD\nx-amz-date:20261126T000000Z\nx-amz-s3session-token:"
                + TOKEN
                + "\n\nhost;range;x-amz-content-sha256;x-amz-date;x-amz-s3session-token\n"
                + "UNSIGNED-PAYLOAD")
            .getBytes(StandardCharsets.US_ASCII);
    private final byte[] toSign = new byte[134];

    /** With a key that is derived once, as everybody may keep it. */
    public Hashes() {
      try {
        sha256 = MessageDigest.getInstance("SHA-256");
        hmac = Mac.getInstance("HmacSHA256");
        hmac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    int both() {
      return sha256.digest(canonical).length + hmac.doFinal(toSign).length;
    }
  }

  /** The floor. */
  @Benchmark
  public int hashes(Hashes hashes) {
    return hashes.both();
  }

  /** Ours, with a session. */
  @Benchmark
  public int expressway(Ours ours) {
    return ours.write(ours.session);
  }

  /** Ours, with IAM keys. */
  @Benchmark
  public int expresswayIam(Ours ours) {
    return ours.write(ours.iam);
  }

  /** The SDK's, with a session. */
  @Benchmark
  public SignedRequest sdkExpress(Sdk sdk) {
    return Sdk.sign(sdk.express, sdk.session);
  }

  /** The SDK's, with IAM keys. */
  @Benchmark
  public SignedRequest sdkIam(Sdk sdk) {
    return Sdk.sign(sdk.sigV4, sdk.iam);
  }
}
