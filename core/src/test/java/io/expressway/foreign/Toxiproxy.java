package io.expressway.foreign;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opentest4j.TestAbortedException;

/**
 * A proxy of Shopify's Toxiproxy in front of a server on loopback, with at most one toxic at a
 * time. {@code testkit/interop} starts the process that it lives in.
 */
final class Toxiproxy implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("\"listen\":\"127\\.0\\.0\\.1:(\\d+)\"");
  private static final String NAME = "zone";
  private static final String TOXIC = "toxic";
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI api;
  private final URI endpoint;

  /** Listens on a free port, and passes on to {@code upstream}. */
  Toxiproxy(URI upstream) throws IOException, InterruptedException {
    String address = System.getProperty("expressway.toxiproxy");
    if (address == null) {
      throw new TestAbortedException("no Toxiproxy: run testkit/interop");
    }
    api = URI.create(address);
    String made =
        ask(
            "POST",
            "/proxies",
            "{\"name\":\"%s\",\"listen\":\"127.0.0.1:0\",\"upstream\":\"%s\",\"enabled\":true}"
                .formatted(NAME, upstream.getAuthority()));
    Matcher port = PORT.matcher(made);
    if (!port.find()) {
      throw new IOException("no port in " + made);
    }
    endpoint = URI.create("http://127.0.0.1:" + port.group(1));
  }

  URI endpoint() {
    return endpoint;
  }

  /** Poisons one direction: {@code "downstream"} is to the client, the other one to the zone. */
  void poison(String stream, String type, String attributes)
      throws IOException, InterruptedException {
    ask(
        "POST",
        "/proxies/" + NAME + "/toxics",
        "{\"name\":\"%s\",\"type\":\"%s\",\"stream\":\"%s\",\"attributes\":{%s}}"
            .formatted(TOXIC, type, stream, attributes));
  }

  /** Lets everything through again; connections that were poisoned may be broken for good. */
  void cure() throws IOException, InterruptedException {
    ask("DELETE", "/proxies/" + NAME + "/toxics/" + TOXIC, "");
  }

  private String ask(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(api.resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(method + " " + path + " answered " + answer.body());
    }
    return answer.body();
  }

  @Override
  public void close() throws IOException {
    try {
      ask("DELETE", "/proxies/" + NAME, "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
