package io.expressway.jmh;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/** Small drawings, as SVG with a title, labels and units. */
final class Chart {
  private static final int WIDTH = 560;
  private static final int LABELS = 130;
  private static final int VALUES = 80;
  private static final int ROW = 26;
  private static final int TOP = 48;
  private static final int PLOT = 200;
  private static final int STEPS = 4;
  private static final String OURS = "#1f6fb4";
  private static final String OTHERS = "#aeb6c4";

  /** For who is neither ours nor the floor, which is {@link #OTHERS}. */
  private static final List<String> COLOURS =
      List.of("#c4572d", "#7a5aa6", "#2d8a57", "#b08a1e", "#5d6473");

  /**
   * One that is kept in a file of its own.
   *
   * @param name the file's, without {@code .svg}
   * @param title what it shows
   * @param svg itself
   */
  record Drawing(String name, String title, String svg) {}

  private Chart() {}

  /** One bar for each; ours in colour. */
  static String bars(String title, String unit, Map<String, Double> values) {
    double most = values.values().stream().mapToDouble(each -> each).max().orElse(1);
    StringBuilder svg = begin(title, unit, TOP + ROW * values.size() + 8);
    int y = TOP;
    for (Map.Entry<String, Double> each : values.entrySet()) {
      double width =
          (WIDTH - LABELS - VALUES) * Math.max(0, each.getValue()) / Math.max(most, 1e-9);
      svg.append(
          format(
              "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"%d\" y=\"%d\""
                  + " width=\"%.1f\" height=\"%d\" fill=\"%s\"/><text x=\"%.1f\" y=\"%d\">%s</text>%n",
              LABELS - 8,
              y + 15,
              ClaimsReport.escaped(each.getKey()),
              LABELS,
              y + 2,
              width,
              ROW - 8,
              each.getKey().startsWith("expressway") ? OURS : OTHERS,
              LABELS + width + 6,
              y + 15,
              number(each.getValue())));
      y += ROW;
    }
    return svg.append("</svg>\n").toString();
  }

  /** A line through all points, and what it were if it kept the first one's slope. */
  static String line(String title, String across, String up, Map<Double, Double> points) {
    double right = points.keySet().stream().mapToDouble(each -> each).max().orElse(1);
    double most = points.values().stream().mapToDouble(each -> each).max().orElse(1);
    Map.Entry<Double, Double> first = points.entrySet().iterator().next();
    double slope = first.getValue() / first.getKey();
    StringBuilder svg = grid(title, up, most);
    double meets = Math.min(right, most / slope);
    svg.append(
        format(
            "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\" stroke-dasharray=\"4 4\"/>%n",
            x(0, right), y(0, most), x(meets, right), y(slope * meets, most), OTHERS));
    path(svg, points, at -> x(at, right), most, OURS);
    points.keySet().stream()
        .filter(at -> at >= right / 8)
        .forEach(at -> mark(svg, x(at, right), format("%.0f", at)));
    return end(svg, across + "; dashed: in proportion to one");
  }

  /**
   * A line for each name; across each step is twice the one before. Ours and the floor in colours
   * of their own.
   */
  static String lines(
      String title, String across, String up, Map<String, Map<Double, Double>> named) {
    return lines(title, across, up, named, Math::log, at -> format("%.0f", at));
  }

  /**
   * A line for each name through its percentiles; each decade of those that are slower is as wide.
   */
  static String percentiles(String title, String up, Map<String, Map<Double, Double>> named) {
    return lines(
        title,
        "percentile of all reads",
        up,
        named,
        at -> -Math.log(100 - at),
        at -> "p" + (at == Math.rint(at) ? format("%.0f", at) : String.valueOf(at)));
  }

