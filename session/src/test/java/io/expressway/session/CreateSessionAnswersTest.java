package io.expressway.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.expressway.Bucket;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressException;
import io.expressway.ExpressOptions;
import io.expressway.Slice;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers to CreateSession that are no session: a clear error, no secret in it, no hang. */
@Timeout(120)
final class CreateSessionAnswersTest {
  private static final String SECRET = "THE-SECRET";
  private final HttpServer server;

  CreateSessionAnswersTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  /** One answer that is no session, and a word its error must have. */
  record Answer(String name, int status, String type, String body, String word) {
    Answer(String name, String body, String word) {
      this(name, 200, "application/xml", body, word);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static String session(String id, String secret, String token, String expiration) {
    return "<CreateSessionResult><Credentials>"
        + element("AccessKeyId", id)
        + element("SecretAccessKey", secret)
        + element("SessionToken", token)
        + element("Expiration", expiration)
        + "</Credentials></CreateSessionResult>";
  }

  private static String element(String name, String value) {
    return value.equals("-") ? "" : "<" + name + ">" + value + "</" + name + ">";
  }

  private static Stream<Answer> answers() {
    String soon = Instant.now().plusSeconds(300).truncatedTo(ChronoUnit.SECONDS).toString();
    String past = Instant.now().minusSeconds(3600).truncatedTo(ChronoUnit.SECONDS).toString();
    String sound = session("id", SECRET, "token", soon);
    return Stream.of(
        new Answer("empty", "", "no session"),
        new Answer("malformed", sound.substring(0, sound.length() - 30), "no session"),
        new Answer("unbalanced", sound.replace("</SecretAccessKey>", ""), "no session"),
        new Answer("no id", session("-", SECRET, "token", soon), "AccessKeyId"),
        new Answer("empty id", session("", SECRET, "token", soon), "AccessKeyId"),
        new Answer("no secret", session("id", "-", "token", soon), "SecretAccessKey"),
        new Answer("no token", session("id", SECRET, "-", soon), "SessionToken"),
        new Answer("no expiration", session("id", SECRET, "token", "-"), "Expiration"),
        new Answer("expiration is no time", session("id", SECRET, "token", SECRET), "Expiration"),
        new Answer("expired", session("id", SECRET, "token", past), "ended"),
        new Answer("JSON", "{\"AccessKeyId\":\"" + SECRET + "\"}", "no session"),
        new Answer(
            "an error with status 200", "<Error><Code>InternalError</Code></Error>", "lacks"),
        new Answer("five megabytes", SECRET + "x".repeat(5 << 20), "no session"),
        new Answer("an entity bomb", bomb(), "no session"),
        new Answer("an external entity", external(), "no session"),
        new Answer(
            "an HTML error page",
            502,
            "text/html",
            "<html><body><h1>Bad Gateway</h1>" + SECRET,
            "502"),
        new Answer("a redirect", 307, "text/plain", "", "307"),
        new Answer("not modified", 304, "text/plain", "", "304"),
        new Answer("no content", 204, "text/plain", "", "CreateSession"));
  }

  private static String bomb() {
    StringBuilder text = new StringBuilder("<!DOCTYPE bomb [<!ENTITY a0 \"" + SECRET + "\">");
    for (int i = 1; i < 12; i++) {
      text.append("<!ENTITY a").append(i).append(" \"");
      text.append(("&a" + (i - 1) + ";").repeat(10)).append("\">");
    }
    return text.append("]>").append(session("&a11;", "s", "t", "x")).toString();
  }

  private static String external() {
    return "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>"
        + session("&e;", SECRET, "token", "x");
  }

  private void serve(Answer answer) {
    server.createContext("/", exchange -> answer(exchange, answer));
    server.start();
  }

  private static void answer(HttpExchange exchange, Answer answer) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.getResponseHeaders().set("x-amz-request-id", "request-1");
    exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/elsewhere");
    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    } catch (IOException closed) {
      // The client has seen enough.
    }
    exchange.close();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void whatIsNoSessionIsAClearError(Answer answer) throws Exception {
    serve(answer);
    URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    ExpressOptions options =
        ExpressOptions.defaults().endpoint(endpoint).retries(1).readDeadline(Duration.ofMinutes(1));
    try (Sessions sessions = Sessions.over(Credentials.of("AKID", "identity-secret"));
        Bucket bucket = ExpressBucket.open("demo--usw2-az1--x-s3", sessions, options)) {
      CompletableFuture<Slice> read = bucket.read("key", ByteRange.of(0, 10));
      Throwable thrown = catchThrowable(() -> read.get(60, SECONDS));
      assertThat(thrown).isNotNull().cause().isInstanceOf(ExpressException.class);
      String everything = everythingIn(thrown) + sessions.statuses() + sessions;
      assertThat(thrown.getCause())
          .hasMessageContaining("CreateSession")
          .hasMessageContaining("demo--usw2-az1--x-s3")
          .hasMessageContaining(answer.word());
      assertThat(everything).doesNotContain(SECRET).doesNotContain("identity-secret");
    }
  }

  private static String everythingIn(Throwable thrown) {
    java.io.StringWriter text = new java.io.StringWriter();
    thrown.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }
}
