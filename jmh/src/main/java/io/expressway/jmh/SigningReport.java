package io.expressway.jmh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@link Signing} on one and on two threads as one Markdown table.
 *
 * <p>{@code SigningReport DIRECTORY ONE_THREAD.json TWO_THREADS.json} prints it and writes {@code
 * signing.md} and {@code signing.json} there; exits with 1 when ours allocates, or is slower than
 * the SDK's.
 */
public final class SigningReport {
  private static final List<String> ROWS =
      List.of("hashes", "expressway", "sdkExpress", "expresswayIam", "sdkIam");

  /** What JMH itself allocates, spread over the operations. */
  private static final double NOTHING_BYTES = 0.5;

  private SigningReport() {}

  /** Reads both and writes the table. */
  public static void main(String[] args) throws IOException {
    OneAndTwoThreads runs =
        new OneAndTwoThreads(Signing.class, ROWS, Path.of(args[1]), Path.of(args[2]));
    String text =
        "# Signing a request\n\n"
            + JmhRounds.environment("jmh/run signing")
            + "From the parts of a ranged GET to its signed head: time of one on one thread; the"
            + " speed-up is the work of two threads over that of one. expressway and sdkExpress"
            + " sign with a session, whose token has 320 characters, the others with IAM keys."
            + " Ours writes the head's bytes; the SDK's signers leave objects that its HTTP clients"
            + " have yet to write, which is not counted. hashes is the SHA-256 and the HMAC that"
            + " nobody can do without, by the JDK.\n\n"
            + runs.table("signer");
    List<Verdict> verdicts = new ArrayList<>();
    judge(verdicts, runs, "with a session", "expressway", "sdkExpress");
    judge(verdicts, runs, "with IAM keys", "expresswayIam", "sdkIam");
    Report.publish(Path.of(args[0]), "signing", text, runs.json("signer"), verdicts);
    System.exit(Verdict.noneFails(verdicts) ? 0 : 1);
  }

  private static void judge(
      List<Verdict> verdicts, OneAndTwoThreads runs, String how, String ours, String sdk) {
    String about = "signing a ranged GET " + how;
    double bytes = runs.mostBytes(ours);
    verdicts.add(
        Verdict.of(about, "heap", "0 B", format("%.3f B", bytes), bytes < NOTHING_BYTES)
            .beside(format("SDK %.0f B", runs.bytes(sdk, 1))));
    for (int threads = 1; threads <= 2; threads++) {
      double ratio = runs.nanos(ours, threads) / runs.nanos(sdk, threads);
      verdicts.add(
          Verdict.ofTime(
                  about,
                  format("time beside the SDK's signer, threads: %d", threads),
                  "≤ 1 ×",
                  format("%.2f ×, %.0f ns", ratio, runs.nanos(ours, threads)),
                  ratio <= 1)
              .beside(format("SDK %.0f ns", runs.nanos(sdk, threads))));
    }
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
