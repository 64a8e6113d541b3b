package io.expressway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.AccessKey;
import io.expressway.BucketCredentials;
import io.expressway.BucketName;
import io.expressway.Credentials;
import io.expressway.SessionMode;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After close() no thread, no timer and no class is left, shown in a throw-away class loader. */
@Timeout(60)
final class NothingLeftTest {

  /** What runs inside the throw-away loader: a bucket's life with refreshes under way. */
  public static final class Life implements Runnable {
    @Override
    public void run() {
      SessionOptions often =
          SessionOptions.defaults()
              .identityCheck(Duration.ofMillis(1))
              .idleAfter(Duration.ofMillis(10));
      try (Sessions sessions = Sessions.over(Credentials.of("AKID", "secret"), often)) {
        List<BucketCredentials> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          all.add(
              sessions.forBucket(
                  BucketName.directory("logs" + i + "--usw2-az1--x-s3"),
                  SessionMode.READ_WRITE,
                  (mode, key) -> CompletableFuture.completedFuture(shortLived())));
        }
        for (int i = 0; i < 1000; i++) {
          all.forEach(BucketCredentials::current);
        }
        while (sessions.stats().refreshed() + sessions.stats().letGo() < 50) {
          Thread.onSpinWait();
        }
      }
    }

    private static AccessKey shortLived() {
      return AccessKey.session("id", "secret", "token", Instant.now().plusMillis(20));
    }
  }

  @Test
  void noThreadAndNoClassOutlivesClose() throws Exception {
    WeakReference<ClassLoader> loader = live();
    while (loader.get() != null) {
      System.gc();
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("expressway-sessions"));
  }

  private static WeakReference<ClassLoader> live() throws Exception {
    try (URLClassLoader loader =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      Class<?> life = loader.loadClass(Life.class.getName());
      assertThat(life).isNotSameAs(Life.class);
      ((Runnable) life.getConstructor().newInstance()).run();
      return new WeakReference<>(loader);
    }
  }

  private static URL[] classPath() throws MalformedURLException {
    String[] entries = System.getProperty("java.class.path").split(File.pathSeparator, -1);
    URL[] urls = new URL[entries.length];
    for (int i = 0; i < entries.length; i++) {
      urls[i] = Path.of(entries[i]).toUri().toURL();
    }
    return urls;
  }
}
