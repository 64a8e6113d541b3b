package io.expressway;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

@Timeout(60)
final class CredentialsTest {
  private static AccessKey first(Credentials credentials) throws Exception {
    return credentials.accessKey().get(30, SECONDS);
  }

  @Test
  void aStaticKeyIsAlwaysAtHand() {
    Credentials credentials = Credentials.of("AKID", "secret");
    assertThat(credentials.accessKey()).isCompleted().isSameAs(credentials.accessKey());
  }

  @Test
  void whileTheProviderAnswersTheSameTheKeyIsTheSame() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Credentials credentials =
        Credentials.of(
            () -> {
              asked.incrementAndGet();
              return AwsSessionCredentials.create("AKID", "secret", "token");
            });
    AccessKey key = first(credentials);
    while (asked.get() < 3) {
      assertThat(credentials.accessKey().getNow(null)).as("nobody waits again").isSameAs(key);
      Thread.onSpinWait();
    }
    credentials.forget(key);
    assertThat(first(credentials)).as("asked again, answered the same").isSameAs(key);
  }

  @Test
  void aRotatedIdentityIsSeenWithoutAWait() throws Exception {
    AtomicInteger generation = new AtomicInteger();
    Credentials credentials =
        Credentials.of(() -> AwsBasicCredentials.create("AKID" + generation.get(), "secret"));
    AccessKey old = first(credentials);
    generation.incrementAndGet();
    AccessKey seen = old;
    while (seen == old) {
      assertThat(credentials.accessKey()).isCompleted();
      seen = first(credentials);
      Thread.onSpinWait();
    }
    assertThat(seen.id()).isEqualTo("AKID1");
  }

  @Test
  void aProviderThatHangsIsAskedByOneThreadAndStopsNobody() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch hang = new CountDownLatch(1);
    AwsCredentialsProvider provider =
        () -> {
          if (asked.incrementAndGet() > 1) {
            await(hang);
          }
          return AwsBasicCredentials.create("AKID", "secret");
        };
    Credentials credentials = Credentials.of(provider);
    AccessKey key = first(credentials);
    while (asked.get() < 2) {
      assertThat(credentials.accessKey()).isCompleted();
      Thread.onSpinWait();
    }
    for (int i = 0; i < 10_000; i++) {
      assertThat(first(credentials)).isSameAs(key);
    }
    assertThat(asked).hasValue(2);
    hang.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aKeyNearItsEndIsReplacedBeforeUse() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Credentials credentials =
        Credentials.of(() -> expiringIn(Duration.ofSeconds(asked.incrementAndGet() * 20L)));
    AccessKey nearlyOver = first(credentials);
    AccessKey next = first(credentials);
    assertThat(nearlyOver.id()).isNotEqualTo(next.id());
    assertThat(next.expiration().orElseThrow()).isAfter(nearlyOver.expiration().orElseThrow());
  }

  private static AwsCredentials expiringIn(Duration life) {
    return AwsSessionCredentials.builder()
        .accessKeyId("AKID" + life.toSeconds())
        .secretAccessKey("secret")
        .sessionToken("token")
        .expirationTime(Instant.now().plus(life))
        .build();
  }

  @Test
  void anonymousCredentialsAreRefusedWithAReason() {
    CompletableFuture<AccessKey> key =
        Credentials.of(AnonymousCredentialsProvider.create()).accessKey();
    assertThatThrownBy(() -> key.get(30, SECONDS))
        .cause()
        .isInstanceOf(CredentialsException.class)
        .hasMessageContaining("anonymous");
  }

  @Test
  void aProviderThatFailsIsAskedAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Credentials credentials =
        Credentials.of(
            () -> {
              if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("not yet");
              }
              return AwsBasicCredentials.create("AKID", "secret");
            });
    CompletableFuture<AccessKey> failed = credentials.accessKey();
    assertThatThrownBy(() -> failed.get(30, SECONDS)).hasMessageContaining("not yet");
    assertThat(first(credentials).id()).isEqualTo("AKID");
  }
}
