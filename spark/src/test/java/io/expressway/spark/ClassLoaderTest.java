package io.expressway.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressway.Slice;
import io.expressway.testkit.ZonalServer;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two copies of the classes in one JVM, as after a jar was added again: neither disturbs the other.
 */
@Tag("one-jdk")
@Timeout(120)
final class ClassLoaderTest {

  /** What runs inside the throw-away loader; takes the server's address, gives bytes read. */
  public static final class Life implements Function<String, Long> {
    @Override
    public Long apply(String endpoint) {
      BucketDescription described =
          BucketDescription.of("logs--usw2-az1--x-s3")
              .endpoint(URI.create(endpoint))
              .with("cache.memory", "8m")
              .with("credentials", TestCredentials.class.getName());
      try (Slice slice =
          described.shared().read("part/0", KeyRange.of("part/0", 0, 100).bytes()).join()) {
        return slice.length();
      } finally {
        if (Boolean.getBoolean("expressway.test.closeAll")) {
          SharedBuckets.closeAll();
        }
      }
    }
  }

  @Test
  void aSecondCopyWorksBesideTheFirstAndGoesWhenClosed() throws Exception {
    try (ZonalServer server = SparkHarness.server()) {
      String endpoint = server.zones().get(0).endpoint().toString();
      assertThat(new Life().apply(endpoint)).isEqualTo(100);
      int before = SharedBuckets.count();
      System.setProperty("expressway.test.closeAll", "true");
      // When a loader is collected, its epoll takes the natives away from the class of that name in
      // the system's loader (Netty 4.2.18; the bundle's has another name). Both copies are here.
      System.setProperty("io.netty.transport.noNative", "true");
      // Log4j before 2.24, as of Spark 3.5, leaves beans in the platform's server; of Spark's own
      // class path, and so of its own loader, when it is not a test that copies it.
      System.setProperty("log4j2.disableJmx", "true");

      WeakReference<ClassLoader> loader = live(endpoint);

      assertThat(SharedBuckets.count()).isEqualTo(before);
      assertThat(new Life().apply(endpoint)).as("of the first copy").isEqualTo(100);
      for (int round = 0; round < 100 && loader.get() != null; round++) {
        System.gc();
      }
      assertThat(loader.get()).as("the loader of the second copy").isNull();
    } finally {
      System.clearProperty("expressway.test.closeAll");
      System.clearProperty("io.netty.transport.noNative");
      System.clearProperty("log4j2.disableJmx");
      SharedBuckets.closeAll();
    }
  }

  private static WeakReference<ClassLoader> live(String endpoint) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader usual = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      Class<?> life = loader.loadClass(Life.class.getName());
      assertThat(life).isNotSameAs(Life.class);
      @SuppressWarnings("unchecked")
      Function<String, Long> made = (Function<String, Long>) life.getConstructor().newInstance();
      assertThat(made.apply(endpoint)).isEqualTo(100L);
      return new WeakReference<>(loader);
    } finally {
      thread.setContextClassLoader(usual);
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
