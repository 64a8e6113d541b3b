package io.expressway.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A self-signed certificate, made by the JDK's own keytool for the names a test wants. */
record TestCertificate(X509Certificate certificate, SSLContext serverContext) {
  private static final String PASSWORD = "changeit";

  /** {@code names} as keytool writes them: {@code dns:localhost,ip:127.0.0.1}. */
  static TestCertificate of(String names) {
    try {
      Path store = Files.createTempDirectory("expressway-test").resolve("server.p12");
      makeStore(store, names);
      try (InputStream bytes = Files.newInputStream(store)) {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(bytes, PASSWORD.toCharArray());
        return new TestCertificate(
            (X509Certificate) Objects.requireNonNull(keys.getCertificate("server")), context(keys));
      } finally {
        Files.delete(store);
        Files.delete(Objects.requireNonNull(store.getParent()));
      }
    } catch (IOException | InterruptedException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void makeStore(Path store, String names) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/keytool",
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=" + names,
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said =
        new String(
            keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException(said);
    }
  }

  private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
