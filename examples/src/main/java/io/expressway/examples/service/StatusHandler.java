package io.expressway.examples.service;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/** The page at {@code /}, what it asks for, and what machines ask for. */
final class StatusHandler extends Handler.Abstract {
  private static final String NOW = "/*NOW*/null";
  private final PrometheusMeterRegistry registry;
  private final History history;
  private final Server server;
  private final String page;

  StatusHandler(PrometheusMeterRegistry registry, History history, Server server)
      throws IOException {
    this.registry = registry;
    this.history = history;
    this.server = server;
    try (InputStream in = StatusHandler.class.getResourceAsStream("live.html")) {
      page = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    switch (request.getHttpURI().getDecodedPath()) {
      case "/" -> {
        String filled = page.replace(NOW, history.json());
        write(response, callback, "text/html;charset=utf-8", filled);
      }
      case "/status" -> write(response, callback, "application/json", history.json());
      case "/metrics" ->
          write(response, callback, "text/plain;version=0.0.4;charset=utf-8", registry.scrape());
      case "/health" -> health(response, callback);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Whether a load balancer should send requests here: some zone is up, and we are not ending. */
  private void health(Response response, Callback callback) {
    boolean isWell = history.someZoneIsUp() && server.isStarted();
    response.setStatus(isWell ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503);
    write(response, callback, "application/json", "{\"up\":" + isWell + "}");
  }

  private static void write(Response response, Callback callback, String type, String text) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    Content.Sink.write(response, true, text, callback);
  }
}
