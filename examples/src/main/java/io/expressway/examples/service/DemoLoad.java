package io.expressway.examples.service;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Visitors of the demonstration: ranges of its objects, some objects more often than others. */
final class DemoLoad {
  private static final int MIB = 1 << 20;

  private DemoLoad() {}

  /** Sends so many requests a second from threads that do not keep the process alive. */
  static void start(URI service, int perSecond) {
    if (perSecond == 0) {
      return;
    }
    HttpClient client = HttpClient.newHttpClient();
    Random random = new Random(11);
    var clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "visitors");
              thread.setDaemon(true);
              return thread;
            });
    var unused =
        clock.scheduleAtFixedRate(
            () ->
                client.sendAsync(request(service, random), HttpResponse.BodyHandlers.discarding()),
            0,
            TimeUnit.SECONDS.toMicros(1) / perSecond,
            TimeUnit.MICROSECONDS);
  }

  private static HttpRequest request(URI service, Random random) {
    int object = (int) (Store.OBJECTS * Math.pow(random.nextDouble(), 3));
    int length = 4 << 10 << random.nextInt(6);
    int offset = random.nextInt(MIB - length);
    return HttpRequest.newBuilder(service.resolve("objects/demo/" + object))
        .header("Range", "bytes=" + offset + "-" + (offset + length - 1))
        .build();
  }
}
