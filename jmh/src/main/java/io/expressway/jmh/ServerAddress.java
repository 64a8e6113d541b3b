package io.expressway.jmh;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * The server under load, as the runner names it in system properties.
 *
 * @param endpoint where it listens
 * @param accessKeyId what signs requests
 * @param secretAccessKey its secret
 * @param region what they are signed for
 * @param bucket the directory bucket that holds the object
 */
record ServerAddress(
    URI endpoint, String accessKeyId, String secretAccessKey, String region, String bucket) {
  /** The object that is read; larger than any range asked for. */
  static final String KEY = "object";

  /** The plain or the encrypted server of {@code expressway.plain} or {@code expressway.tls}. */
  static ServerAddress of(boolean tls) {
    return new ServerAddress(
        URI.create(property(tls ? "expressway.tls" : "expressway.plain")),
        property("expressway.accessKeyId"),
        property("expressway.secretAccessKey"),
        property("expressway.region"),
        property("expressway.bucket"));
  }

  /** What {@link #line} told. */
  static ServerAddress of(String line) {
    String[] told = line.split(" ", -1);
    return new ServerAddress(URI.create(told[0]), told[1], told[2], told[3], told[4]);
  }

  /** In one line, for another process. */
  String line() {
    return String.join(" ", endpoint.toString(), accessKeyId, secretAccessKey, region, bucket);
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(
          "no server: start this suite with jmh/run, or set -D" + name + " as it does");
    }
    return value;
  }

  boolean isTls() {
    return "https".equals(endpoint.getScheme());
  }

  /** The server's own certificate, which the runner names in {@code expressway.certificate}. */
  static X509Certificate certificate() {
    try (var pem = Files.newInputStream(Path.of(property("expressway.certificate")))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the server's certificate cannot be read", e);
    }
  }

  static TrustManager[] trust() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("server", certificate());
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the server's certificate cannot be trusted", e);
    }
  }

  static SSLContext sslContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
