package io.expressway.jmh;

import io.expressway.jmh.JmhRounds.Metric;
import io.expressway.jmh.JmhRounds.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The clients of one benchmark as a Markdown table, a line for each that was measured; medians over
 * the rounds. Built once, then immutable.
 */
final class ClientTable {
  private record Column(String title, String format, ToDoubleFunction<Row> value) {}

  private final JmhRounds rounds;
  private final List<String> clients;
  private final List<Column> columns = new ArrayList<>();

  /**
   * Of these rounds.
   *
   * @param clients in the order of the lines; the first is the floor
   */
  ClientTable(JmhRounds rounds, List<String> clients) {
    this.rounds = rounds;
    this.clients = clients;
  }

  /** A column; cells are empty where the value is not a number. */
  ClientTable column(String title, String format, ToDoubleFunction<Row> value) {
    columns.add(new Column(title, format, value));
    return this;
  }

  ClientTable column(String title, String format, Metric metric) {
    return column(title, format, row -> rounds.median(row, metric));
  }

  /** A metric divided by the floor's. */
  ClientTable besideFloor(String title, Metric metric) {
    return column(
        title,
        "%.2f",
        row -> rounds.median(row, metric) / rounds.median(row.by(clients.get(0)), metric));
  }

  /** The table under its title; nothing when nobody was measured. */
  String of(String title, String benchmark, boolean tls) {
    StringBuilder lines = new StringBuilder();
    for (String client : clients) {
      Row row = new Row(benchmark, tls, client);
      if (rounds.has(row)) {
        lines.append("| ").append(client);
        columns.forEach(column -> cell(lines, column, row));
        lines.append(" |\n");
      }
    }
    return lines.isEmpty() ? "" : "## " + title + "\n\n" + head() + lines + "\n";
  }

  private static void cell(StringBuilder line, Column column, Row row) {
    double value = column.value.applyAsDouble(row);
    line.append(" | ")
        .append(Double.isNaN(value) ? "" : String.format(Locale.ROOT, column.format, value));
  }

  private String head() {
    StringBuilder head = new StringBuilder("| client |");
    columns.forEach(column -> head.append(' ').append(column.title).append(" |"));
    return head.append("\n|").append("---|".repeat(columns.size() + 1)).append('\n').toString();
  }
}
