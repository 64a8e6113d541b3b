package io.expressway.jmh;

import java.util.Arrays;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What is claimed of the library, a command each, run against servers of its own. */
public final class Claims {
  private static final String USAGE =
      """
      usage: java -jar jmh/target/claims.jar COMMAND [options]
        failover [--quick] [--rounds N] [--only TROUBLE,...] [--out DIRECTORY]
            loses one zone of three, and two, in every way: does a read fail, and how late is it?
            Troubles: killed, stopped, silent, storm, slow, resets, paused.
      Exits with 1 when a claim does not hold, and writes what it measured to docs/benchmarks.
      """;

  /** The SDK's client lets it warn of each request that is given up, at length. */
  private static final Logger NETTY = Logger.getLogger("io.netty");

  private static final int WRONG_ARGUMENTS = 2;

  private Claims() {}

  /** Runs the command that is named first. */
  public static void main(String[] args) throws Exception {
    NETTY.setLevel(Level.SEVERE);
    String command = args.length == 0 ? "" : args[0];
    String[] options = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
    try {
      switch (command) {
        case "failover" -> System.exit(FailoverClaim.run(options) ? 0 : 1);
        case "help", "--help", "-h" -> System.out.print(USAGE);
        default -> throw new IllegalArgumentException("no command \"" + command + "\"");
      }
    } catch (IllegalArgumentException e) {
      System.err.print(e.getMessage() + "\n" + USAGE);
      System.exit(WRONG_ARGUMENTS);
    }
  }
}
