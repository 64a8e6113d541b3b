package io.expressway.jmh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * One trouble from before it begins until all is as before, under a steady load. Used by one
 * thread.
 */
final class Episode {
  /**
   * How long each part takes, in milliseconds.
   *
   * @param before quiet time, at the beginning
   * @param trouble how long the trouble lasts
   * @param around how long reads count as near its beginning, or its end
   * @param patience how long the primary may take to be read from again
   */
  record Timing(long before, long trouble, long around, long patience) {}

  /** What all reads of a time had to wait. */
  record Figures(long reads, long failed, long unanswered, Histogram micros) {
    double millis(double percentile) {
      return micros.getValueAtPercentile(percentile) / 1e3;
    }

    double maxMillis() {
      return micros.getMaxValue() / 1e3;
    }
  }

  private static final long MOST_MICROS = TimeUnit.MINUTES.toMicros(10);
  private static final long PAUSE_MILLIS = 1_000;
  private static final long LOOK_MILLIS = 50;

  final Trouble trouble;
  final int zones;
  private final Timing timing;
  private long begun;
  private long struck;
  private long ended;
  private long back;
  private long over;

  Episode(Trouble trouble, int zones, Timing timing) {
    this.trouble = trouble;
    this.zones = zones;
    this.timing = timing;
  }

  String title() {
    return trouble.title + (zones > 1 ? ", two zones at a time" : "");
  }

  /** Lets it happen while the loops read, until {@code isBack} or nobody has patience any more. */
  void run(ZoneProcesses processes, List<OpenLoop> loops, long lastReads, BooleanSupplier isBack)
      throws IOException, InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (OpenLoop loop : loops) {
      threads.add(reading(loop, lastReads));
    }
    TimeUnit.MILLISECONDS.sleep(timing.before());
    begun = System.nanoTime();
    for (int zone = 0; zone < zones; zone++) {
      trouble.begin(processes, zone);
    }
    struck = System.nanoTime();
    if (trouble == Trouble.PAUSED) {
      Trouble.pauseSelf(PAUSE_MILLIS);
    } else {
      TimeUnit.MILLISECONDS.sleep(timing.trouble());
    }
    for (int zone = 0; zone < zones; zone++) {
      trouble.end(processes, zone);
    }
    ended = System.nanoTime();
    awaitBack(isBack);
    long until = Math.max(begun, ended) + TimeUnit.MILLISECONDS.toNanos(timing.around());
    TimeUnit.NANOSECONDS.sleep(Math.max(0, until - System.nanoTime()));
    loops.forEach(OpenLoop::stop);
    for (Thread thread : threads) {
      thread.join();
    }
    over = System.nanoTime();
  }

  private static Thread reading(OpenLoop loop, long lastReads) {
    Thread thread =
        new Thread(
            () -> {
              try {
                boolean unused = loop.run(lastReads);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "reads");
    thread.start();
    return thread;
  }

  private void awaitBack(BooleanSupplier isBack) throws InterruptedException {
    long patience = ended + TimeUnit.MILLISECONDS.toNanos(timing.patience());
    while (back == 0 && System.nanoTime() - patience < 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      if (isBack.getAsBoolean()) {
        back = System.nanoTime();
      }
    }
  }

  long begun() {
    return begun;
  }

  /** When the trouble was over. */
  long ended() {
    return ended;
  }

  boolean isBack() {
    return back != 0;
  }

  double backMillis() {
    return (back - ended) / 1e6;
  }

  /** All of it. */
  Figures all(OpenLoop loop) {
    return figures(loop, loop.startedAt(), over);
  }

  /** Reads near its beginning. */
  Figures nearBegin(OpenLoop loop) {
    return figures(loop, begun, begun + TimeUnit.MILLISECONDS.toNanos(timing.around()));
  }

  /** Reads near its end. */
  Figures nearEnd(OpenLoop loop) {
    return figures(loop, ended, ended + TimeUnit.MILLISECONDS.toNanos(timing.around()));
  }

  /** Reads that were meant to start in {@code [from, to)}. */
  static Figures figures(OpenLoop loop, long from, long to) {
    long now = System.nanoTime();
    long failed = 0;
    long unanswered = 0;
    Histogram micros = new Histogram(MOST_MICROS, 3);
    for (int i = 0; i < loop.count(); i++) {
      long intended = loop.intended(i);
      if (intended - from < 0 || intended - to >= 0) {
        continue;
      }
      boolean isEnded = loop.isEnded(i);
      failed += isEnded && loop.isFailed(i) ? 1 : 0;
      unanswered += isEnded ? 0 : 1;
      micros.recordValue(
          Math.min(MOST_MICROS, (isEnded ? loop.latency(i) : now - intended) / 1_000));
    }
    return new Figures(micros.getTotalCount(), failed, unanswered, micros);
  }

  /**
   * From the first read that was meant to start after the trouble had begun until one of them was
   * answered; negative when none was.
   */
  double firstSuccessMillis(OpenLoop loop) {
    long first = 0;
    long success = Long.MAX_VALUE;
    for (int i = 0; i < loop.count(); i++) {
      long intended = loop.intended(i);
      if (intended - struck < 0) {
        continue;
      }
      first = first == 0 ? intended : first;
      if (loop.isEnded(i) && !loop.isFailed(i)) {
        success = Math.min(success, intended + loop.latency(i));
      }
    }
    return success == Long.MAX_VALUE ? -1 : (success - first) / 1e6;
  }

  /** How late the reading thread was, at the 99th percentile: what this machine adds by itself. */
  static double lagMillis(OpenLoop loop) {
    Histogram micros = new Histogram(MOST_MICROS, 3);
    for (int i = 0; i < loop.count(); i++) {
      micros.recordValue(Math.min(MOST_MICROS, Math.max(0, loop.lag(i) / 1_000)));
    }
    return micros.getValueAtPercentile(99) / 1e3;
  }
}
