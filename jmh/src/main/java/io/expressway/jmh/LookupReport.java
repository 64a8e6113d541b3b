package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * {@link SessionLookup} on one and on two threads as one Markdown table.
 *
 * <p>{@code LookupReport DIRECTORY ONE_THREAD.json TWO_THREADS.json} prints it and writes {@code
 * sessions-lookup.md} and {@code sessions-lookup.json} there; exits with 1 when our lookup
 * allocates, takes more than 10 ns longer than a volatile read, or two threads do less than 1.9
 * times the work of one.
 */
public final class LookupReport {
  private static final List<String> ROWS = List.of("volatileRead", "expressway", "sdk");
  private static final double MOST_OVER_A_FIELD_NANOS = 10;
  private static final double LEAST_SPEED_UP = 1.9;

  /** JMH counts what the run itself allocates, by its duration: a thousandth of a byte. */
  private static final double NOTHING_BYTES = 0.01;

  private LookupReport() {}

  /** Reads both and writes the table. */
  public static void main(String[] args) throws IOException {
    OneAndTwoThreads runs =
        new OneAndTwoThreads(SessionLookup.class, ROWS, Path.of(args[1]), Path.of(args[2]));
    String text =
        "# Finding the session of a request\n\n"
            + JmhRounds.environment("jmh/sessions lookup")
            + "Times of one lookup on one thread; the speed-up is the work of two threads over"
            + " that of one.\n\n"
            + runs.table("lookup");
    List<Verdict> verdicts = verdicts(runs);
    Report.publish(Path.of(args[0]), "sessions-lookup", text, runs.json("lookup"), verdicts);
    System.exit(Verdict.noneFails(verdicts) ? 0 : 1);
  }

  private static List<Verdict> verdicts(OneAndTwoThreads runs) {
    double bytes = runs.mostBytes("expressway");
    double over = runs.nanos("expressway", 1) - runs.nanos("volatileRead", 1);
    double speedUp = runs.speedUp("expressway");
    return List.of(
        Verdict.of(
                "the session of a request",
                "heap",
                "0 B",
                format("%.3f B", bytes),
                bytes < NOTHING_BYTES)
            .beside(format("SDK %.0f B", runs.bytes("sdk", 1))),
        Verdict.ofTime(
                "the session of a request",
                "time over a volatile read's",
                "≤ 10 ns",
                format("%.1f ns", over),
                over <= MOST_OVER_A_FIELD_NANOS)
            .beside(format("SDK %.0f ns", runs.nanos("sdk", 1))),
        Verdict.ofTime(
            "the session of a request",
            "work of two threads beside one's",
            "≥ 1.9 ×",
            format("%.2f ×", speedUp),
            speedUp >= LEAST_SPEED_UP));
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
