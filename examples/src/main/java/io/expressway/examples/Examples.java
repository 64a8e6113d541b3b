package io.expressway.examples;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Runs an example by its name: {@code java -jar expressway-examples.jar quickstart}. */
public final class Examples {
  private interface Example {
    void run(Arguments arguments) throws Exception;
  }

  private static final Map<String, Example> BY_NAME =
      new TreeMap<>(
          Map.of(
              "quickstart", Quickstart::run,
              "parallel-upload", ParallelUpload::run,
              "append-log", AppendLog::run,
              "atomic-publish", AtomicPublish::run,
              "survive-zone-loss", SurviveZoneLoss::run,
              "quorum-log", QuorumLog::run));

  private Examples() {}

  /** Exits 0 when the example succeeded, 1 when it failed, 2 when it was called wrongly. */
  public static void main(String[] args) {
    Example example = args.length == 0 ? null : BY_NAME.get(args[0]);
    if (example == null) {
      System.err.println("usage: java -jar expressway-examples.jar EXAMPLE [options]");
      System.err.println("examples: " + String.join(", ", BY_NAME.keySet()));
      System.exit(2);
      return;
    }
    System.exit(run(example, Arrays.copyOfRange(args, 1, args.length)));
  }

  private static int run(Example example, String[] args) {
    try {
      example.run(Arguments.parse(args));
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return 2;
    } catch (Exception e) {
      Throwable cause =
          e instanceof java.util.concurrent.CompletionException && e.getCause() != null
              ? e.getCause()
              : e;
      System.err.println("failed: " + cause.getMessage());
      return 1;
    }
  }
}
