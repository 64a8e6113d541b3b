package io.expressway.jmh;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Draws, as SVG, the slowest read of each tenth of a second through one trouble after another. Used
 * by one thread.
 */
final class TimelineChart {
  private static final int WIDTH = 860;
  private static final int LEFT = 60;
  private static final int PANEL = 110;
  private static final int PLOT = 80;
  private static final double LEAST_MILLIS = 1;
  private static final double DECADES = 5;
  private static final List<String> COLOURS = List.of("#1f77b4", "#d62728", "#9467bd");

  private final StringBuilder panels = new StringBuilder();
  private int count;

  /** Adds a panel below the others. */
  void add(Episode episode, List<String> names, List<OpenLoop> loops) {
    int top = count++ * PANEL + 20;
    long from = loops.get(0).startedAt();
    long span = 1;
    for (OpenLoop loop : loops) {
      span = Math.max(span, loop.intended(loop.count()) - from);
    }
    append(
        "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>%n", LEFT, top - 4, episode.title());
    append(
        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#fde0c5\"/>%n",
        x(episode.begun() - from, span),
        top,
        x(episode.ended() - from, span) - x(episode.begun() - from, span),
        PLOT);
    for (int decade = 0; decade <= DECADES; decade++) {
      double y = top + PLOT - decade * PLOT / DECADES;
      append(
          "<path d=\"M%d %.1fH%d\" stroke=\"#ccc\"/><text x=\"%d\" y=\"%.1f\""
              + " text-anchor=\"end\">%s</text>%n",
          LEFT, y, LEFT + WIDTH, LEFT - 4, y + 4, label(decade));
    }
    for (int i = 0; i < loops.size(); i++) {
      append(
          "<text x=\"%d\" y=\"%d\" fill=\"%s\" text-anchor=\"end\">%s</text>%n",
          LEFT + WIDTH - i * 190, top - 4, COLOURS.get(colour(names, i)), names.get(i));
      append(
          "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.2\"/>%n",
          line(loops.get(i), span, top), COLOURS.get(colour(names, i)));
    }
  }

  private static int colour(List<String> names, int index) {
    return names.size() == 1 ? 0 : index + 1;
  }

  private static String label(int decade) {
    return decade < 3 ? (int) Math.pow(10, decade) + " ms" : (int) Math.pow(10, decade - 3) + " s";
  }

  private static double x(long nanos, long span) {
    return LEFT + (double) WIDTH * nanos / span;
  }

  private static String line(OpenLoop loop, long span, int top) {
    long now = System.nanoTime();
    TreeMap<Long, Long> slowest = new TreeMap<>();
    for (int i = 0; i < loop.count(); i++) {
      long latency = loop.isEnded(i) ? loop.latency(i) : now - loop.intended(i);
      slowest.merge((loop.intended(i) - loop.startedAt()) / Served.BIN_NANOS, latency, Math::max);
    }
    StringBuilder path = new StringBuilder();
    slowest.forEach(
        (bin, nanos) -> {
          double decade = Math.log10(Math.max(LEAST_MILLIS, nanos / 1e6));
          path.append(path.isEmpty() ? 'M' : 'L')
              .append(
                  String.format(
                      Locale.ROOT,
                      "%.1f %.1f",
                      x(bin * Served.BIN_NANOS, span),
                      top + PLOT - Math.min(DECADES, decade) * PLOT / DECADES));
        });
    return path.toString();
  }

  private void append(String text, Object... values) {
    panels.append(String.format(Locale.ROOT, text, values));
  }

  String svg() {
    return String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n%s</svg>%n",
        LEFT + WIDTH + 20,
        count * PANEL + 20,
        panels);
  }
}
