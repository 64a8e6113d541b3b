package io.expressway;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;

/**
 * An IAM identity: where its access keys come from. Used directly it signs every request with the
 * identity itself; give it to {@code Sessions} to sign with sessions, which S3 Express answers
 * faster. Thread: safe for many.
 */
public abstract class Credentials implements CredentialsSource {
  Credentials() {}

  /** One permanent or temporary access key. */
  public static Credentials of(AccessKey key) {
    return new StaticCredentials(key);
  }

  /** One permanent access key. */
  public static Credentials of(String accessKeyId, String secretAccessKey) {
    return of(AccessKey.of(accessKeyId, secretAccessKey));
  }

  /**
   * Whatever an AWS SDK provider resolves. It is asked on a thread of its own and ahead of
   * expiration, because providers may block.
   */
  public static Credentials of(AwsCredentialsProvider provider) {
    return new ProviderCredentials(() -> provider);
  }

  /**
   * The AWS SDK's default chain: system properties, environment, web identity, profile, container,
   * instance. It is built at the first use.
   */
  public static Credentials fromDefaultChain() {
    return ProviderCredentials.ofDefaultChain();
  }

  /** {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY} of the environment. */
  public static Credentials fromEnvironment() {
    return new ProviderCredentials(EnvironmentVariableCredentialsProvider::create);
  }

  /**
   * The identity's access key, now. Completed already when one is at hand; else completes on a
   * thread of its own. Fails with {@link CredentialsException}.
   */
  public abstract CompletableFuture<AccessKey> accessKey();

  /** Forgets {@code key}, when it is the one at hand, so that the provider is asked again. */
  abstract void forget(AccessKey key);

  @Override
  public BucketCredentials forBucket(BucketName bucket, SessionMode mode, SessionIssuer issuer) {
    return new BucketCredentials() {
      @Override
      public CompletableFuture<AccessKey> current() {
        return accessKey();
      }

      @Override
      public void reject(AccessKey key) {
        forget(key);
      }
    };
  }
}
