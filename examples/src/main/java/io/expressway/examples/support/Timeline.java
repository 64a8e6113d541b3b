package io.expressway.examples.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The latency of every read over time, drawn as one self-contained page. */
public final class Timeline {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 420;
  private static final int LEFT = 70;
  private static final int TOP = 50;
  private static final int BOTTOM = 60;
  private static final double LEAST_MILLIS = 1;
  private static final double MOST_MILLIS = 1000;
  private final String title;
  private final long beganNanos = System.nanoTime();
  private final List<Phase> phases = new ArrayList<>();

  private record Point(double second, double millis, boolean failed) {}

  public Timeline(String title) {
    this.title = title;
  }

  public Phase begin(String name) {
    Phase phase = new Phase(name, seconds(System.nanoTime()));
    phases.add(phase);
    return phase;
  }

  private double seconds(long nanos) {
    return (nanos - beganNanos) / 1e9;
  }

  /** What happened between two events. Safe for many threads. */
  public final class Phase {
    private final String name;
    private final double from;
    private final List<Point> points = new ArrayList<>();

    private Phase(String name, double from) {
      this.name = name;
      this.from = from;
    }

    public synchronized void ended(long intendedNanos, long endNanos, @Nullable Throwable failure) {
      points.add(
          new Point(seconds(intendedNanos), (endNanos - intendedNanos) / 1e6, failure != null));
      notifyAll();
    }

    /** Waits until so many reads have ended; gives one line about them. */
    public synchronized String await(int reads) {
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
      try {
        while (points.size() < reads && deadline - System.nanoTime() > 0) {
          wait(1_000);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      double[] millis = points.stream().mapToDouble(Point::millis).sorted().toArray();
      return String.format(
          "%-24s %5d reads, %d failed, p50 %6.1f ms, p99 %6.1f ms, longest %6.1f ms",
          name, millis.length, failures(), at(millis, 0.5), at(millis, 0.99), at(millis, 1));
    }

    private long failures() {
      return points.stream().filter(Point::failed).count();
    }

    private static double at(double[] sorted, double share) {
      return sorted.length == 0
          ? 0
          : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
  }

  // Drawing.

  public void writeTo(Path file) throws IOException {
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html><meta charset=\"utf-8\"><title>").append(title).append("</title>");
    page.append("<body style=\"margin:20px;font:14px sans-serif\"><h1 style=\"font-size:20px\">");
    page.append(title).append("</h1>");
    page.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" style=\"max-width:%dpx;width:100%%\" role=\"img\">",
            WIDTH,
            HEIGHT,
            WIDTH));
    double end = seconds(System.nanoTime());
    drawPhases(page, end);
    drawScale(page, end);
    drawPoints(page, end);
    page.append(
        "</svg><p>One dot for each read, at the time it was to begin; red ones failed.</p>");
    Files.writeString(file, page);
  }

  private static double x(double second, double end) {
    return LEFT + second / end * (WIDTH - LEFT - 10);
  }

  private static double y(double millis) {
    double share =
        Math.log(Math.max(LEAST_MILLIS, Math.min(MOST_MILLIS, millis)) / LEAST_MILLIS)
            / Math.log(MOST_MILLIS / LEAST_MILLIS);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private void drawPhases(StringBuilder page, double end) {
    for (int i = 0; i < phases.size(); i++) {
      double from = phases.get(i).from;
      double to = i + 1 < phases.size() ? phases.get(i + 1).from : end;
      page.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>"
                  + "<text x=\"%.1f\" y=\"%d\" font-size=\"14\">%s</text>",
              x(from, end),
              TOP,
              x(to, end) - x(from, end),
              HEIGHT - TOP - BOTTOM,
              i % 2 == 0 ? "#f2f6fa" : "#fdf1e7",
              x(from, end) + 6,
              TOP - 10,
              phases.get(i).name));
    }
  }

  private static void drawScale(StringBuilder page, double end) {
    for (double millis : new double[] {1, 10, 100, 1000}) {
      page.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ccc\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" font-size=\"13\" text-anchor=\"end\">%.0f ms</text>",
              LEFT,
              WIDTH - 10,
              y(millis),
              y(millis),
              LEFT - 8,
              y(millis) + 4,
              millis));
    }
    for (int second = 0; second <= end; second++) {
      page.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" font-size=\"13\" text-anchor=\"middle\">%d s</text>",
              x(second, end),
              HEIGHT - BOTTOM + 20,
              second));
    }
  }

  private void drawPoints(StringBuilder page, double end) {
    for (Phase phase : phases) {
      synchronized (phase) {
        for (Point point : phase.points) {
          page.append(
              String.format(
                  Locale.ROOT,
                  "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"%s\"/>",
                  x(point.second(), end),
                  y(point.millis()),
                  point.failed() ? "#c00" : "#1f77b4"));
        }
      }
    }
  }
}
