package io.expressway.examples.support;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Times reads one after another and shows them: numbers, then a picture. */
public final class LatencyTable {
  private static final int WARM_UP = 50;
  private static final int BAR = 50;
  private final Traffic traffic;
  private final List<Row> rows = new ArrayList<>();

  /** One read to time; gives the bytes it got. */
  public interface Read {
    long run() throws Exception;
  }

  private record Row(
      int bytes, Histogram micros, double seconds, Traffic.Count traffic, long heapPerRead) {}

  public LatencyTable(Traffic traffic) {
    this.traffic = traffic;
  }

  public void measure(int bytes, int reads, Read read) throws Exception {
    for (int i = 0; i < Math.min(WARM_UP, reads); i++) {
      checked(read, bytes);
    }
    Histogram micros = new Histogram(3);
    Traffic.Count before = traffic.now();
    long heapBefore = clientHeapBytes();
    long begin = System.nanoTime();
    for (int i = 0; i < reads; i++) {
      long start = System.nanoTime();
      checked(read, bytes);
      micros.recordValue((System.nanoTime() - start) / 1_000);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    long heap = (clientHeapBytes() - heapBefore) / reads;
    rows.add(new Row(bytes, micros, seconds, traffic.now().since(before), heap));
  }

  private static void checked(Read read, int bytes) throws Exception {
    long got = read.run();
    if (got != bytes) {
      throw new IllegalStateException("asked for " + bytes + " bytes, got " + got);
    }
  }

  /** Heap allocated by the caller's and the library's threads; an embedded server's is left out. */
  private static long clientHeapBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && isClient(thread.getThreadName())) {
        sum += threads.getThreadAllocatedBytes(thread.getThreadId());
      }
    }
    return sum;
  }

  private static boolean isClient(String name) {
    return name.startsWith("expressway-loop") || name.equals(Thread.currentThread().getName());
  }

  public void print() {
    System.out.printf(
        "%n%8s %9s %9s %9s %9s %12s %9s %10s%n",
        "read", "p50 ms", "p99 ms", "p99.9 ms", "reads/s", "round trips", "sessions", "heap B");
    for (Row row : rows) {
      System.out.printf(
          "%8s %9.2f %9.2f %9.2f %9.0f %12d %9d %10d%n",
          size(row.bytes()),
          millis(row, 50),
          millis(row, 99),
          millis(row, 99.9),
          row.micros().getTotalCount() / row.seconds(),
          row.traffic().roundTrips(),
          row.traffic().sessions(),
          row.heapPerRead());
    }
    Traffic.Count all = traffic.now();
    System.out.printf(
        "%nin all: %d round trips, %d sessions, %d connections, %d retries%n",
        all.roundTrips(), all.sessions(), all.connections(), all.retries());
    rows.forEach(LatencyTable::draw);
  }

  private static String size(int bytes) {
    return bytes >= 1 << 20 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
  }

  private static double millis(Row row, double percentile) {
    return row.micros().getValueAtPercentile(percentile) / 1_000.0;
  }

  /** A bar for each slice of time that holds one read in two hundred or more. */
  private static void draw(Row row) {
    long top = Math.max(8, row.micros().getValueAtPercentile(99));
    long step = Math.max(1, top / 12);
    System.out.printf("%n%s, reads by milliseconds%n", size(row.bytes()));
    long total = row.micros().getTotalCount();
    for (long from = 0; from <= top; from += step) {
      long count = row.micros().getCountBetweenValues(from, from + step - 1);
      if (count * 200 >= total) {
        String bar = "█".repeat((int) Math.max(1, count * BAR / total));
        System.out.printf("%7.2f – %7.2f %5d %s%n", from / 1e3, (from + step) / 1e3, count, bar);
      }
    }
    long slower = row.micros().getCountBetweenValues(top + 1, row.micros().getMaxValue() + 1);
    System.out.printf("  slower, to %7.2f %5d%n", row.micros().getMaxValue() / 1e3, slower);
  }
}
