package io.expressway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** A fixed key needs no class of the AWS SDK: Spark has none unless hadoop-aws brings it. */
final class WithoutSdkTest {

  /** What runs where there is no SDK. */
  public static final class Life implements Callable<String> {
    @Override
    public String call() {
      return Credentials.of("AKID", "secret").accessKey().join().id();
    }
  }

  @Test
  void aFixedKeySigns() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("awssdk")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      assertThatThrownBy(
              () -> loader.loadClass("software.amazon.awssdk.auth.credentials.AwsCredentials"))
          .isInstanceOf(ClassNotFoundException.class);

      Callable<?> life =
          (Callable<?>) loader.loadClass(Life.class.getName()).getConstructor().newInstance();

      assertThat(life.call()).isEqualTo("AKID");
    }
  }
}
