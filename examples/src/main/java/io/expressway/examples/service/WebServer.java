package io.expressway.examples.service;

import io.expressway.BucketMetrics;
import io.expressway.ExpressBucket;
import io.expressway.PriceTable;
import io.expressway.cache.CacheMetrics;
import io.expressway.multiaz.MultiAzMetrics;
import io.expressway.session.SessionMetrics;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;

/**
 * The HTTP server, on loopback. Closing it lets what is under way finish, and takes nothing new.
 */
final class WebServer implements AutoCloseable {
  private final Store store;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final History history;

  WebServer(Store store, int port) throws Exception {
    this.store = store;
    Timer timer =
        Timer.builder("service.objects")
            .publishPercentileHistogram()
            .publishPercentiles(0.5, 0.99)
            .distributionStatisticExpiry(Duration.ofSeconds(10)) // what the page shows
            .register(registry);
    bindMetrics();
    history = new History(store, timer);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    server.setStopTimeout(Service.PATIENCE.toMillis());
    server.setHandler(
        new GracefulHandler(
            new Handler.Sequence(
                new ObjectHandler(store.bucket, timer),
                new StatusHandler(registry, history, server))));
    start();
  }

  private void start() throws Exception {
    try {
      server.start();
    } catch (IOException e) {
      close(); // else its threads keep the process
      throw new IOException(e.getMessage() + ": --port N takes another, --port 0 any", e);
    }
  }

  private void bindMetrics() {
    for (ExpressBucket each : store.buckets) {
      new BucketMetrics(each, List.of()).pricedBy(PriceTable.usEast1()).bindTo(registry);
    }
    new SessionMetrics(store.sessions, List.of()).bindTo(registry);
    new CacheMetrics(store.cache, List.of()).bindTo(registry);
    new MultiAzMetrics(store.zones, List.of()).bindTo(registry);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/");
  }

  void join() throws InterruptedException {
    server.join();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try (store;
          history) {
        server.stop();
      } catch (Exception e) {
        System.err.println("not all that was under way could finish: " + e.getMessage());
      }
    }
  }
}
