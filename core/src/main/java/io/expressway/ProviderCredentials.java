package io.expressway;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * Access keys of an AWS SDK provider. The answer is kept for a minute and asked for anew in the
 * background; only the first caller, and callers after an expiration, wait. Safe for many threads:
 * one immutable snapshot in one atomic reference.
 */
final class ProviderCredentials extends Credentials {
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(30);
  private static final Answer NOTHING =
      new Answer(new CompletableFuture<>(), Instant.MIN, Instant.MIN);

  private final Supplier<AwsCredentialsProvider> factory;
  private final AtomicReference<Answer> latest = new AtomicReference<>(NOTHING);
  private @Nullable AwsCredentialsProvider provider;

  /** {@code usable} until one instant, worth asking again from an earlier one on. */
  private record Answer(CompletableFuture<AccessKey> key, Instant staleFrom, Instant usableUntil) {}

  ProviderCredentials(Supplier<AwsCredentialsProvider> factory) {
    this.factory = factory;
  }

  @Override
  public CompletableFuture<AccessKey> accessKey() {
    Answer answer = Objects.requireNonNull(latest.get());
    Instant now = Instant.now();
    if (now.isBefore(answer.staleFrom())) {
      return answer.key();
    }
    boolean usable = now.isBefore(answer.usableUntil());
    CompletableFuture<AccessKey> fetched = new CompletableFuture<>();
    Answer pending =
        usable
            ? new Answer(answer.key(), now.plus(KEPT), answer.usableUntil())
            : new Answer(fetched, Instant.MAX, Instant.MAX);
    if (!latest.compareAndSet(answer, pending)) {
      return accessKey();
    }
    fetchOnOwnThread(pending, fetched);
    return pending.key();
  }

  @Override
  void forget(AccessKey key) {
    Answer answer = Objects.requireNonNull(latest.get());
    if (answer.key().isDone()
        && !answer.key().isCompletedExceptionally()
        && answer.key().join() == key) {
      latest.compareAndSet(answer, NOTHING);
    }
  }

  private void fetchOnOwnThread(Answer pending, CompletableFuture<AccessKey> fetched) {
    Thread thread = new Thread(() -> fetch(pending, fetched), "expressway-credentials");
    thread.setDaemon(true);
    thread.start();
  }

  private void fetch(Answer pending, CompletableFuture<AccessKey> fetched) {
    try {
      AccessKey key = resolve();
      Instant expiration = key.expiration().orElse(Instant.MAX);
      Instant usableUntil =
          expiration.equals(Instant.MAX) ? expiration : expiration.minus(EXPIRY_MARGIN);
      CompletableFuture<AccessKey> done = CompletableFuture.completedFuture(key);
      latest.compareAndSet(pending, new Answer(done, Instant.now().plus(KEPT), usableUntil));
      fetched.complete(key);
    } catch (RuntimeException | LinkageError e) {
      if (pending.key() == fetched) {
        latest.compareAndSet(pending, NOTHING);
      }
      fetched.completeExceptionally(unavailable(e));
    }
  }

  private synchronized AccessKey resolve() {
    if (provider == null) {
      provider = factory.get();
    }
    return toAccessKey(provider.resolveCredentials());
  }

  private static AccessKey toAccessKey(AwsCredentials resolved) {
    if (resolved.accessKeyId() == null || resolved.secretAccessKey() == null) {
      throw new IllegalArgumentException("the provider resolved anonymous credentials");
    }
    if (resolved instanceof AwsSessionCredentials session) {
      return AccessKey.temporary(
          session.accessKeyId(),
          session.secretAccessKey(),
          session.sessionToken(),
          session.expirationTime().orElse(null));
    }
    return AccessKey.of(resolved.accessKeyId(), resolved.secretAccessKey());
  }

  private static CredentialsException unavailable(Throwable cause) {
    return new CredentialsException(
        "no AWS credentials: "
            + cause.getMessage()
            + "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE,"
            + " or pass Credentials.of(...). S3 Express takes no anonymous requests",
        RequestSite.UNKNOWN,
        cause);
  }
}