  private static String lines(
      String title,
      String across,
      String up,
      Map<String, Map<Double, Double>> named,
      DoubleUnaryOperator scale,
      DoubleFunction<String> label) {
    double most =
        named.values().stream()
            .flatMap(points -> points.values().stream())
            .mapToDouble(each -> each)
            .max()
            .orElse(1);
    TreeSet<Double> marks = new TreeSet<>();
    named.values().forEach(points -> marks.addAll(points.keySet()));
    double left = scale.applyAsDouble(marks.first());
    double right = scale.applyAsDouble(marks.last()) - left;
    DoubleUnaryOperator place = at -> x(scale.applyAsDouble(at) - left, right);
    StringBuilder svg = grid(title, up, most);
    marks.forEach(at -> mark(svg, place.applyAsDouble(at), label.apply(at)));
    int row = 0;
    int colours = 0;
    for (Map.Entry<String, Map<Double, Double>> each : named.entrySet()) {
      String name = each.getKey();
      boolean isFloor = name.equals("raw") || name.equals(HedgingReport.ORACLE);
      boolean isOurs = name.equals("expressway") || name.equals(HedgingReport.WITH);
      String colour = isFloor ? OTHERS : isOurs ? OURS : COLOURS.get(colours++ % COLOURS.size());
      path(svg, each.getValue(), place, most, colour);
      svg.append(
          format(
              "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n",
              LABELS + 12, TOP + 14 + 16 * row++, colour, ClaimsReport.escaped(name)));
    }
    return end(svg, across);
  }

  private static StringBuilder grid(String title, String up, double most) {
    StringBuilder svg = begin(title, up, TOP + PLOT + 44);
    for (int i = 0; i <= STEPS; i++) {
      double y = TOP + PLOT - (double) PLOT * i / STEPS;
      svg.append(
          format(
              "<path d=\"M%d %.1fH%d\" stroke=\"#e2e5ec\"/><text x=\"%d\" y=\"%.1f\""
                  + " text-anchor=\"end\">%s</text>%n",
              LABELS, y, WIDTH - 20, LABELS - 8, y + 4, number(most * i / STEPS)));
    }
    return svg;
  }

  private static void path(
      StringBuilder svg,
      Map<Double, Double> points,
      DoubleUnaryOperator x,
      double most,
      String colour) {
    StringBuilder path = new StringBuilder();
    points.forEach(
        (at, value) -> {
          path.append(path.isEmpty() ? 'M' : 'L')
              .append(format("%.1f %.1f", x.applyAsDouble(at), y(value, most)));
          svg.append(
              format(
                  "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n",
                  x.applyAsDouble(at), y(value, most), colour));
        });
    svg.append(
        format("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", path, colour));
  }

  private static void mark(StringBuilder svg, double x, String label) {
    svg.append(
        format(
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
            x, TOP + PLOT + 18, label));
  }

  private static String end(StringBuilder svg, String across) {
    svg.append(
        format(
            "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#4c5568\">%s</text>%n",
            WIDTH - 20, TOP + PLOT + 38, ClaimsReport.escaped(across)));
    return svg.append("</svg>\n").toString();
  }

  private static double x(double value, double right) {
    return LABELS + (WIDTH - 20 - LABELS) * value / right;
  }

  private static double y(double value, double most) {
    return TOP + PLOT - PLOT * value / most;
  }

  private static StringBuilder begin(String title, String unit, int height) {
    return new StringBuilder(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " aria-label=\"%s\" font-family=\"system-ui, sans-serif\" font-size=\"12\">%n"
                + "<text x=\"0\" y=\"16\" font-size=\"14\" font-weight=\"600\">%s</text>"
                + "<text x=\"0\" y=\"34\" fill=\"#4c5568\">%s</text>%n",
            WIDTH,
            height,
            ClaimsReport.escaped(title),
            ClaimsReport.escaped(title),
            ClaimsReport.escaped(unit)));
  }

  private static String number(double value) {
    return value >= 100 ? format("%,.0f", value) : format(value >= 10 ? "%.1f" : "%.2f", value);
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
