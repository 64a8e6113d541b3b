package io.expressway.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.expressway.AccessKey;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.RequestSite;
import io.expressway.SessionIssuer;
import io.expressway.SessionMode;
import io.expressway.ZoneUnavailableException;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

final class SessionSlotConcurrencyTest {
  private static final BucketName BUCKET = BucketName.directory("logs--usw2-az1--x-s3");
  private static final Credentials IDENTITY = Credentials.of("AKID", "secret");

  @Test
  void readingALiveSessionAllocatesNothing() {
    SessionIssuer issuer =
        (mode, identity) ->
            CompletableFuture.completedFuture(
                FakeIssuer.key("S", Clock.systemUTC().instant().plusSeconds(300)));
    try (Sessions sessions = Sessions.over(IDENTITY)) {
      BucketCredentials credentials = sessions.forBucket(BUCKET, SessionMode.READ_WRITE, issuer);
      assertThat(credentials.current().join()).isNotNull();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
          assertLive(credentials);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).as("bytes in 10,000 reads, the measurement's own aside").isLessThan(1000);
    }
  }

  private static void assertLive(BucketCredentials credentials) {
    if (!credentials.current().isDone()) {
      throw new AssertionError("a live session made somebody wait");
    }
  }

  /** An issuer that notices when two of its calls overlap, and fails every fifth. */
  private static final class WatchfulIssuer implements SessionIssuer {
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final AtomicBoolean overlapped = new AtomicBoolean();
    private final ReadWriteLock standingStill = new ReentrantReadWriteLock();
    private final ManualTime time;
    private final Executor executor;

    WatchfulIssuer(ManualTime time, Executor executor) {
      this.time = time;
      this.executor = executor;
    }

    @Override
    public CompletableFuture<AccessKey> createSession(SessionMode mode, AccessKey identity) {
      int call = calls.incrementAndGet();
      if (!busy.compareAndSet(false, true)) {
        overlapped.set(true);
      }
      CompletableFuture<AccessKey> answer = new CompletableFuture<>();
      executor.execute(() -> answer(answer, call));
      return answer;
    }

    /** Time stands still meanwhile: it would run for hours while this thread has no core. */
    private void answer(CompletableFuture<AccessKey> answer, int call) {
      standingStill.readLock().lock();
      try {
        busy.set(false);
        if (call % 5 == 0) {
          answer.completeExceptionally(
              new ZoneUnavailableException("no answer", RequestSite.UNKNOWN, null));
        } else {
          answer.complete(FakeIssuer.key("S" + call, time.instant().plusSeconds(300)));
        }
      } finally {
        standingStill.readLock().unlock();
      }
    }

    void advance(Duration step) {
      standingStill.writeLock().lock();
      try {
        time.advance(step);
      } finally {
        standingStill.writeLock().unlock();
      }
    }
  }

  @Test
  void manyThreadsNeverGetADeadKeyNorASecondCallAtOnce() throws Exception {
    long seed = Long.getLong("expressway.seed", System.nanoTime());
    System.out.println("manyThreadsNeverGetADeadKey...: -Dexpressway.seed=" + seed);
    ManualTime time = new ManualTime();
    ExecutorService executor = Executors.newFixedThreadPool(6);
    WatchfulIssuer issuer = new WatchfulIssuer(time, executor);
    try (Sessions sessions =
        new Sessions(IDENTITY, SessionOptions.defaults(), time, time, () -> 0.5)) {
      BucketCredentials credentials = sessions.forBucket(BUCKET, SessionMode.READ_WRITE, issuer);
      List<Future<?>> users = new ArrayList<>();
      for (int user = 0; user < 4; user++) {
        SplittableRandom random = new SplittableRandom(seed + user);
        users.add(executor.submit(() -> use(credentials, time, random)));
      }
      while (users.stream().anyMatch(user -> !user.isDone())) {
        issuer.advance(Duration.ofSeconds(1));
        Thread.onSpinWait();
      }
      for (Future<?> user : users) {
        user.get(30, TimeUnit.SECONDS);
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(issuer.overlapped).as("seed %s: calls overlapped", seed).isFalse();
    assertThat(issuer.calls.get()).isPositive();
  }

  private static void use(BucketCredentials credentials, ManualTime time, SplittableRandom random) {
    for (int i = 0; i < 20_000; i++) {
      long before = time.millis();
      CompletableFuture<AccessKey> current = credentials.current();
      AccessKey key = current.handle((given, failed) -> given).getNow(null);
      if (key != null) {
        long end = key.expiration().orElseThrow().toEpochMilli();
        assertThat(end).as("the key given at %s", before).isGreaterThan(before);
        if (random.nextInt(1000) == 0) {
          credentials.reject(key);
        }
      }
    }
  }
}
