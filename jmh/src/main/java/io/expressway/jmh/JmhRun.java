package io.expressway.jmh;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One benchmark in one JSON file of JMH's, with its parameters and what it measured.
 *
 * @param method the benchmark
 * @param json JMH's own words about it
 */
record JmhRun(String method, String json) {
  /** The runs of one benchmark class. */
  static List<JmhRun> of(Class<?> suite, String json) {
    Matcher name =
        Pattern.compile(
                "\"benchmark\"\\s*:\\s*\"[\\w.]+\\." + suite.getSimpleName() + "\\.(\\w+)\"")
            .matcher(json);
    List<JmhRun> runs = new ArrayList<>();
    int start = -1;
    String method = "";
    while (name.find()) {
      if (start >= 0) {
        runs.add(new JmhRun(method, json.substring(start, name.start())));
      }
      start = name.start();
      method = name.group(1);
    }
    if (start >= 0) {
      runs.add(new JmhRun(method, json.substring(start)));
    }
    return runs;
  }

  /** A parameter or a field; empty when there is none. */
  String text(String field) {
    Matcher found = Pattern.compile("\"" + field + "\"\\s*:\\s*\"?(\\w+)\"?").matcher(json);
    return found.find() ? found.group(1) : "";
  }

  /** A field that is a whole number, or 0. */
  int number(String field) {
    String value = text(field);
    return value.isEmpty() ? 0 : Integer.parseInt(value);
  }

  /** The score. */
  double score() {
    return score("primaryMetric");
  }

  /** What a profiler or a counter found; NaN when it was not there. */
  double score(String metric) {
    int at = json.indexOf(metric + "\"");
    Matcher found =
        Pattern.compile("\"score\"\\s*:\\s*([-0-9.E]+)").matcher(json.substring(Math.max(at, 0)));
    return at >= 0 && found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
  }
}
