package io.expressway.jmh;

import io.expressway.Bucket;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.session.SessionEvent;
import io.expressway.session.SessionListener;
import io.expressway.session.SessionOptions;
import io.expressway.session.Sessions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** When many sessions that were made together are first replaced. Safe for many threads. */
final class JitterHistogram implements SessionListener {
  private static final int BIN_MILLIS = 100;

  private final int buckets;
  private final Map<String, Long> created = new ConcurrentHashMap<>();
  private final Map<String, Long> refreshedAfter = new ConcurrentHashMap<>();
  private final CountDownLatch allRefreshed;

  private JitterHistogram(int buckets) {
    this.buckets = buckets;
    this.allRefreshed = new CountDownLatch(buckets);
  }

  /** Opens {@code buckets} of a calm server and waits for the first refresh of each. */
  static JitterHistogram measure(int buckets, int sessionSeconds)
      throws IOException, InterruptedException {
    JitterHistogram histogram = new JitterHistogram(buckets);
    try (ServerProcess server =
        ServerProcess.start(
            SessionServer.class, String.valueOf(sessionSeconds), String.valueOf(buckets), "calm")) {
      histogram.watch(server.address(), sessionSeconds);
    }
    return histogram;
  }

  private void watch(ServerAddress server, int sessionSeconds) throws InterruptedException {
    ExpressOptions options = ExpressOptions.defaults().endpoint(server.endpoint());
    List<Bucket> open = new ArrayList<>();
    try (Sessions sessions =
        Sessions.over(
            Credentials.of(server.accessKeyId(), server.secretAccessKey()),
            SessionOptions.defaults().listener(this))) {
      for (int i = 0; i < buckets; i++) {
        String name = i == 0 ? server.bucket() : server.bucket().replaceFirst("demo", "demo" + i);
        open.add(ExpressBucket.open(name, sessions, options));
      }
      sessions.warmUp(open.toArray(new Bucket[0])).join();
      if (!allRefreshed.await(sessionSeconds, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            allRefreshed.getCount() + " of " + buckets + " sessions were not replaced in time");
      }
      open.forEach(Bucket::close);
    }
  }

  @Override
  public void onEvent(SessionEvent event) {
    String bucket = event.bucket().toString();
    long now = System.nanoTime();
    if (event.kind() == SessionEvent.Kind.CREATED) {
      created.putIfAbsent(bucket, now);
    } else if (event.kind() == SessionEvent.Kind.REFRESHED) {
      long after = now - event.took().toNanos() - created.getOrDefault(bucket, now);
      if (refreshedAfter.putIfAbsent(bucket, after) == null) {
        allRefreshed.countDown();
      }
    }
  }

  /** Milliseconds after which each was replaced, ascending. */
  List<Long> millis() {
    return refreshedAfter.values().stream().map(TimeUnit.NANOSECONDS::toMillis).sorted().toList();
  }

  /** The most in one bin. */
  int peak() {
    return bins().values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  private Map<Integer, Integer> bins() {
    Map<Integer, Integer> bins = new ConcurrentHashMap<>();
    millis().forEach(value -> bins.merge((int) (value / BIN_MILLIS), 1, Integer::sum));
    return bins;
  }

  /** A line for each bin. */
  String render() {
    Map<Integer, Integer> bins = bins();
    int first = bins.keySet().stream().mapToInt(Integer::intValue).min().orElse(0);
    int last = bins.keySet().stream().mapToInt(Integer::intValue).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (int bin = first; bin <= last; bin++) {
      int count = bins.getOrDefault(bin, 0);
      text.append(
          String.format(
              Locale.ROOT, "%5.1f s %4d %s%n", bin * BIN_MILLIS / 1e3, count, "#".repeat(count)));
    }
    return text.toString();
  }
}
