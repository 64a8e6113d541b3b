package io.expressway.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The times when this process, or the core that it runs on, held its breath: a thread wants to run
 * every millisecond, and writes down when that came 2 ms too late or later. Times are of {@link
 * System#nanoTime}, which on Linux is one clock for all processes. Safe for many threads.
 */
final class Pauses {
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** From when to when. */
  record Pause(long from, long to) {
    String line() {
      return from + " " + to;
    }

    boolean meets(long begun, long ended) {
      return from - ended < 0 && begun - to < 0;
    }
  }

  private final List<Pause> pauses = new ArrayList<>();

  private Pauses() {}

  /** Watches until the process ends. */
  static Pauses watch() {
    Pauses watched = new Pauses();
    Thread thread = new Thread(() -> watch(EVERY_NANOS, LATE_NANOS, watched::add), "pauses");
    thread.setDaemon(true);
    thread.start();
    return watched;
  }

  /** Wants to run at such intervals, for ever, and tells when that came too late. */
  static void watch(long everyNanos, long lateNanos, Consumer<Pause> told) {
    while (true) {
      long due = System.nanoTime() + everyNanos;
      LockSupport.parkNanos(everyNanos);
      long now = System.nanoTime();
      if (now - due >= lateNanos) {
        told.accept(new Pause(due, now));
      }
    }
  }

  private synchronized void add(Pause pause) {
    pauses.add(pause);
  }

  synchronized void forget() {
    pauses.clear();
  }

  synchronized List<Pause> all() {
    return List.copyOf(pauses);
  }

  /** All of them in a line, for another process. */
  String line() {
    return all().stream().map(Pause::line).collect(Collectors.joining(","));
  }

  /** Whether one of them falls into that time. */
  static boolean met(List<Pause> pauses, long begun, long ended) {
    return pauses.stream().anyMatch(pause -> pause.meets(begun, ended));
  }

  static List<Pause> parse(String line) {
    List<Pause> parsed = new ArrayList<>();
    for (String each : line.isEmpty() ? new String[0] : line.split(",", -1)) {
      int space = each.indexOf(' ');
      parsed.add(
          new Pause(
              Long.parseLong(each.substring(0, space)), Long.parseLong(each.substring(space + 1))));
    }
    return parsed;
  }
}
