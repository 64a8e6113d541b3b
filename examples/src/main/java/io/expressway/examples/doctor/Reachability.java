package io.expressway.examples.doctor;

import io.expressway.BucketName;
import io.expressway.ExpressOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Whether a bucket's endpoint can be reached, and what its clock says; without our own wire. */
final class Reachability {
  private static final int PATIENCE_MILLIS = 3_000;
  private static final Duration GOOD_SKEW = Duration.ofSeconds(15);
  // Requests that are off by 15 minutes are refused (S3 API, RequestTimeTooSkewed, 2026-11-22).
  private static final Duration MOST_SKEW = Duration.ofMinutes(5);
  private static final long CERTIFICATE_DAYS = 14;

  private final URI endpoint;
  private final String host;
  private final ExpressOptions options;

  Reachability(BucketName bucket, String region, ExpressOptions options) {
    this.options = options;
    this.endpoint =
        options
            .endpoint()
            .orElseGet(
                () ->
                    URI.create(
                        "https://"
                            + bucket
                            + ".s3express-"
                            + bucket.zone().orElseThrow()
                            + "."
                            + region
                            + ".amazonaws.com"));
    this.host = endpoint.getHost();
  }

  Finding dns() {
    long begun = System.nanoTime();
    try {
      String addresses =
          Arrays.stream(InetAddress.getAllByName(host))
              .map(InetAddress::getHostAddress)
              .distinct()
              .collect(Collectors.joining(", "));
      return Finding.pass("DNS", host + " is " + addresses + ", " + since(begun));
    } catch (UnknownHostException e) {
      return Finding.fail(
          "DNS",
          host + " does not resolve",
          "check the bucket's zone and the resolver; without a way to the Internet the VPC needs a"
              + " gateway endpoint for com.amazonaws.REGION.s3express");
    }
  }

  Finding connection() {
    boolean encrypted = "https".equals(endpoint.getScheme());
    int port = endpoint.getPort() > 0 ? endpoint.getPort() : encrypted ? 443 : 80;
    long begun = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      String opened = host + ":" + port + " opened in " + since(begun);
      if (encrypted) {
        return handshake(socket, port, opened);
      }
      return InetAddress.getByName(host).isLoopbackAddress()
          ? Finding.pass("connection", opened + ", not encrypted, within this machine")
          : Finding.warn("connection", opened + ", not encrypted", "use an https endpoint");
    } catch (SSLException e) {
      return Finding.fail(
          "TLS",
          "no handshake with " + host + ":" + port + ": " + e.getMessage(),
          "trust the authority that signed it (a proxy that looks inside has its own), or mend the"
              + " endpoint's name");
    } catch (IOException | GeneralSecurityException e) {
      String problem = e instanceof ConnectException ? "refused" : String.valueOf(e.getMessage());
      return Finding.fail(
          "connection",
          host + ":" + port + ": " + problem,
          "check security groups, network ACLs, the route to the gateway endpoint, and the port");
    }
  }

  private Finding handshake(Socket plain, int port, String opened)
      throws IOException, GeneralSecurityException {
    long begun = System.nanoTime();
    plain.setSoTimeout(PATIENCE_MILLIS);
    var sockets = context().getSocketFactory();
    try (SSLSocket socket = (SSLSocket) sockets.createSocket(plain, host, port, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      SSLSession session = socket.getSession();
      Instant end = ((X509Certificate) session.getPeerCertificates()[0]).getNotAfter().toInstant();
      long days = Instant.now().until(end, ChronoUnit.DAYS);
      String seen =
          opened
              + ", "
              + session.getProtocol()
              + " in "
              + since(begun)
              + ", good for "
              + days
              + " d";
      return days < CERTIFICATE_DAYS
          ? Finding.warn("TLS", seen, "the endpoint's certificate ends soon")
          : Finding.pass("TLS", seen);
    }
  }

  private SSLContext context() throws GeneralSecurityException, IOException {
    if (options.trusted().isEmpty()) {
      return SSLContext.getDefault();
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (X509Certificate each : options.trusted()) {
      store.setCertificateEntry(each.getSerialNumber().toString(), each);
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** Compares clocks by the Date of an answer, to a request that nobody signed. */
  Finding clock() {
    try {
      HttpClient client = HttpClient.newBuilder().sslContext(context()).build();
      HttpRequest request =
          HttpRequest.newBuilder(endpoint.resolve("/"))
              .timeout(Duration.ofMillis(PATIENCE_MILLIS))
              .build();
      HttpResponse<Void> answer = client.send(request, HttpResponse.BodyHandlers.discarding());
      String date = answer.headers().firstValue("date").orElse("");
      Instant theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return judged(Duration.between(theirs, Instant.now()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.fail("clock", "interrupted", "");
    } catch (IOException | GeneralSecurityException | java.time.DateTimeException e) {
      return Finding.warn(
          "clock", "no Date to compare with: " + e.getMessage(), "check it by hand");
    }
  }

  private static Finding judged(Duration ahead) {
    String seen =
        ahead.abs().compareTo(Duration.ofSeconds(2)) <= 0
            ? "agrees with the service's"
            : Math.abs(ahead.toSeconds())
                + " s "
                + (ahead.isNegative() ? "behind" : "ahead of")
                + " the service's";
    String advice = "set this machine's clock: chronyc tracking, or timedatectl";
    if (ahead.abs().compareTo(MOST_SKEW) > 0) {
      return Finding.fail("clock", seen, advice);
    }
    return ahead.abs().compareTo(GOOD_SKEW) > 0
        ? Finding.warn("clock", seen, advice)
        : Finding.pass("clock", seen);
  }

  static String since(long begunNanos) {
    return String.format(Locale.ROOT, "%.1f ms", (System.nanoTime() - begunNanos) / 1e6);
  }
}
