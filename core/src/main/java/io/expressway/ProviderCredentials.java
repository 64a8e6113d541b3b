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
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/**
 * Access keys of an AWS SDK provider. The answer is kept for a second and then asked for anew in
 * the background, by one thread at a time; only the first caller, and callers after an expiration,
 * wait. While the provider answers the same, the same {@link AccessKey} is given: another one means
 * that the identity was rotated. Safe for many threads: one immutable snapshot in one atomic
 * reference.
 */
final class ProviderCredentials extends Credentials {
  /** SDK clients ask with every request, so providers cache what is costly to get. */
  private static final Duration KEPT = Duration.ofSeconds(1);

  private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(30);
  private static final Answer NOTHING =
      new Answer(new CompletableFuture<>(), Instant.MIN, Instant.MIN);

  private final Supplier<AwsCredentialsProvider> factory;
  private final AtomicReference<Answer> latest = new AtomicReference<>(NOTHING);
  private @Nullable AwsCredentialsProvider provider;

  /**
   * {@code usable} until one instant, worth asking again from an earlier one on; being asked for
   * now when that one is {@link Instant#MAX}.
   */
  private record Answer(CompletableFuture<AccessKey> key, Instant staleFrom, Instant usableUntil) {
    Answer staleFrom(Instant moment) {
      return new Answer(key, moment, usableUntil);
    }
  }

  ProviderCredentials(Supplier<AwsCredentialsProvider> factory) {
    this.factory = factory;
  }

  /** Here, because the verifier wants the SDK's classes for it: a fixed key does without an SDK. */
  static ProviderCredentials ofDefaultChain() {
    return new ProviderCredentials(() -> DefaultCredentialsProvider.builder().build());
  }

  @Override
  public CompletableFuture<AccessKey> accessKey() {
    Answer answer = Objects.requireNonNull(latest.get());
    Instant now = Instant.now();
    boolean usable = now.isBefore(answer.usableUntil());
    boolean isAskedFor = answer.staleFrom().equals(Instant.MAX);
    if (usable && (isAskedFor || now.isBefore(answer.staleFrom()))) {
      return answer.key();
    }
    CompletableFuture<AccessKey> fetched = new CompletableFuture<>();
    Answer pending =
        usable ? answer.staleFrom(Instant.MAX) : new Answer(fetched, Instant.MAX, Instant.MAX);
    if (!latest.compareAndSet(answer, pending)) {
      return accessKey();
    }
    fetchOnOwnThread(pending, fetched, keyOf(answer));
    return pending.key();
  }

  @Override
  void forget(AccessKey key) {
    Answer answer = Objects.requireNonNull(latest.get());
    if (key == keyOf(answer)) {
      latest.compareAndSet(answer, new Answer(answer.key(), Instant.MIN, Instant.MIN));
    }
  }

  private static @Nullable AccessKey keyOf(Answer answer) {
    CompletableFuture<AccessKey> key = answer.key();
    return key.isDone() && !key.isCompletedExceptionally() ? key.join() : null;
  }

  private void fetchOnOwnThread(
      Answer pending, CompletableFuture<AccessKey> fetched, @Nullable AccessKey known) {
    Thread thread = new Thread(() -> fetch(pending, fetched, known), "expressway-credentials");
    thread.setDaemon(true);
    thread.start();
  }

  private void fetch(
      Answer pending, CompletableFuture<AccessKey> fetched, @Nullable AccessKey known) {
    try {
      AccessKey key = resolve(known);
      Instant expiration = key.expiration().orElse(Instant.MAX);
      Instant usableUntil =
          expiration.equals(Instant.MAX) ? expiration : expiration.minus(EXPIRY_MARGIN);
      CompletableFuture<AccessKey> done = CompletableFuture.completedFuture(key);
      latest.compareAndSet(pending, new Answer(done, Instant.now().plus(KEPT), usableUntil));
      fetched.complete(key);
    } catch (RuntimeException | LinkageError e) {
      boolean firstOne = pending.key() == fetched;
      latest.compareAndSet(
          pending, firstOne ? NOTHING : pending.staleFrom(Instant.now().plus(KEPT)));
      fetched.completeExceptionally(unavailable(e));
    }
  }

  private synchronized AccessKey resolve(@Nullable AccessKey known) {
    if (provider == null) {
      provider = factory.get();
    }
    AccessKey resolved = toAccessKey(provider.resolveCredentials());
    return known != null && isSame(known, resolved) ? known : resolved;
  }

  private static boolean isSame(AccessKey known, AccessKey resolved) {
    return known.id().equals(resolved.id())
        && known.secret().equals(resolved.secret())
        && known.token().equals(resolved.token())
        && known.expiration().equals(resolved.expiration());
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
        "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with"
            + " AWS_PROFILE, or pass Credentials.of(...); S3 Express takes no anonymous requests."
            + " The provider says: "
            + cause.getMessage(),
        RequestSite.UNKNOWN,
        cause);
  }
}
