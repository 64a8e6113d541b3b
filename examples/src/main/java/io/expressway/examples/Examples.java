package io.expressway.examples;

import io.expressway.examples.doctor.Doctor;
import io.expressway.examples.service.Service;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Runs an example by its name: {@code java -jar expressway-examples.jar quickstart}. */
public final class Examples {
  private interface Example {
    void run(Arguments arguments) throws Exception;
  }

  /** What has options of its own, and says itself how it went. */
  private interface Program {
    int run(String[] args) throws Exception;
  }

  private static final Map<String, Program> BY_NAME =
      new TreeMap<>(
          Map.of(
              "quickstart", example(Quickstart::run),
              "parallel-upload", example(ParallelUpload::run),
              "append-log", example(AppendLog::run),
              "atomic-publish", example(AtomicPublish::run),
              "cached-reads", example(CachedReads::run),
              "survive-zone-loss", example(SurviveZoneLoss::run),
              "quorum-log", example(QuorumLog::run),
              "doctor", Doctor::run,
              "service", Service::run));

  private Examples() {}

  private static Program example(Example example) {
    return args -> {
      example.run(Arguments.parse(args));
      return 0;
    };
  }

  /** Exits 0 when the example succeeded, 1 when it failed, 2 when it was called wrongly. */
  public static void main(String[] args) {
    Program program = args.length == 0 ? null : BY_NAME.get(args[0]);
    if (program == null) {
      System.err.println("usage: java -jar expressway-examples.jar EXAMPLE [options]");
      System.err.println("examples: " + String.join(", ", BY_NAME.keySet()));
      System.exit(2);
      return;
    }
    System.exit(run(program, Arrays.copyOfRange(args, 1, args.length)));
  }

  private static int run(Program program, String[] args) {
    try {
      return program.run(args);
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
