package io.expressway.examples.doctor;

import io.expressway.BucketListing;
import io.expressway.BucketName;
import io.expressway.BucketStats;
import io.expressway.ByteRange;
import io.expressway.Credentials;
import io.expressway.ExpressBucket;
import io.expressway.ExpressOptions;
import io.expressway.ObjectInfo;
import io.expressway.ObjectNotFoundException;
import io.expressway.SessionMode;
import io.expressway.Slice;
import io.expressway.session.Sessions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Sessions and small reads of one bucket, over our own wire. Writes nothing. */
final class Requests implements AutoCloseable {
  private static final int BYTES = 4 << 10;
  private static final int READS = 50;
  private static final int AT_ONCE = 64;
  private static final long GOOD_MICROS = 15_000;
  private static final String MISSING = "expressway-doctor/no-such-object";

  private final Sessions sessions;
  private final ExpressBucket reading;
  private final ExpressBucket writing;
  private @Nullable ObjectInfo object;

  Requests(BucketName bucket, Credentials identity, ExpressOptions options) {
    sessions = Sessions.over(identity);
    reading = ExpressBucket.open(bucket.toString(), sessions, options.mode(SessionMode.READ_ONLY));
    writing = ExpressBucket.open(bucket.toString(), sessions, options);
  }

  /** What was sent. */
  BucketStats stats() {
    return reading.stats().plus(writing.stats());
  }

  Finding session(SessionMode mode) {
    String check = "CreateSession " + mode.headerValue();
    ExpressBucket bucket = mode == SessionMode.READ_ONLY ? reading : writing;
    long begun = System.nanoTime();
    try {
      bucket.warmUp(1).get(60, TimeUnit.SECONDS);
      return Finding.pass(check, "granted and used, " + Reachability.since(begun));
    } catch (Exception e) {
      return Failures.of(check, e);
    }
  }

  Finding listing() {
    try {
      Iterator<ObjectInfo> all = BucketListing.under(reading, "").iterator();
      while (object == null && all.hasNext()) {
        ObjectInfo each = all.next();
        object = each.size() > 0 ? each : null;
      }
      return object == null
          ? Finding.pass("listing", "the bucket has no object to read: answers are timed without")
          : Finding.pass("listing", "reads an object of " + object.size() + " bytes");
    } catch (RuntimeException e) {
      return Failures.of("listing", e);
    }
  }

  /** One at a time: what a request takes. */
  Finding latency() {
    Histogram micros = new Histogram(3);
    try {
      for (int i = 0; i < READS; i++) {
        long begun = System.nanoTime();
        small().get(30, TimeUnit.SECONDS);
        micros.recordValue((System.nanoTime() - begun) / 1_000);
      }
    } catch (Exception e) {
      return Failures.of("latency", e);
    }
    String seen =
        String.format(
            Locale.ROOT,
            "%d small reads: %.2f ms at best, median %.2f, p90 %.2f, worst %.2f",
            READS,
            micros.getMinValue() / 1e3,
            micros.getValueAtPercentile(50) / 1e3,
            micros.getValueAtPercentile(90) / 1e3,
            micros.getMaxValue() / 1e3);
    return micros.getValueAtPercentile(50) > GOOD_MICROS
        ? Finding.warn(
            "latency", seen, "be in the bucket's own zone; look for a proxy or a NAT on the way")
        : Finding.pass("latency", seen);
  }

  private CompletableFuture<?> small() {
    ObjectInfo known = object;
    if (known == null) {
      return reading
          .stat(MISSING)
          .handle(
              (info, failure) -> {
                if (failure != null
                    && !(Failures.cause(failure) instanceof ObjectNotFoundException)) {
                  throw new java.util.concurrent.CompletionException(Failures.cause(failure));
                }
                return true;
              });
    }
    return reading
        .read(known.key(), ByteRange.of(0, Math.min(BYTES, known.size())))
        .thenAccept(Slice::close);
  }

  /** Many at once: whether the service holds back. */
  Finding throttling() {
    BucketStats before = stats();
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      all.add(small());
    }
    try {
      CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      return Failures.of("throttling", e);
    }
    long throttled = stats().since(before).total().throttled();
    return throttled > 0
        ? Finding.warn(
            "throttling",
            throttled + " of " + AT_ONCE + " reads at once were put off, and then answered",
            "send less at once (ExpressOptions.concurrentRequests), or ask AWS Support for more")
        : Finding.pass("throttling", AT_ONCE + " reads at once, none put off");
  }

  @Override
  public void close() {
    reading.close();
    writing.close();
    sessions.close();
  }
}
